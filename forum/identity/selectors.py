"""What is read of the log: by whose post it was, by auditors, by who checks the chain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.http import decode_cursor, encode_cursor
from forum.identity.models import Ground, IdentityLog, IdentityReveal

PAGE = 50


def rows() -> QuerySet[IdentityReveal]:
    """The whole log with what its lines show; nothing of the authors."""
    return IdentityReveal.objects.select_related("by", "unit", "idea", "reply__idea")


def about(person: Any) -> QuerySet[IdentityReveal]:
    """Every look at who is behind this person's own posts, newest first."""
    own = Q(idea__author=person) | Q(reply__author=person)
    return rows().filter(own).order_by("-number")


def count_today(person: Any) -> int:
    """How many identities the person opened since midnight in the city."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return IdentityReveal.objects.filter(by=person, at__gte=midnight).count()


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the log is narrowed to; whatever is not known is ignored."""

    by: int | None = None
    ground: str = ""
    since: date | None = None
    until: date | None = None  # this day included
    cursor: str = ""


def log(wanted: LogFilter) -> QuerySet[IdentityReveal]:
    """The rows that a filter leaves, newest first."""
    found = rows().order_by("-number")
    if wanted.by is not None:
        found = found.filter(by_id=wanted.by)
    if wanted.ground in Ground.values:
        found = found.filter(ground=wanted.ground)
    if wanted.since is not None:
        found = found.filter(at__date__gte=wanted.since)
    if wanted.until is not None:
        found = found.filter(at__date__lte=wanted.until)
    return found


def log_page(wanted: LogFilter) -> tuple[list[IdentityReveal], str]:
    """A page of the log and the cursor of the next one ('' at the end)."""
    found = log(wanted)
    if wanted.cursor:
        (number,) = decode_cursor(wanted.cursor, int)
        found = found.filter(number__lt=number)
    page = list(found[: PAGE + 1])
    return page[:PAGE], encode_cursor(page[PAGE - 1].number) if len(page) > PAGE else ""


def officers() -> list[tuple[int, str]]:
    """Who ever opened an identity: (id, name), by name."""
    found = IdentityReveal.objects.order_by().values_list("by_id", "by__display_name").distinct()
    return sorted(found, key=lambda officer: officer[1])


@dataclass(frozen=True, slots=True)
class ChainState:
    """Whether the log is as it was written: `broken_at` is the first wrong row's number."""

    length: int
    head: str
    broken_at: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


def head_at(length: int) -> str:
    """The fingerprint of the row with this number; '' when there is none."""
    found = IdentityReveal.objects.filter(number=length).values_list("fingerprint", flat=True)
    return found.first() or ""


def check_chain() -> ChainState:
    """Compute every fingerprint anew, row by row, and compare the end with the log's own count.

    Finds what was changed, removed, added or exchanged in the rows. Whoever rewrites all of it with
    every fingerprint is found only by a head that was noted elsewhere: compare it.
    """
    kept = IdentityLog.objects.filter(pk=1).first() or IdentityLog()
    previous, number = "", 0
    for row in IdentityReveal.objects.order_by("number").iterator():
        number += 1
        in_place = row.number == number and row.previous == previous
        if not in_place or row.fingerprint != row.own_fingerprint():
            return ChainState(kept.length, kept.head, broken_at=number)
        previous = row.fingerprint
    if (number, previous) != (kept.length, kept.head):
        return ChainState(kept.length, kept.head, broken_at=number + 1)
    return ChainState(number, previous)
