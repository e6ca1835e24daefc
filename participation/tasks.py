"""Work in the background: telling all who stand behind an aspirasi or follow its project."""

from collections.abc import Callable
from functools import partial

from core.background import task
from notifications import services as notifications
from participation import selectors

Audience = Callable[..., tuple[list[int], int | None]]


# Killed often it still comes to its end: each run starts where the one before was killed.
@task(name="participation.tell_followers", retries=20)
def tell_followers(*, event_id: int, idea_id: int, by_id: int) -> None:
    """Tell them in batches, in the order of their ids; not the one who did it.

    How far it came is stored with each batch: after a kill the job goes on there, so that nobody is
    told twice and nobody is missed.
    """
    _tell(event_id, by_id, partial(selectors.audience, selectors.fresh(idea_id)))


@task(name="participation.tell_supporters", retries=20)
def tell_supporters(*, event_id: int, idea_id: int, by_id: int) -> None:
    """The same, only for those who support the aspirasi."""
    _tell(event_id, by_id, partial(selectors.supporters, selectors.fresh(idea_id)))


def _tell(event_id: int, by_id: int, audience: Audience) -> None:
    after: int | None = notifications.reached(event_id=event_id)
    while after is not None:
        people, after = audience(after=after, limit=notifications.BATCH)
        notifications.reach(event_id=event_id, people=[pk for pk in people if pk != by_id])
    notifications.finish(event_id=event_id)
