"""A person's news on its way out: claimed when due, looked at again, sent once or put off.

What may be shown is not decided here: the caller looks up the events of a letter and says which of
them this person may see now.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from notifications import carriers, times
from notifications.carriers import Parcel, mark_unreachable
from notifications.categories import DEFAULTS, Cadence, Channel
from notifications.models import Delivery, DeliveryTimes, Event, Preference, PushSubscription

__all__ = [
    "Letter",
    "free_abandoned",
    "mark_unreachable",
    "next_letter",
    "put_aside",
    "send",
]

log = logging.getLogger(__name__)

State = Delivery.State
# A sender that has said nothing for so long is gone: its letters are sent by somebody else, under
# the same name, so that a mailbox or a device that had it already can tell.
ABANDONED = timedelta(minutes=15)
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=5)
MOST_EVENTS = 100
# Short messages cost money: of one line in the list one, until it is seen, and so many in a day.
MOST_MESSAGES = 5


@dataclass(slots=True)
class Letter:
    """Everything that is due to one person through one channel (to one device), claimed by whoever
    holds this."""

    claim: uuid.UUID
    person: Any
    deliveries: list[Delivery]
    channel: str = Channel.EMAIL
    device: PushSubscription | None = None

    @property
    def events(self) -> list[Event]:
        return [delivery.receipt.event for delivery in self.deliveries]


def next_letter(*, channel: str = Channel.EMAIL, now: datetime | None = None) -> Letter | None:
    """Claim what has been due longest, with everything else that is due to the same person."""
    now = now or timezone.now()
    while True:
        due = Delivery.objects.filter(channel=channel, state=State.WAITING, due_at__lte=now)
        first = due.order_by("due_at").values_list("person_id", "device_id").first()
        if first is None:
            return None
        letter = _claim(*first, channel, now)
        if letter is not None:
            return letter


def channels_due(*, now: datetime | None = None) -> set[str]:
    """The channels through which something is due."""
    due = Delivery.objects.filter(state=State.WAITING, due_at__lte=now or timezone.now())
    return {channel for channel in carriers.in_use() if due.filter(channel=channel).exists()}


@transaction.atomic
def _claim(person_id: int, device_id: int | None, channel: str, now: datetime) -> Letter | None:
    claim = uuid.uuid4()
    place = {"device_id": device_id} if device_id else {"device__isnull": True}
    claimed = Delivery.objects.filter(
        person_id=person_id, channel=channel, state=State.WAITING, due_at__lte=now, **place
    ).update(state=State.SENDING, claim=claim, claimed_at=now)
    if not claimed:  # somebody else was faster, or the device is gone
        return None
    found = Delivery.objects.filter(claim=claim).order_by("-receipt__event_id")
    rows = list(found.select_related("receipt__event", "receipt__notice", "device"))
    person = accounts.people().get(pk=person_id)
    return Letter(claim, person, rows, channel, rows[0].device)


def free_abandoned(*, now: datetime | None = None) -> int:
    """Make claims of senders that are gone due again; how many."""
    before = (now or timezone.now()) - ABANDONED
    return Delivery.objects.filter(state=State.SENDING, claimed_at__lt=before).update(
        state=State.WAITING, claim=None, claimed_at=None
    )


def send(
    letter: Letter,
    shown: Mapping[int, str],
    *,
    now: datetime | None = None,
    connection: BaseEmailBackend | None = None,
) -> bool:
    """Send what is still worth sending; whether something left.

    `shown`: by the id of each event that this person may see now, who is behind it. Left out is
    what the person has read in Rembuk meanwhile, wants no more, or would get days late. In quiet
    hours it waits. A server that does not answer, or asks for time, is tried again later.
    """
    now = now or timezone.now()
    own = DeliveryTimes.objects.filter(pk=letter.person.pk).first()
    awake = times.after_quiet(now, own)
    if awake > now:
        _put_off(letter, letter.deliveries, awake)
        return False
    wanted = _still_wanted(letter, shown, own, now)
    if not wanted:
        return False
    parcel = Parcel(letter.person, wanted, shown, letter.device, connection)
    try:
        carriers.CARRY[letter.channel](parcel)
    except carriers.Unreachable:
        _end(letter, wanted, State.DROPPED, now, "unreachable")
        return False
    except OSError as error:  # of mail servers and push services too
        _try_later(letter, wanted, now, error)
        return False
    _end(letter, wanted, State.SENT, now)
    return True


def _still_wanted(
    letter: Letter, shown: Mapping[int, str], own: DeliveryTimes | None, now: datetime
) -> list[Delivery]:
    """The deliveries worth sending now; the others are dropped, each with why."""
    chosen = Preference.objects.filter(person_id=letter.person.pk)
    cadences = {
        (category, channel): cadence
        for category, channel, cadence in chosen.values_list("category", "channel", "cadence")
    }
    for_all = ""
    if not letter.person.is_active:
        for_all = "inactive"
    elif own and own.paused_at:
        for_all = "paused"
    elif not carriers.may_arrive(letter.channel, letter.person):
        for_all = "unreachable"

    told: set[int | None] = set()
    if letter.channel == Channel.BRIDGE:
        sent = Delivery.objects.filter(
            person_id=letter.person.pk, channel=Channel.BRIDGE, state=State.SENT
        )
        of_today = sent.filter(ended_at__gt=now - timedelta(days=1))
        if of_today.values("ended_at").distinct().count() >= MOST_MESSAGES:
            for_all = for_all or "too many"
        notices = {delivery.receipt.notice_id for delivery in letter.deliveries} - {None}
        told |= set(
            sent.filter(receipt__notice__in=notices).values_list("receipt__notice_id", flat=True)
        )

    def why_not(delivery: Delivery) -> str:
        event, notice = delivery.receipt.event, delivery.receipt.notice
        usual = DEFAULTS[event.category][delivery.channel]
        if cadences.get((event.category, delivery.channel), usual) == Cadence.OFF:
            return "unwanted"
        if notice is not None and notice.seen_at is not None:
            return "seen"
        if event.pk not in shown:
            return "gone"
        if delivery.receipt.notice_id in told:
            return "told"
        return "late" if delivery.due_at + times.TOO_LATE < now else ""

    wanted = []
    for delivery in letter.deliveries:
        why = for_all or why_not(delivery)
        if why:
            _end(letter, [delivery], State.DROPPED, now, why)
        else:
            wanted.append(delivery)
    _end(letter, wanted[MOST_EVENTS:], State.DROPPED, now, "too many")
    return wanted[:MOST_EVENTS]


def put_aside(letter: Letter, error: Exception) -> None:
    """Something is wrong with this letter itself: it may not keep all others from being sent."""
    log.exception("the letter to person %s could not be made", letter.person.pk, exc_info=error)
    _try_later(letter, letter.deliveries, timezone.now(), error)


def _try_later(letter: Letter, wanted: list[Delivery], now: datetime, error: Exception) -> None:
    attempts = max(delivery.attempts for delivery in wanted) + 1
    log.warning(
        "%s to person %s: attempt %d failed: %r", letter.channel, letter.person.pk, attempts, error
    )
    if attempts >= MOST_ATTEMPTS:
        _end(letter, wanted, State.DROPPED, now, "failed")
        return
    asked = getattr(error, "wait", None) or timedelta()
    wait = max(FIRST_WAIT * 2 ** (attempts - 1), asked)
    _put_off(letter, wanted, now + wait, attempts=attempts)


def _put_off(letter: Letter, rows: list[Delivery], until: datetime, **changes: Any) -> None:
    _mine(letter, rows).update(
        state=State.WAITING, claim=None, claimed_at=None, due_at=until, **changes
    )


def _end(
    letter: Letter, rows: list[Delivery], state: str, now: datetime, why_dropped: str = ""
) -> None:
    if rows:
        _mine(letter, rows).update(state=state, claim=None, ended_at=now, why_dropped=why_dropped)


def _mine(letter: Letter, rows: list[Delivery]) -> Any:
    """Only what this letter still holds: a sender thought gone may not undo another's work."""
    return Delivery.objects.filter(pk__in=[row.pk for row in rows], claim=letter.claim)
