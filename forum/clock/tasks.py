"""Work in the background: due dates after the calendar changed."""

from core.background import task
from forum.clock import services


@task(name="forum.recompute_due_dates", retries=20)
def recompute_due_dates(after: int = 0) -> None:
    """Work out the due dates of all running clocks anew, a batch at a time; safe to repeat."""
    at: int | None = after
    while at is not None:
        at = services.recompute(after=at)
