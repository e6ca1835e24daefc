"""What a person has been told: the list, the number on the badge, the choices made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import policy as accounts_policy
from core.http import decode_cursor, encode_cursor
from notifications import bridge, push
from notifications.categories import CHOICES, DEFAULTS, YES_OR_NO, Cadence, Category, Channel
from notifications.models import (
    DeliveryTimes,
    Event,
    Inbox,
    Notice,
    PhoneNumber,
    Preference,
    PushSubscription,
    Receipt,
    UnreachableAddress,
)

PAGE = 30
# Of a thread with more news than this the newest are looked at; the line still says how many.
MOST_EVENTS = 20


# --- The list and the badge ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Badge:
    """How many unseen notices a person has, the list's revision, and whether one of them is of the
    thread that was asked about."""

    unseen: int = 0
    revision: int = 0
    of_thread: bool = False


def badge(person: Any, *, thread_key: str = "") -> Badge:
    """The number for the badge: one query, asked once per person object."""
    if not person or not person.is_authenticated:
        return Badge()
    if not hasattr(person, "_badge"):
        unseen = Notice.objects.filter(person_id=OuterRef("pk"), seen_at__isnull=True).order_by()
        number = unseen.values("person_id").annotate(number=Count("pk")).values("number")
        rows = Inbox.objects.filter(pk=person.pk).annotate(
            unseen=Coalesce(Subquery(number), 0),
            of_thread=Exists(unseen.filter(thread_key=thread_key)),
        )
        found = rows.values_list("unseen", "revision", "of_thread").first()
        person._badge = Badge(*found) if found else Badge()
    known: Badge = person._badge
    return known


TOPIC = "notices."


def topic(person_id: int) -> str:
    """What a person's open pages listen to for their own notices."""
    return f"{TOPIC}{person_id}"


def heads(topics: list[str]) -> dict[str, int]:
    """Of these topics, those of people's lists, with the lists' revisions."""
    people = [int(name.removeprefix(TOPIC)) for name in topics if name.startswith(TOPIC)]
    if not people:
        return {}
    rows = Inbox.objects.filter(pk__in=people).values_list("pk", "revision")
    return {topic(person_id): revision for person_id, revision in rows}


@dataclass(slots=True)
class NoticePage:
    """Some notices with their events, and the cursor of the next page ('' at the end).

    Nothing of it may be shown before whoever tells has said which events the person may still see.
    """

    notices: list[Notice]
    events: dict[int, list[Event]]
    next_cursor: str = ""

    @property
    def all_events(self) -> list[Event]:
        return [event for events in self.events.values() for event in events]


def newest(person: Any, *, cursor: str = "") -> NoticePage:
    """A page of a person's notices. Http404 for a cursor that is not ours."""
    rows = Notice.objects.filter(person_id=person.pk)
    if cursor:
        text, pk = decode_cursor(cursor, str, int)
        before = parse_datetime(text) if len(text) < 40 else None
        if before is None or timezone.is_naive(before):
            raise Http404("cursor")
        rows = rows.filter(Q(moved_at__lt=before) | Q(moved_at=before, pk__lt=pk))
    found = list(rows.order_by("-moved_at", "-pk")[: PAGE + 1])
    page = found[:PAGE]
    last = page[-1] if len(found) > PAGE else None
    return NoticePage(
        notices=page,
        events=_events(page),
        next_cursor=encode_cursor(last.moved_at.isoformat(), last.pk) if last else "",
    )


def changed_since(person: Any, revision: int, *, limit: int) -> NoticePage:
    """The notices that changed after a revision of the list, in the order of change."""
    rows = Notice.objects.filter(person_id=person.pk, revision__gt=revision)
    found = list(rows.order_by("revision", "pk")[:limit])
    return NoticePage(notices=found, events=_events(found))


def own_notice(person: Any, pk: int) -> Notice:
    """One of the person's own notices, with what it leads to; Http404 for anybody else's."""
    notice = Notice.objects.select_related("latest").filter(pk=pk, person_id=person.pk).first()
    if notice is None:
        raise Http404("notice")
    return notice


