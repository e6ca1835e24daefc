"""What is read of the answer clock: the calendar, the rules in force, each unit's figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core.publishing import Visibility
from forum.clock.calendar import Pause, WorkCalendar
from forum.clock.models import Clock, ClockRule, ClockSettings, Holiday, Level, Step

if TYPE_CHECKING:
    from accounts.models import Unit
    from participation.models import Idea

# Below so many finished and overdue items a share says something of single cases, not of a unit.
MINIMUM_ITEMS = 5
WINDOW = timedelta(days=365)


# --- The calendar and the rules ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimeRules:
    """The city's calendar and the settings in force on a day."""

    calendar: WorkCalendar
    settings: ClockSettings
    today: date

    @property
    def amber_until(self) -> date:
        """A clock due by this day, and not before today, is amber."""
        return self.calendar.add_working_days(self.today, self.settings.amber_days)

    def level(self, clock: Clock) -> Level:
        """How near the end a running clock is.

        Amber: at most `amber_days` working days are left. Red: the last day has passed. Escalated:
        on the working days after the first red one, so many as `escalation_days` says: due on a
        Monday and with 2, red from Tuesday, escalated from Thursday.
        """
        if self.today <= clock.due_on:
            left = self.calendar.working_days_between(self.today, clock.due_on)
            return Level.AMBER if left <= self.settings.amber_days else Level.GREEN
        late = self.calendar.working_days_between(clock.due_on, self.today)
        return Level.ESCALATED if late > self.settings.escalation_days else Level.RED

    def ring(self, clock: Clock) -> dict[str, Any]:
        """What the ring of the page shows: the colour, the share of time left, working days."""
        level = self.level(clock)
        calendar = self.calendar
        left = calendar.working_days_between(self.today, clock.due_on)
        late = calendar.working_days_between(clock.due_on, self.today)
        return {
            "level": Level.RED.value if level == Level.ESCALATED else level.value,
            "percent": round(100 * min(left / max(clock.days, 1), 1)),
            "left": left,
            "late": late,
            "is_late": self.today > clock.due_on,
            "due_on": clock.due_on,
            "paused": clock.paused_at is not None,
        }


def local_day(moment: datetime | None = None) -> date:
    """The day in the city's own zone, now or at a moment; jobs run in another zone than pages."""
    return timezone.localdate(moment, ZoneInfo(accounts_selectors.city().time_zone))


def local_now() -> datetime:
    """Now in the city's own zone."""
    return timezone.localtime(timezone=ZoneInfo(accounts_selectors.city().time_zone))


def pauses_of(clock: Clock) -> list[Pause]:
    """The days that the pauses of a clock leave out."""
    return [
        Pause(local_day(row.started_at), local_day(row.ended_at) if row.ended_at else None)
        for row in clock.pauses.all()
    ]


def time_rules(today: date | None = None) -> TimeRules:
    """Calendar and settings in force, in two queries."""
    today = today or local_day()
    rows = ClockSettings.objects.filter(valid_from__lte=today).order_by("-valid_from")
    settings = rows.first() or ClockSettings(valid_from=today)
    days_off = Holiday.objects.filter(applies=True).values_list("date", flat=True)
    calendar = WorkCalendar(frozenset(days_off), frozenset(settings.weekend))
    return TimeRules(calendar, settings, today)


def rule_for(idea: Idea, step: str, day: date) -> ClockRule | None:
    """The rule in force on a day for a step of an aspirasi: the most particular, then the newest.

    By category, then by kind of project, then for all. None when no rule has begun yet.
    """
    rows = ClockRule.objects.filter(
        Q(category=None) | Q(category_id=idea.category_id),
        Q(project_kind="") | Q(project_kind=idea.project.kind),
        step=step,
        valid_from__lte=day,
    )
    return max(
        rows,
        key=lambda rule: (rule.category_id or "", rule.project_kind, rule.valid_from, rule.pk),
        default=None,
    )


# --- Clocks --------------------------------------------------------------------------------------


def running() -> QuerySet[Clock]:
    """Clocks of published aspirasi that are not met; paused ones too."""
    return Clock.objects.filter(met_at=None, ended_at=None, idea__visibility=Visibility.PUBLISHED)


def of_idea(idea: Idea) -> dict[str, Clock]:
    """The clocks of an aspirasi by step, with their unit."""
    rows = Clock.objects.filter(idea=idea).select_related("unit")
    return {clock.step: clock for clock in rows}


def current(clocks: dict[str, Clock]) -> Clock | None:
    """The clock that says what an aspirasi waits for now; of finished ones the last step's."""
    found = [clocks[step] for step in Step.values if step in clocks]
    return next((clock for clock in found if clock.is_running), found[-1] if found else None)


