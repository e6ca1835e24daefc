"""Work of sessions in the background: by the clock, counts of supports, telling many people."""

from functools import partial

from core.background import task
from forum.sessions import selectors, services
from notifications import services as notifications


@task(name="forum.keep_session_time")
def keep_session_time(*, session_id: int) -> None:
    """Do what is due: say that it starts soon, open it, close it. Safe at any time, any number."""
    services.keep_time(session_id=session_id)


@task(name="forum.tell_supports", priority=10)
def tell_supports(*, session_id: int) -> None:
    """Tell everybody the numbers of supports that changed meanwhile."""
    services.tell_supports(session_id=session_id)


# Killed often it still comes to its end: each run starts where the one before was killed.
@task(name="forum.tell_session", retries=20)
def tell_session(*, event_id: int, session_id: int, by_id: int | None) -> None:
    """Tell followers, askers and officers in batches, in the order of their ids."""
    audience = partial(selectors.audience, selectors.fresh_session(session_id))
    notifications.reach_all(event_id=event_id, audience=audience, but=by_id)
