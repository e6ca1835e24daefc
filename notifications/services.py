"""Telling people, and what they make of it: seen, wanted more or less often, not reachable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from notifications import bridge, fanout, mail, phones, tasks
from notifications.categories import CHOICES, Cadence, Category, Channel
from notifications.fanout import BATCH, finish, reach, reach_all, reached
from notifications.letters import (
    Letter,
    channels_due,
    free_abandoned,
    mark_unreachable,
    next_letter,
    put_aside,
    send,
)
from notifications.models import (
    DeliveryTimes,
    Event,
    Notice,
    Preference,
    PushSubscription,
    UnreachableAddress,
)
from notifications.phones import TooMany, confirm_number, remove_number

# What the apps above use to tell people and to send what is due.
__all__ = [
    "BATCH",
    "Cadence",
    "Category",
    "Channel",
    "Happening",
    "Letter",
    "TooMany",
    "add_device",
    "channels_due",
    "confirm_number",
    "finish",
    "free_abandoned",
    "give_number",
    "mark_reachable",
    "mark_seen",
    "mark_unreachable",
    "next_letter",
    "put_aside",
    "reach",
    "reach_all",
    "reached",
    "read_reports",
    "record",
    "remove_device",
    "remove_number",
    "send",
    "set_times",
    "set_wanted",
    "tell",
    "unsubscribe",
]


# --- Telling -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happening:
    """What there is to tell.

    `key` names it: it is told once, however often this is called. `headline` and the values of
    `words` are Indonesian texts of our own (gettext ids), never what somebody wrote and never a
    name. Many happenings of one thread are one line in a person's list; digests group threads by
    place. Whoever tells looks up `source_kind` and `source_id` before anybody is shown anything.
    """

    key: str
    category: str
    headline: str
    url: str
    thread_key: str
    thread_title: str
    source_kind: str
    source_id: int
    place_title: str = ""
    words: Mapping[str, str] | None = None


@transaction.atomic
def tell(happening: Happening, *, recipients: Iterable[int]) -> None:
    """Tell a few people, in the background once this transaction is committed.

    For many people `record` the happening, and let a task of the teller `reach` them in batches.
    """
    people = sorted(set(recipients))
    event = record(happening) if people else None
    if event is not None:
        tasks.tell.enqueue(event_id=event.pk, people=people)


@transaction.atomic
def record(happening: Happening) -> Event | None:
    """Store what is to be told; None when it has been told before."""
    event, is_new = Event.objects.get_or_create(
        key=happening.key,
        defaults={
            "category": happening.category,
            "thread_key": happening.thread_key,
            "thread_title": happening.thread_title,
            "place_title": happening.place_title,
            "headline": happening.headline,
            "words": dict(happening.words or {}),
            "url": happening.url,
            "source_kind": happening.source_kind,
            "source_id": happening.source_id,
        },
    )
    return event if is_new else None


# --- Seen ----------------------------------------------------------------------------------------


@transaction.atomic
def mark_seen(*, person: Any, thread_key: str = "", notices: Iterable[int] | None = None) -> int:
    """Note that the person has seen the news of a thread, or some notices, or everything.

    Returns how many lines changed. Every open page of the person hears of it.
    """
    fanout.lock_inboxes([person.pk])
    unseen = Notice.objects.filter(person_id=person.pk, seen_at__isnull=True)
    if thread_key:
        unseen = unseen.filter(thread_key=thread_key)
    if notices is not None:
        unseen = unseen.filter(pk__in=list(notices))
    keys = list(unseen.values_list("pk", flat=True))
    if not keys:
        return 0
    fanout.count_change([person.pk])
    Notice.objects.filter(pk__in=keys).update(
        seen_at=timezone.now(), revision=fanout.own_revision()
    )
    if hasattr(person, "_badge"):
        del person._badge
    return len(keys)


# --- Choices -------------------------------------------------------------------------------------


@transaction.atomic
def set_wanted(*, person: Any, wanted: Mapping[tuple[str, str], str]) -> None:
    """Store how often the person wants which category through which channel.

    What is not named stays as it is; unknown cells and cadences are passed over.
    """
    rows = [
        Preference(person_id=person.pk, category=category, channel=channel, cadence=cadence)
        for (category, channel), cadence in wanted.items()
        if category in Category.values and cadence in CHOICES.get(channel, ())
    ]
    Preference.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "category", "channel"],
        update_fields=["cadence"],
    )


@transaction.atomic
def set_times(
    *, person: Any, quiet_from: time | None, quiet_until: time | None, paused: bool
) -> DeliveryTimes:
    """Store when the person is left alone. Pausing keeps the list in Rembuk going."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        quiet_from = quiet_until = None
    own, _created = DeliveryTimes.objects.get_or_create(person_id=person.pk)
    own.quiet_from, own.quiet_until = quiet_from, quiet_until
    own.paused_at = (own.paused_at or timezone.now()) if paused else None
    own.save()
    return own


@transaction.atomic
def unsubscribe(*, token: str) -> list[str] | None:
    """Send no more mail of the kinds in the mail that carried this token; None when it is not ours.

    Needs no signed-in person: the token is the proof. Returns the kinds.
    """
    found = mail.read_token(token)
    if found is None:
        return None
    person_id, categories = found
    if not accounts.people().filter(pk=person_id).exists():
        return None
    Preference.objects.bulk_create(
        [
            Preference(
                person_id=person_id,
                category=category,
                channel=Channel.EMAIL,
                cadence=Cadence.OFF,
            )
            for category in categories
        ],
        update_conflicts=True,
        unique_fields=["person", "category", "channel"],
        update_fields=["cadence"],
    )
    return categories


def mark_reachable(*, person: Any) -> None:
    """The person says that the own address works again: mail goes there once more."""
    UnreachableAddress.objects.filter(address=person.email).delete()


# --- Devices -------------------------------------------------------------------------------------

MOST_DEVICES = 10


@transaction.atomic
def add_device(
    *, person: Any, session: Any, endpoint: str, p256dh: str, auth: str
) -> PushSubscription:
    """Show news of the person on the browser that this session belongs to.

    A browser has one subscription: an older one of the same session is replaced, and one that
    another person left behind on it goes with all that was waiting for it. Sent again it is the
    same device. Of more than ten devices the oldest is dropped.
    """
    rows = PushSubscription.objects
    rows.filter(endpoint=endpoint).exclude(person_id=person.pk).delete()
    rows.filter(session=session).exclude(endpoint=endpoint).delete()
    device, _created = rows.update_or_create(
        endpoint=endpoint,
        defaults={
            "person_id": person.pk,
            "session": session,
            "p256dh": p256dh,
            "auth": auth,
            "failed_at": None,
            "failure": "",
        },
    )
    own = rows.filter(person_id=person.pk).order_by("-pk")
    rows.filter(pk__in=list(own.values_list("pk", flat=True)[MOST_DEVICES:])).delete()
    return device


def remove_device(*, device: PushSubscription) -> None:
    """Show no more news on a device; what was waiting for it goes too."""
    device.delete()


# --- Short messages ------------------------------------------------------------------------------


@transaction.atomic
def give_number(*, person: Any, number: str) -> None:
    """Store a number and have a code sent to it. Raises TooMany when that is asked too often."""
    phones.give_number(person=person, number=number)
    tasks.send_code.enqueue(person_id=person.pk)


def read_reports() -> int:
    """Take note of what the gateway reports of short messages; how many reports."""
    return phones.read_reports() if bridge.is_configured() else 0
