"""The working-day calendar against dated examples, each worked out by hand on a wall calendar."""

from datetime import date

import pytest

from forum.clock.calendar import Pause, WorkCalendar
from forum.clock.official import official_days

DAYS = official_days()
INDONESIA = WorkCalendar(frozenset(row["date"] for row in DAYS))


def day(text: str) -> date:
    return date.fromisoformat(text)


EXAMPLES = [
    # The check that is published with the rule: Nyepi and Lebaran with their joint leave.
    ("2026-03-17", 3, "2026-03-27"),
    ("2026-06-02", 3, "2026-06-05"),  # an ordinary week
    ("2026-06-05", 3, "2026-06-10"),  # over a weekend
    ("2026-06-06", 3, "2026-06-10"),  # reported on a Saturday
    ("2026-06-07", 3, "2026-06-10"),  # reported on a Sunday
    ("2025-12-23", 5, "2026-01-02"),  # Christmas, its joint leave and the year's change
    ("2025-03-27", 1, "2025-04-08"),  # Lebaran 2025: twelve days for one
    ("2026-05-13", 1, "2026-05-18"),  # Ascension and the Friday after
    ("2026-05-26", 3, "2026-06-03"),  # Idul Adha, a weekend, Pancasila
    ("2026-12-23", 3, "2026-12-30"),  # joint leave before Christmas
    ("2027-03-05", 3, "2027-03-18"),  # Nyepi next to Lebaran
    ("2026-08-14", 1, "2026-08-18"),  # Independence Day on a Monday
    ("2026-03-18", 5, "2026-03-31"),  # reported on a day of joint leave
    ("2026-06-02", 0, "2026-06-02"),  # no days: the day itself
]


@pytest.mark.parametrize("start, days, due", EXAMPLES)
def test_working_days_from_a_day(start, days, due):
    assert INDONESIA.add_working_days(day(start), days) == day(due)
    assert INDONESIA.working_days_between(day(start), day(due)) == days


PAUSED = [
    # Wednesday to Friday: Wednesday and Thursday are left out.
    ("2026-06-02", 3, [("2026-06-03", "2026-06-05")], "2026-06-09"),
    # A question answered on the same day costs nothing.
    ("2026-06-02", 3, [("2026-06-03", "2026-06-03")], "2026-06-05"),
    # Most of this pause was days off anyway: only Tuesday the 17th is lost.
    ("2026-03-16", 5, [("2026-03-17", "2026-03-25")], "2026-03-31"),
    # Begun on a Saturday, ended on a Sunday: nothing is lost.
    ("2026-06-05", 3, [("2026-06-06", "2026-06-07")], "2026-06-10"),
    # Twice, the second time on its last day: it is still to be had afterwards.
    ("2026-06-02", 3, [("2026-06-03", "2026-06-04"), ("2026-06-08", "2026-06-10")], "2026-06-10"),
    # Asked on the day of the report, over the year's change.
    ("2025-12-30", 3, [("2025-12-30", "2026-01-05")], "2026-01-07"),
    # One that lasts is not guessed at.
    ("2026-06-02", 3, [("2026-06-03", None)], "2026-06-05"),
]


@pytest.mark.parametrize("start, days, pauses, due", PAUSED)
def test_paused_days_are_not_counted(start, days, pauses, due):
    taken = [Pause(day(begin), day(end) if end else None) for begin, end in pauses]
    assert INDONESIA.add_working_days(day(start), days, taken) == day(due)


def test_a_day_off_added_later_moves_the_date():
    anniversary = WorkCalendar(INDONESIA.days_off | {day("2026-10-23")})
    assert INDONESIA.add_working_days(day("2026-10-20"), 3) == day("2026-10-23")
    assert anniversary.add_working_days(day("2026-10-20"), 3) == day("2026-10-26")


def test_a_city_may_rest_on_another_weekend():
    fridays = WorkCalendar(weekend=frozenset({5}))
    assert fridays.add_working_days(day("2026-06-04"), 2) == day("2026-06-07")


def test_nothing_lies_between_a_day_and_an_earlier_one():
    assert INDONESIA.working_days_between(day("2026-06-05"), day("2026-06-02")) == 0


def test_a_calendar_without_working_days_ends_in_an_error_not_in_a_loop():
    with pytest.raises(ValueError):
        WorkCalendar(weekend=frozenset(range(1, 8))).add_working_days(day("2026-06-05"), 1)


def test_the_national_calendar_knows_joint_leave_and_estimates():
    kinds = {row["date"]: row["kind"] for row in DAYS}
    assert kinds[day("2026-03-19")] == "national"  # Nyepi
    assert kinds[day("2026-03-18")] == "joint_leave"
    assert {row["date"].year for row in DAYS} == {2025, 2026, 2027, 2028}
    sources = {row["date"]: row["source"] for row in DAYS}
    assert "SKB Tiga Menteri" in sources[day("2026-03-18")]
    assert sources[day("2028-02-27")].startswith("Perkiraan")
