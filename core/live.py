"""Live by revisions: a watched row counts its visible changes and tells its readers after commit.

A row that people watch (an aspirasi's page, a project's list, the moderation desk) carries a
`revision`. Every visible change bumps it under the row's lock, and each changed child keeps the
number of its last change. Whoever knows the last number seen can therefore ask for exactly what
came later. What is sent here only shortens the wait; nothing depends on its arrival.
"""

import json
import logging
from collections.abc import Callable
from typing import Any, TypedDict

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import models, transaction
from django.utils import translation

log = logging.getLogger(__name__)

# Close codes of sockets. A browser does not come back by itself after 44xx; after 45xx it does.
SIGNED_OUT, FORBIDDEN, TRY_AGAIN = 4401, 4403, 4503


class Watched(models.Model):
    """A row that people watch live."""

    revision = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class Fragment(TypedDict):
    """One changed piece of a page, the same for every reader."""

    id: str  # DOM id of the node
    list: str | None  # DOM id of the list it belongs to; None for a fixed region of the page
    order: int  # place within the list
    revision: int  # the change that made it as it is
    html: str


def bump(watched: Watched, **changes: Any) -> int:
    """Count one visible change of `watched` and return its new revision.

    `changes` are stored in the same update. The row stays locked until the transaction ends, so
    numbers become visible to readers in the order in which they were given: call it late.
    """
    rows = type(watched)._default_manager.filter(pk=watched.pk)
    rows.update(revision=models.F("revision") + 1, **changes)
    watched.refresh_from_db(fields=["revision", *changes])
    return watched.revision


def push(topic: str, revision: int, fragments: Callable[[], list[Fragment]]) -> None:
    """After commit, send the fragments of one change to whoever watches `topic`.

    `fragments` is called after commit, once for all readers and in the city's language (readers in
    another one fetch theirs); it must give public content only.
    """

    def send() -> None:
        with translation.override(settings.LANGUAGE_CODE):
            changed = fragments()
        frame = {"type": "push", "revision": revision, "fragments": changed}
        _send(
            topic,
            {
                "head": revision,
                "frame": json.dumps(frame, ensure_ascii=False, separators=(",", ":")),
            },
        )

    transaction.on_commit(send, robust=True)


def poke(topic: str, revision: int) -> None:
    """After commit, tell whoever watches `topic` that there is something to fetch."""

    def send() -> None:
        _send(topic, {"head": revision})

    transaction.on_commit(send, robust=True)


def poke_many(heads: dict[str, int]) -> None:
    """After commit, tell whoever watches one of these topics that there is something to fetch."""

    def send() -> None:
        _send_all([(topic, {"head": revision}) for topic, revision in heads.items()])

    transaction.on_commit(send, robust=True)


def tell_writing(topic: str, person_id: int, *, over: bool = False) -> None:
    """At once, tell the processes that somebody writes on a page, or has done. Nothing is kept."""
    _send(topic, {"writing": person_id, "over": over})


def close_person(person_id: int, *, session_key: str | None = None, code: int = SIGNED_OUT) -> None:
    """After commit, close the open sockets of a person (or of one of the person's sessions)."""

    def send() -> None:
        _send(person_topic(person_id), {"close": code, "session": session_key})

    transaction.on_commit(send, robust=True)


def close_topic(topic: str, *, code: int = FORBIDDEN) -> None:
    """After commit, close every socket that watches `topic`: it may no longer be seen by all."""

    def send() -> None:
        _send(topic, {"close": code, "session": None})

    transaction.on_commit(send, robust=True)


def person_topic(person_id: int) -> str:
    return f"person.{person_id}"


def _send(topic: str, message: dict[str, Any]) -> None:
    """Hand a message to every process."""
    _send_all([(topic, message)])


def _send_all(messages: list[tuple[str, dict[str, Any]]]) -> None:
    """Hand messages to every process. A dead channel layer is a delay, never a failed request."""
    layer = get_channel_layer()
    if layer is None:
        return

    async def send() -> None:
        for topic, message in messages:
            await layer.group_send(topic, {"type": "live", "topic": topic, **message})

    try:
        async_to_sync(send)()
    except Exception as error:
        log.warning("live: could not send to %s: %r", messages[0][0], error)
