"""When a message may leave: at once, with the next digest, never in somebody's quiet hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accounts import selectors as accounts
from notifications.categories import Cadence

if TYPE_CHECKING:
    from notifications.models import DeliveryTimes

DIGEST_AT = time(7)
MONDAY = 0
# What would come later than this after its time is not sent at all: the list in Rembuk has it.
TOO_LATE = timedelta(days=3)


def due_at(moment: datetime, cadence: str, own: DeliveryTimes | None) -> datetime:
    """When news of `moment` is to be sent: now, at the next digest; after the quiet hours."""
    due = moment
    if cadence in (Cadence.DAILY, Cadence.WEEKLY):
        due = next_digest(moment, weekly=cadence == Cadence.WEEKLY)
    return after_quiet(due, own)


def next_digest(moment: datetime, *, weekly: bool) -> datetime:
    """The first digest after a moment: at seven in the city's zone, the weekly one on Mondays."""
    local = moment.astimezone(zone())
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    if weekly:
        day += timedelta(days=(MONDAY - day.weekday()) % 7)
    return datetime.combine(day, DIGEST_AT, tzinfo=zone())


def after_quiet(moment: datetime, own: DeliveryTimes | None) -> datetime:
    """The moment itself, or the end of the quiet hours in which it lies."""
    if own is None or own.quiet_from is None or own.quiet_until is None:
        return moment
    local = moment.astimezone(zone())
    start, end, now = own.quiet_from, own.quiet_until, local.time()
    # Quiet hours that go over midnight, as 21.00 to 06.00 do, lie on two days.
    quiet = start <= now < end if start < end else now >= start or now < end
    if start == end or not quiet:
        return moment
    day = local.date() if now < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone())


def zone() -> ZoneInfo:
    return ZoneInfo(accounts.city().time_zone)
