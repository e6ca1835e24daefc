"""Things that the clock starts: planned once for a time, or recurring; each happens exactly once.

    @scheduled("notifications.send_digests", every=timedelta(minutes=15))
    def send_digests() -> None: ...

    plan("participation.phase_closes", at=closes_at, key=str(phase.pk), phase_id=phase.pk)

A planned thing runs the task of that name (`core.background.task`) with the payload as arguments. A
due row is claimed by a conditional update in the transaction that enqueues its task, so any number
of schedulers may look at any time. No clock is asked whether a thing was done: the row says so, and
a clock that jumps back repeats nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from core.background import named, names, task
from core.models import Due, framework

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)  # periods are counted from here, in UTC
PERIODS_KEPT = 10_000


@dataclass(frozen=True)
class Recurring:
    """A thing that comes back: how often, and how many missed periods it makes up for."""

    name: str
    every: timedelta
    offset: timedelta
    missed: int
    wants_period: bool

    def period(self, now: datetime) -> datetime:
        """The beginning of the period that `now` lies in."""
        first = MONDAY + self.offset
        return first + ((now - first) // self.every) * self.every


_recurring: dict[str, Recurring] = {}


def scheduled(
    name: str,
    *,
    every: timedelta,
    offset: timedelta = timedelta(),
    missed: int = 1,
    retries: int = 5,
) -> Callable[[Callable[P, T]], framework.Task[P, T]]:
    """Make a task of a function that runs once in every period.

    Periods begin at midnight UTC (a week's on Monday), plus `offset`. After an outage the `missed`
    newest periods run, usually the present one alone. A function with the argument `period` is told
    the period's beginning as ISO text.
    """
    if every < timedelta(seconds=1) or missed < 1:
        raise ImproperlyConfigured(f"{name}: every >= 1 s and missed >= 1, please.")

    def decorate(function: Callable[P, T]) -> framework.Task[P, T]:
        made = task(name=name, retries=retries)(function)
        wants_period = "period" in signature(function).parameters
        _recurring[name] = Recurring(name, every, offset, missed, wants_period)
        return made

    return decorate


def plan(name: str, at: datetime, key: str, **payload: Any) -> Due:
    """Do `name` once at `at`, in the current transaction; `key` says which one of its kind.

    Planning the same key again moves it. Once it is claimed it has happened: nothing changes then.
    """
    due, created = Due.objects.get_or_create(
        name=name, key=key, defaults={"due_at": at, "payload": payload}
    )
    if not created:
        Due.objects.filter(pk=due.pk, claimed_at=None).update(due_at=at, payload=payload)
        due.refresh_from_db()
    return due


def cancel(name: str, key: str) -> bool:
    """Do not do it after all; False when it has happened already or was never planned."""
    return bool(Due.objects.filter(name=name, key=key, claimed_at=None).delete()[0])


def run_due(now: datetime | None = None) -> int:
    """Enqueue the task of everything that is due at `now`; how many this call enqueued."""
    now = now or timezone.now()
    for recurring in list(_recurring.values()):
        _open_periods(recurring, now)
    # A name that this process does not know is left to one that does: an upgrade is under way.
    waiting = Due.objects.filter(claimed_at=None, due_at__lte=now, name__in=names())
    keys = list(waiting.order_by("due_at", "pk").values_list("pk", flat=True))
    return sum(_claim(key, now) for key in keys)


def oldest_due(now: datetime | None = None) -> timedelta | None:
    """How late the most overdue thing is; None when nothing is due."""
    now = now or timezone.now()
    due = Due.objects.filter(claimed_at=None, due_at__lte=now).order_by("due_at").first()
    return now - due.due_at if due else None


def _open_periods(recurring: Recurring, now: datetime) -> None:
    """Store the present period, and the missed ones that are to be made up for, as due rows."""
    present = recurring.period(now)
    rows = Due.objects.filter(name=recurring.name)
    wanted = [present]
    if recurring.missed > 1 and (first := rows.order_by("due_at").first()):
        earlier = (present - n * recurring.every for n in range(1, recurring.missed))
        # Nothing was missed before the first period that was ever seen.
        wanted += [period for period in earlier if period > first.due_at]
    known = set(rows.filter(due_at__in=wanted).values_list("due_at", flat=True))
    Due.objects.bulk_create(
        [
            Due(
                name=recurring.name,
                key=period.isoformat(),
                due_at=period,
                payload={"period": period.isoformat()} if recurring.wants_period else {},
            )
            for period in wanted
            if period not in known
        ],
        # Another scheduler may store the same period at this moment.
        ignore_conflicts=True,
    )


def _claim(key: int, now: datetime) -> bool:
    """Claim one due thing and enqueue its task, or neither."""
    with transaction.atomic():
        # Read again under its lock: it may have been claimed, moved or cancelled in between.
        rows = Due.objects.filter(pk=key, claimed_at=None, due_at__lte=now)
        due = rows.select_for_update(skip_locked=True).first()
        if due is None:
            return False
        job = named(due.name).enqueue(**due.payload)
        return bool(rows.update(claimed_at=now, job_id=job.id))


def forget_old_periods() -> int:
    """Delete the oldest claimed periods of each recurring thing; how many.

    The newest ones stay by number, not by age: a clock that jumped ahead and came back must find
    them, or it would do them again.
    """
    forgotten = 0
    for name in _recurring:
        rows = Due.objects.filter(name=name).order_by("-pk")
        oldest_kept = rows.values_list("pk", flat=True)[PERIODS_KEPT - 1 : PERIODS_KEPT].first()
        if oldest_kept is not None:
            old = Due.objects.filter(name=name, pk__lt=oldest_kept, claimed_at__isnull=False)
            forgotten += old.delete()[0]
    return forgotten
