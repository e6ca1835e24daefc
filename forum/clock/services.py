"""What happens to a clock: started, stopped, held, moved on; and to the calendar it counts by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts import policy as accounts_policy
from core import live
from core.background import named
from core.live import Fragment
from core.policy import require
from forum.clock import official, rendering, selectors
from forum.clock.models import Clock, ClockPause, ClockRule, ClockSettings, Holiday, Step
from forum.clock.selectors import TimeRules
from participation import rendering as participation_rendering
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from participation.models import Idea

BATCH = 200

# --- Clocks --------------------------------------------------------------------------------------


@transaction.atomic
def start(*, idea: Idea, step: str, unit: Any, at: datetime | None = None) -> Clock | None:
    """Start the clock of a step, now or as of `at`, once; a second start gives the first one back.

    The rule in force on that day applies for good. None when the city has no rule for it yet.
    """
    known = Clock.objects.filter(idea=idea, step=step).first()
    if known is not None:
        return known
    at = at or timezone.now()
    day = selectors.local_day(at)
    rule = selectors.rule_for(idea, step, day)
    if rule is None:
        return None
    rules = selectors.time_rules()
    return Clock.objects.create(
        idea=idea,
        step=step,
        unit=unit,
        rule=rule,
        days=rule.days,
        started_at=at,
        due_on=rules.calendar.add_working_days(day, rule.days),
    )


@transaction.atomic
def meet(*, idea: Idea, step: str) -> bool:
    """The step is done: note when, and how many working days it took. False when it was before."""
    clock = _locked(idea, step)
    if clock is None or not clock.is_running:
        return False
    if clock.paused_at is not None:
        _go_on(clock)
    now = timezone.now()
    calendar = selectors.time_rules().calendar
    clock.met_at, clock.met_on = now, selectors.local_day(now)
    clock.met_days = calendar.working_days_between(
        selectors.local_day(clock.started_at), clock.met_on, selectors.pauses_of(clock)
    )
    clock.save(update_fields=["met_at", "met_on", "met_days"])
    return True


@transaction.atomic
def pause(*, idea: Idea, step: str) -> bool:
    """Stand still while the resident is waited for. False when it does already or is over."""
    clock = _locked(idea, step)
    if clock is None or not clock.is_running or clock.paused_at is not None:
        return False
    clock.paused_at = timezone.now()
    clock.save(update_fields=["paused_at"])
    ClockPause.objects.create(clock=clock, started_at=clock.paused_at)
    return True


@transaction.atomic
def resume(*, idea: Idea, step: str) -> bool:
    """Go on counting; the days of the pause move the due date. An ended clock begins again too."""
    clock = _locked(idea, step)
    if clock is None or clock.met_at is not None or clock.paused_at is None:
        return False
    clock.ended_at = None
    _go_on(clock)
    return True


@transaction.atomic
def end(*, idea: Idea) -> None:
    """Nobody is waited for any more, though nothing was done: the clocks count nowhere."""
    Clock.objects.filter(idea=idea, met_at=None, ended_at=None).update(ended_at=timezone.now())


def move(*, idea: Idea, unit: Any) -> None:
    """The time to respond is another unit's from now on, or (None) nobody's; the date stays."""
    Clock.objects.filter(idea=idea, step=Step.FIRST_RESPONSE, met_at=None, ended_at=None).update(
        unit=unit
    )


def _locked(idea: Idea, step: str) -> Clock | None:
    return Clock.objects.select_for_update().filter(idea=idea, step=step).first()


def _go_on(clock: Clock) -> None:
    clock.pauses.filter(ended_at=None).update(ended_at=timezone.now())
    clock.paused_at = None
    clock.due_on = due_date(clock, selectors.time_rules())
    clock.save(update_fields=["paused_at", "due_on", "ended_at"])


def due_date(clock: Clock, rules: TimeRules) -> date:
    """The last day in time by today's calendar, without the days of the pauses."""
    start = selectors.local_day(clock.started_at)
    return rules.calendar.add_working_days(start, clock.days, selectors.pauses_of(clock))


@transaction.atomic
def recompute(*, after: int = 0) -> int | None:
    """Work out the due dates of a batch of running clocks anew; where it ended, None at the end.

    What is met keeps the date that held when it was. Readers see a changed date live.
    """
    rows = selectors.running().filter(pk__gt=after).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:BATCH])
    rules = selectors.time_rules()
    for clock in (
        Clock.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, met_at=None, ended_at=None)
        .select_related("idea__project")
        .prefetch_related("pauses")
        .order_by("pk")
    ):
        due_on = due_date(clock, rules)
        if due_on != clock.due_on:
            Clock.objects.filter(pk=clock.pk).update(due_on=due_on)
            show(clock.idea)
    return keys[-1] if len(keys) == BATCH else None


def show(idea: Idea) -> None:
    """Count the change of the page and send steps and due date to its readers. Call it last."""
    revision = participation.count_change(idea, status=True)

    def fragments() -> list[Fragment]:
        fresh = participation_selectors.fresh(idea.pk)
        return [participation_rendering.steps_fragment(fresh), rendering.due_fragment(fresh)]

    live.push(idea.topic, revision, fragments)


# --- The calendar --------------------------------------------------------------------------------


class DayTaken(Exception):
    """There is a day off on this date already."""


@transaction.atomic
def save_holiday(*, holiday: Holiday, by: Any) -> Holiday:
    """Add or change a day off; open due dates are worked out anew in the background.

    Raises DayTaken for a date that another row holds.
    """
    require(accounts_policy.may_administer(by))
    if Holiday.objects.filter(date=holiday.date).exclude(pk=holiday.pk).exists():
        raise DayTaken
    holiday.save()
    calendar_changed()
    return holiday


def calendar_changed() -> None:
    """Have the open due dates worked out anew, once this transaction is committed."""
    named("forum.recompute_due_dates").enqueue()


@transaction.atomic
def load_national_days(years: Iterable[int] = official.YEARS) -> int:
    """Add what the national calendar has and the city's has not; returns how many days.

    A day that is there stays as it is, also one that was switched off: repeating it is safe.
    """
    rows = [Holiday(**row) for row in official.official_days(years)]
    known = set(Holiday.objects.values_list("date", flat=True))
    fresh = [row for row in rows if row.date not in known]
    Holiday.objects.bulk_create(fresh, ignore_conflicts=True)
    if fresh:
        calendar_changed()
    return len(fresh)


@transaction.atomic
def load_rules() -> bool:
    """Put the rules of SP4N-LAPOR! in force where the city has none yet."""
    if ClockRule.objects.exists():
        return False
    ClockSettings.objects.get_or_create(
        valid_from=official.RULES_FROM, defaults={"regulation": official.SETTINGS_REGULATION}
    )
    ClockRule.objects.bulk_create(
        ClockRule(step=step, days=days, valid_from=official.RULES_FROM, regulation=regulation)
        for step, days, regulation in official.RULES
    )
    return True
