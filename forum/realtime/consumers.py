"""A browser's socket: opened under the page's policy, read-only, closed with a code."""

from __future__ import annotations

import json
import logging
from typing import Any

from channels.consumer import get_handler_name
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from forum.realtime import streams
from forum.realtime.hub import Socket, hub

log = logging.getLogger(__name__)

GARBAGE, TOO_BIG = 4400, 4413
LONGEST_FRAME = 256


def _database(read: Any) -> Any:
    """Reads beside each other: after a restart a thousand readers come back at once."""
    return database_sync_to_async(read, thread_sensitive=False)


class LiveConsumer(AsyncWebsocketConsumer):
    """Tells what changes in one stream. Every write of a reader is a POST, never a frame here.

    The consumer has no channel of its own: the hub of the process hears for all its sockets.
    """

    channel_layer_alias = "none"

    socket: Socket | None = None

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Without Channels' look at old database connections before each frame.

        That look takes its turn in the one thread in which sockets use the database: the
        acknowledgements of a full room would keep new readers waiting at the door.
        """
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        # Accepted first: to a browser a refused handshake looks like a lost line.
        await self.accept()
        person, session = self.scope["user"], self.scope["session"]
        key = self.scope["url_route"]["kwargs"].get("key", "")
        opened = await _database(streams.open_stream)(person, session, self.kind, key)
        if isinstance(opened, streams.Refusal):
            await self._refuse(opened.code, "not opened")
            return
        topic, _head = opened
        self.socket = Socket(
            topic=topic,
            send=self.base_send,
            close=self.close,
            person_id=person.pk if person.is_authenticated else None,
            session_key=session.session_key if person.is_authenticated else None,
            plain=_language(self.scope) == settings.LANGUAGE_CODE,
        )
        # Listen first, then read the head: what is committed in between arrives by one of the two.
        await hub().join(topic, self.socket)
        if self.socket.person_id is not None:
            await hub().join(streams.person_topic(self.socket.person_id), self.socket)
        head = await _database(streams.heads)([topic])
        await self.socket.ask(head.get(topic, 0))
        await hub().greet(self.socket)
        _forget_request(self.scope)

    async def disconnect(self, code: int) -> None:
        if self.socket is not None:
            await hub().leave(self.socket.topic, self.socket)
            if self.socket.person_id is not None:
                await hub().leave(streams.person_topic(self.socket.person_id), self.socket)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.socket is None:
            return
        if text_data is None or len(text_data) > LONGEST_FRAME:
            await self._refuse(TOO_BIG if text_data else GARBAGE, "frame")
            return
        number = _acknowledged(text_data)
        if number is None:
            await self._refuse(GARBAGE, "frame")
        elif self.socket.acknowledge(number):
            await self.socket.ask(hub().head(self.socket.topic))

    async def _refuse(self, code: int, what: str) -> None:
        log.info("socket %s: %s, closed with %s", self.scope["path"][:80], what, code)
        await self.disconnect(code)
        self.socket = None
        await self.close(code)


class UnknownStream(AsyncWebsocketConsumer):
    """An address that is no stream: closed with a code instead of an error."""

    channel_layer_alias = "none"
    code = streams.UNKNOWN

    async def connect(self) -> None:
        await self.accept()
        log.info("socket %s: closed with %s", self.scope["path"][:80], self.code)
        await self.close(self.code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        return


class StrangeOrigin(UnknownStream):
    """A page of somebody else asked for a socket in our visitor's name."""

    code = streams.FORBIDDEN


def _acknowledged(text: str) -> int | None:
    """The number in {"type": "ack", "id": 3}; None for anything else."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("type") != "ack":
        return None
    number = message.get("id")
    return number if type(number) is int else None


def _language(scope: dict[str, Any]) -> str:
    """The language of the reader's pages: as the page asked for in the address of the socket."""
    query = scope.get("query_string", b"")
    return "en" if b"bahasa=en" in query else settings.LANGUAGE_CODE


def _forget_request(scope: dict[str, Any]) -> None:
    """A socket lives for hours: let go of what was only needed to open it."""
    for name in ("session", "user", "cookies", "headers", "url_route"):
        scope.pop(name, None)
