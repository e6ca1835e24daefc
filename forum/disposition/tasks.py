"""What the clock on the wall starts: reminders, and closing what was not completed."""

from datetime import timedelta

from core.schedule import scheduled
from forum.disposition import reminders, services


@scheduled("forum.remind_of_clocks", every=timedelta(minutes=30))
def remind_of_clocks() -> None:
    reminders.send_due()


@scheduled("forum.close_lapsed", every=timedelta(hours=1))
def close_lapsed() -> None:
    """Close what residents did not complete in time, batch by batch."""
    while services.close_lapsed():
        pass