def _events(notices: list[Notice]) -> dict[int, list[Event]]:
    """By notice, its events, newest first."""
    found: dict[int, list[Event]] = {notice.pk: [] for notice in notices}
    rows = Receipt.objects.filter(notice__in=notices).select_related("event").order_by("-event_id")
    for receipt in rows:
        events = found[receipt.notice_id]  # type: ignore[index]
        if len(events) < MOST_EVENTS:
            events.append(receipt.event)
    return found


@dataclass(slots=True)
class Line:
    """A notice as its row shows it: the newest event that may be shown, who is behind it, how many
    more there are."""

    notice: Notice
    event: Event
    by: str
    others: int


def lines(page: NoticePage, shown: Mapping[int, str]) -> list[Line]:
    """The rows of a page. `shown`: by the id of each event that may be shown, who is behind it."""
    found = []
    for notice in page.notices:
        events = [event for event in page.events[notice.pk] if event.pk in shown]
        if events:
            gone = len(page.events[notice.pk]) - len(events)
            others = max(0, notice.count - gone - 1)
            found.append(Line(notice, events[0], shown[events[0].pk], others))
    return found


# --- Choices -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Wanted:
    """One cell of the matrix: what holds, and what may be chosen."""

    channel: str
    label: str
    current: str
    choices: list[tuple[str, str]]


@dataclass(slots=True)
class WantedRow:
    """One category with its channels."""

    category: str
    label: str
    cells: list[Wanted]


def channels(person: Any) -> list[tuple[str, str]]:
    """The channels that this installation has; short messages only for who has proved a number."""
    offered = [Channel.APP, Channel.EMAIL]
    if push.is_configured():
        offered.append(Channel.PUSH)
    phone = own_number(person) if bridge.is_configured() else None
    if phone is not None and phone.is_active:
        offered.append(Channel.BRIDGE)
    return [(channel.value, str(channel.label)) for channel in offered]


def categories(person: Any) -> list[Category]:
    """The kinds of news that may concern this person: work is only for civil servants."""
    if accounts_policy.is_asn(person):
        return list(Category)
    return [category for category in Category if category != Category.WORK]


def matrix(person: Any) -> list[WantedRow]:
    """Every category that may concern the person by every channel, as the person has it."""
    offered = channels(person)
    rows = Preference.objects.filter(person_id=person.pk)
    chosen = {
        (category, channel): cadence
        for category, channel, cadence in rows.values_list("category", "channel", "cadence")
    }
    return [
        WantedRow(
            category=category.value,
            label=str(category.label),
            cells=[
                Wanted(
                    channel=channel,
                    label=label,
                    current=chosen.get((category, channel), DEFAULTS[category][channel]),
                    choices=_named(channel),
                )
                for channel, label in offered
            ],
        )
        for category in categories(person)
    ]


def _named(channel: str) -> list[tuple[str, str]]:
    labels = YES_OR_NO if Cadence.DAILY not in CHOICES[channel] else {}
    return [(c.value, str(labels.get(c, c.label))) for c in CHOICES[channel]]


def delivery_times(person: Any) -> DeliveryTimes:
    """When the person is left alone; unsaved where nothing was chosen."""
    found = DeliveryTimes.objects.filter(pk=person.pk).first()
    return found or DeliveryTimes(person_id=person.pk)


def is_unreachable(address: str) -> bool:
    """Whether mail to this address came back for good."""
    return UnreachableAddress.objects.filter(address=address.lower()).exists()


# --- Devices -------------------------------------------------------------------------------------


def devices(person: Any, *, session_key: str | None) -> list[PushSubscription]:
    """The person's devices that show news, newest first; `is_this` marks the one that asks."""
    rows = PushSubscription.objects.filter(person_id=person.pk).select_related("session")
    found = list(rows.order_by("-pk"))
    for device in found:
        device.is_this = device.session.session_key == session_key  # type: ignore[attr-defined]
    return found


def own_device(person: Any, pk: int) -> PushSubscription:
    """One of the person's own devices; Http404 for anybody else's."""
    device = PushSubscription.objects.filter(pk=pk, person_id=person.pk).first()
    if device is None:
        raise Http404("device")
    return device


def own_number(person: Any) -> PhoneNumber | None:
    """The number that the person gave for short messages."""
    return PhoneNumber.objects.filter(pk=person.pk).first()
