"""How an event reaches people: in batches, in the order of their ids, each person exactly once."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from core import live
from notifications import bridge, push, selectors, times
from notifications.categories import DEFAULTS, Cadence, Channel
from notifications.models import (
    Delivery,
    DeliveryTimes,
    Event,
    Inbox,
    Notice,
    PhoneNumber,
    Preference,
    PushSubscription,
    Receipt,
)

BATCH = 500

Audience = Callable[..., tuple[list[int], int | None]]
NO_NEWS = timedelta(days=14)


@transaction.atomic
def reach(*, event_id: int, people: Sequence[int]) -> int:
    """Tell one batch of people of an event; returns the id after which to go on.

    `people` are ids in rising order. Whoever was reached before is passed over: the event's row is
    locked, and how far it came is stored with the batch, so that a batch is told whole or not at
    all, and never twice.
    """
    event = Event.objects.select_for_update().get(pk=event_id)
    new = [pk for pk in people if pk > event.reached]
    if not new:
        return event.reached
    wanted = _wanted(event.category, new)
    listed = [pk for pk in new if wanted[pk][Channel.APP] != Cadence.OFF]
    notices = _put_in_lists(event, listed)
    receipts = Receipt.objects.bulk_create(
        Receipt(event=event, person_id=pk, notice_id=notices.get(pk)) for pk in new
    )
    _plan_deliveries(event, receipts, wanted)
    event.reached = new[-1]
    event.save(update_fields=["reached"])
    return event.reached


def reached(*, event_id: int) -> int:
    """How far the telling of an event has come: after which id it goes on."""
    return Event.objects.values_list("reached", flat=True).get(pk=event_id)


def reach_all(*, event_id: int, audience: Audience, but: int | None = None) -> None:
    """Tell everybody of an audience in batches, in the order of their ids; not the person `but`.

    `audience` gives the people after an id and where the batch ends, None at the last. How far it
    came is stored with each batch: after a kill the job goes on there, so that nobody is told twice
    and nobody is missed.
    """
    after: int | None = reached(event_id=event_id)
    while after is not None:
        people, after = audience(after=after, limit=BATCH)
        reach(event_id=event_id, people=[pk for pk in people if pk != but])
    finish(event_id=event_id)


def finish(*, event_id: int) -> None:
    """Note that everybody who should hear of the event has been reached."""
    Event.objects.filter(pk=event_id, finished_at=None).update(finished_at=timezone.now())


def lock_inboxes(people: Sequence[int]) -> None:
    """Hold the lists of these people until the transaction ends, always in the same order."""
    Inbox.objects.bulk_create((Inbox(person_id=pk) for pk in people), ignore_conflicts=True)
    rows = Inbox.objects.select_for_update().filter(person_id__in=people).order_by("person_id")
    list(rows.values_list("pk", flat=True))


def count_change(people: Sequence[int]) -> None:
    """Count one change of each list and tell the open pages of its owner. Lock the lists first."""
    Inbox.objects.filter(person_id__in=people).update(revision=F("revision") + 1)
    rows = Inbox.objects.filter(person_id__in=people).values_list("person_id", "revision")
    live.poke_many({selectors.topic(person_id): revision for person_id, revision in rows})


def own_revision() -> Subquery:
    """The present revision of the list that a notice stands in."""
    return Subquery(Inbox.objects.filter(pk=OuterRef("person_id")).values("revision"))


def _put_in_lists(event: Event, people: list[int]) -> dict[int, int]:
    """By person, the notice that the event belongs to: the thread's unseen one or a new one.

    What happened long ago comes in as seen: it belongs to the list, but it is no news.
    """
    if not people:
        return {}
    lock_inboxes(people)
    count_change(people)
    is_old = event.created_at < timezone.now() - NO_NEWS
    unseen = Notice.objects.filter(
        person_id__in=people, thread_key=event.thread_key, seen_at__isnull=True
    )
    found = {} if is_old else dict(unseen.values_list("person_id", "pk"))
    if found:
        Notice.objects.filter(pk__in=found.values()).update(
            count=F("count") + 1,
            latest=event,
            moved_at=event.created_at,
            revision=own_revision(),
        )
    revisions = dict(Inbox.objects.filter(pk__in=people).values_list("pk", "revision"))
    made = Notice.objects.bulk_create(
        Notice(
            person_id=pk,
            thread_key=event.thread_key,
            latest=event,
            revision=revisions[pk],
            created_at=event.created_at,
            moved_at=event.created_at,
            seen_at=event.created_at if is_old else None,
        )
        for pk in people
        if pk not in found
    )
    return found | {notice.person_id: notice.pk for notice in made}


def _wanted(category: str, people: list[int]) -> dict[int, dict[str, str]]:
    """By person and channel, how often this kind of news is wanted."""
    wanted: dict[int, dict[str, str]] = {pk: dict(DEFAULTS[category]) for pk in people}
    chosen = Preference.objects.filter(category=category, person_id__in=people)
    for person_id, channel, cadence in chosen.values_list("person_id", "channel", "cadence"):
        wanted[person_id][channel] = cadence
    return wanted


def _plan_deliveries(
    event: Event, receipts: list[Receipt], wanted: dict[int, dict[str, str]]
) -> None:
    """What leaves the forum's pages, and when. Nothing for who has paused everything."""
    devices = _devices([pk for pk in wanted if wanted[pk][Channel.PUSH] != Cadence.OFF])
    numbers = _numbers([pk for pk in wanted if wanted[pk][Channel.BRIDGE] != Cadence.OFF])
    own_times = DeliveryTimes.objects.in_bulk([receipt.person_id for receipt in receipts])
    # Counted from what happened, so that news of long ago is not mailed as if it were new.
    due: dict[tuple[str, Any], datetime] = {}
    rows = []
    for receipt in receipts:
        own = own_times.get(receipt.person_id)
        if own and own.paused_at:
            continue
        for channel, cadence in wanted[receipt.person_id].items():
            if channel == Channel.APP or cadence == Cadence.OFF:
                continue
            quiet = (own.quiet_from, own.quiet_until) if own else None
            if (cadence, quiet) not in due:
                due[cadence, quiet] = times.due_at(event.created_at, cadence, own)
            places: list[int | None] = [None]
            if channel == Channel.PUSH:
                places = devices.get(receipt.person_id, [])
            elif channel == Channel.BRIDGE and receipt.person_id not in numbers:
                places = []
            rows += [
                Delivery(
                    receipt=receipt,
                    person_id=receipt.person_id,
                    channel=channel,
                    device_id=device_id,
                    cadence=cadence,
                    due_at=due[cadence, quiet],
                )
                for device_id in places
            ]
    Delivery.objects.bulk_create(rows)


def _devices(people: list[int]) -> dict[int, list[int | None]]:
    """By person, the devices that news is pushed to."""
    found: dict[int, list[int | None]] = {}
    if people and push.is_configured():
        rows = PushSubscription.objects.filter(person_id__in=people).order_by("pk")
        for person_id, pk in rows.values_list("person_id", "pk"):
            found.setdefault(person_id, []).append(pk)
    return found


def _numbers(people: list[int]) -> set[int]:
    """Those of these people who get short messages."""
    if not people or not bridge.is_configured():
        return set()
    rows = PhoneNumber.objects.filter(
        pk__in=people, confirmed_at__isnull=False, stopped_at__isnull=True
    )
    return set(rows.values_list("pk", flat=True))
