"""Working days, computed: no database, no clock of the machine, only dates.

The unit is the working day (hari kerja) of SP4N-LAPOR!: Monday to Friday, without national
holidays, joint leave (cuti bersama) and the city's own days off. The day on which something starts
is not counted, so three working days from Tuesday end on Friday.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY_AND_SUNDAY = frozenset({6, 7})
ONE_DAY = timedelta(days=1)
# A calendar on which nobody ever works would be searched for ever.
LONGEST_SEARCH = 3660


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which nobody is waited for but the resident.

    The day on which it begins is left out, the day on which the clock goes on counts: of a pause
    from Monday to Wednesday, Monday and Tuesday are left out; one that ends on the day it began
    costs nothing. So a clock stopped on its last day still has that day when it goes on. `end` is
    None while it lasts.
    """

    start: date
    end: date | None = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The days off and the weekend (ISO numbers, Monday is 1) of a city."""

    days_off: frozenset[date] = frozenset()
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY

    def is_working_day(self, day: date) -> bool:
        return day.isoweekday() not in self.weekend and day not in self.days_off

    def add_working_days(self, start: date, days: int, pauses: Sequence[Pause] = ()) -> date:
        """The last day of a time of so many working days, in days; `start` is not counted.

        Days within a pause that has ended are not counted; one that lasts is left out of account:
        what the date would be if it ended now cannot be said before it does. Zero days end on
        `start` itself.
        """
        ended = [pause for pause in pauses if pause.end is not None]
        day, left = start, days
        for _ in range(LONGEST_SEARCH):
            if left <= 0:
                return day
            day += ONE_DAY
            if self.is_working_day(day) and not any(pause.covers(day) for pause in ended):
                left -= 1
        raise ValueError("no working day within ten years")

    def working_days_between(self, start: date, end: date, pauses: Iterable[Pause] = ()) -> int:
        """How many working days lie after `start`, up to and including `end`; 0 when it is earlier.

        The counterpart of `add_working_days`: between `start` and what that returns lie `days`.
        """
        pauses = list(pauses)
        count, day = 0, start
        while day < end:
            day += ONE_DAY
            if self.is_working_day(day) and not any(pause.covers(day) for pause in pauses):
                count += 1
        return count
