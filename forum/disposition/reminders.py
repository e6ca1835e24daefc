"""Who is told that time runs out: once for each clock and level, on working days only."""

from __future__ import annotations

from django.db import transaction

from forum.clock import selectors as clock_selectors
from forum.clock.models import Clock, ClockReminder, Level
from forum.clock.selectors import TimeRules
from forum.disposition import news, selectors

OFFICE_OPENS = 7  # o'clock: nobody's telephone rings at midnight
LEVELS = (Level.AMBER, Level.RED, Level.ESCALATED)


def send_due() -> int:
    """Tell everything that is due now; how many reminders. At any cadence each is sent once.

    A level that was passed while nobody looked is told too, to those whom it concerns, with the
    words of the level that was reached. Outside working days and before seven nothing is sent.
    """
    now = clock_selectors.local_now()
    rules = clock_selectors.time_rules(now.date())
    if not rules.calendar.is_working_day(now.date()) or now.hour < OFFICE_OPENS:
        return 0
    sent = 0
    for clock in selectors.clocks_to_remind(rules.amber_until):
        told = {reminder.level for reminder in clock.reminders.all()}
        reached = rules.level(clock)
        for level in LEVELS[: LEVELS.index(reached) + 1] if reached in LEVELS else ():
            if level not in told:
                sent += _remind(clock.pk, level, rules)
    return sent


@transaction.atomic
def _remind(clock_pk: int, level: Level, rules: TimeRules) -> int:
    """Tell one level of one clock, unless it was told, met or stopped in the meantime."""
    clock = Clock.objects.select_for_update(of=("self",)).filter(pk=clock_pk).first()
    if clock is None or not clock.is_running or clock.paused_at is not None:
        return 0
    reached = rules.level(clock)
    task = selectors.task_of_clock(clock)
    if reached not in LEVELS or LEVELS.index(reached) < LEVELS.index(level) or task is None:
        return 0
    reminder, is_new = ClockReminder.objects.get_or_create(
        clock=clock, level=level, defaults={"recipients": 0}
    )
    if not is_new:
        return 0
    reminder.recipients = news.reminded(task, clock, level, reached)
    reminder.save(update_fields=["recipients"])
    return 1