# --- Each unit's clock ---------------------------------------------------------------------------


@dataclass(slots=True)
class Figures:
    """Working days that a step took: median, 90th percentile, how many. None below the minimum."""

    n: int = 0
    median: float | None = None
    p90: int | None = None


@dataclass(slots=True)
class UnitClock:
    """One unit's row: what is open by colour, how long steps took, how many were in time.

    `in_time` is a share, 0 to 1, of what was finished in the last 365 days or is overdue now:
    counting only what is finished would make letting things lie look good.
    """

    unit: Unit
    green: int = 0
    amber: int = 0
    red: int = 0
    paused: int = 0
    in_time: float | None = None
    n: int = 0
    steps: dict[str, Figures] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figures]:
        """Of verification and of first response, in this order."""
        return [self.steps.get(step, Figures()) for step in Step.values]

    @property
    def percent(self) -> int | None:
        return None if self.in_time is None else round(100 * self.in_time)


def unit_clocks(
    units: Iterable[Unit], *, staff_projects: bool, rules: TimeRules
) -> list[UnitClock]:
    """The clock of each unit, in three queries however many there are. No person appears in it.

    `staff_projects` says whether aspirasi of staff-only projects count.
    """
    since = rules.today - WINDOW
    rows = Clock.objects.filter(idea__visibility=Visibility.PUBLISHED)
    if not staff_projects:
        rows = rows.filter(idea__project__staff_only=False)
    table = {unit.pk: UnitClock(unit) for unit in units}
    _count_open(table, rows.filter(met_at=None, ended_at=None), rules)
    _measure(table, rows.filter(met_on__gte=since))
    return list(table.values())


def _count_open(table: dict[int, UnitClock], rows: QuerySet[Clock], rules: TimeRules) -> None:
    amber_until = rules.amber_until
    on_time = Q(paused_at=None, due_on__gte=rules.today)
    counted = (
        rows.order_by()
        .values("unit_id")
        .annotate(
            late=Count("pk", filter=Q(paused_at=None, due_on__lt=rules.today)),
            soon=Count("pk", filter=on_time & Q(due_on__lte=amber_until)),
            far=Count("pk", filter=on_time & Q(due_on__gt=amber_until)),
            waiting=Count("pk", filter=Q(paused_at__isnull=False)),
        )
    )
    for row in counted:
        if (unit := table.get(row["unit_id"])) is not None:
            unit.red, unit.amber, unit.green = row["late"], row["soon"], row["far"]
            unit.paused = row["waiting"]


def _measure(table: dict[int, UnitClock], rows: QuerySet[Clock]) -> None:
    """Medians from the counts of each number of days: few rows, however many clocks there are."""
    histogram: Any = (
        rows.order_by()
        .values("unit_id", "step", "met_days")
        .annotate(n=Count("pk"), in_time=Count("pk", filter=Q(met_on__lte=F("due_on"))))
    )
    days: dict[tuple[int, str], dict[int, int]] = {}
    in_time: dict[int, int] = {}
    for row in histogram:
        if row["unit_id"] is not None and row["unit_id"] in table:
            days.setdefault((row["unit_id"], row["step"]), {})[row["met_days"]] = row["n"]
            in_time[row["unit_id"]] = in_time.get(row["unit_id"], 0) + row["in_time"]
    for (unit_id, step), counts in days.items():
        table[unit_id].steps[step] = figures(counts)
        table[unit_id].n += sum(counts.values())
    for unit_id, unit in table.items():
        unit.n += unit.red
        if unit.n >= MINIMUM_ITEMS:
            unit.in_time = in_time.get(unit_id, 0) / unit.n


def figures(counts: dict[int, int]) -> Figures:
    """Median and 90th percentile (nearest rank) of {days: how many}."""
    n = sum(counts.values())
    if n < MINIMUM_ITEMS:
        return Figures(n)
    ordered: Sequence[int] = [day for day, many in sorted(counts.items()) for _ in range(many)]
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    return Figures(n, middle, ordered[-(-9 * n // 10) - 1])


# --- Days off ------------------------------------------------------------------------------------


def holidays_of(year: int) -> list[Holiday]:
    """The days off of a year, those that do not apply included."""
    return list(Holiday.objects.filter(date__year=year))


def holiday_years() -> list[int]:
    """The years that the calendar holds."""
    return [day.year for day in Holiday.objects.dates("date", "year")]


def holiday_for_page(pk: int) -> Holiday:
    holiday = Holiday.objects.filter(pk=pk).first()
    if holiday is None:
        raise Http404("holiday")
    return holiday
