"""One hub per process: it hears each watched thing once and writes to the sockets that watch it.

A socket is never a member of a channel-layer group. The hub subscribes once per topic, gets each
message once, and hands the ready frame to its local sockets. It also keeps the heartbeat: every
socket is told the head number of what it watches and must acknowledge; that heals whatever the
channel layer lost, and finds sockets that nobody reads any more.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from core import live
from forum.realtime import rooms, streams

log = logging.getLogger(__name__)

# Bytes written to a socket and not acknowledged: from the first number on it is asked for an
# acknowledgement, past the second nothing more is written until one comes (the client catches up).
ASK_AFTER = 32 * 1024
MOST_UNREAD = 256 * 1024


class Socket:
    """One open connection as the hub sees it."""

    __slots__ = (
        "acknowledged_at",
        "asked",
        "behind",
        "close",
        "person_id",
        "plain",
        "send",
        "session_key",
        "topic",
        "unread",
        "unread_at_ask",
        "writing",
    )

    def __init__(
        self,
        *,
        topic: str,
        send: Callable[[dict[str, Any]], Awaitable[None]],
        close: Callable[[int], Awaitable[None]],
        person_id: int | None = None,
        session_key: str | None = None,
        plain: bool = True,
    ) -> None:
        self.topic = topic
        self.send = send
        self.close = close
        self.person_id = person_id
        self.session_key = session_key
        self.plain = plain  # reads the city's language, so pushed HTML is for this reader
        self.unread = 0
        self.unread_at_ask = 0
        self.asked = 0  # id of the open question; 0: none
        self.behind = False
        self.writing = 0  # how many others this reader sees writing
        self.acknowledged_at = time.monotonic()

    async def hint(self, text: str) -> None:
        """Write a frame that a slow reader may miss."""
        if self.unread <= ASK_AFTER:
            self.unread += len(text)
            await self.send({"type": "websocket.send", "text": text})

    async def push(self, event: dict[str, Any], size: int, head: int) -> None:
        """Write a frame, unless the reader is behind: then only remember that something came."""
        if self.unread > MOST_UNREAD:
            self.behind = True
            return
        self.unread += size
        await self.send(event)
        if self.unread > ASK_AFTER and not self.asked:
            await self.ask(head)

    async def ask(self, head: int, number: int | None = None) -> None:
        """Tell the head number and ask for an acknowledgement of everything sent so far."""
        if self.unread > MOST_UNREAD and self.asked:
            return
        self.asked = number or self.asked + 1
        self.unread_at_ask = self.unread
        text = json.dumps({"type": "head", "revision": head, "id": self.asked})
        self.unread += len(text)
        await self.send({"type": "websocket.send", "text": text})

    def acknowledge(self, number: int) -> bool:
        """The reader has read up to a question. Returns whether it must be told the head again."""
        self.acknowledged_at = time.monotonic()
        if number == self.asked:
            self.unread = max(0, self.unread - self.unread_at_ask)
            self.asked = 0
        was_behind, self.behind = self.behind, False
        return was_behind


class Hub:
    """The live readers of one process (more exactly: of one event loop)."""

    def __init__(self) -> None:
        self.sockets: dict[str, set[Socket]] = {}
        self._heads: dict[str, int] = {}
        self._subscribed: set[str] = set()
        self._channel = ""
        self._tasks: list[asyncio.Task[None]] = []
        self._lock = asyncio.Lock()
        self._questions = 0
        self._rooms = rooms.Rooms()

    # --- Readers come and go ---------------------------------------------------------------------

    async def join(self, topic: str, socket: Socket) -> None:
        """Let a socket hear a topic. Works without a channel layer: the heartbeat then does it."""
        self.sockets.setdefault(topic, set()).add(socket)
        self._start()
        if topic not in self._subscribed:
            await self._subscribe(topic)

    async def leave(self, topic: str, socket: Socket) -> None:
        members = self.sockets.get(topic)
        if members is None:
            return
        members.discard(socket)
        if members:
            return
        del self.sockets[topic]
        self._heads.pop(topic, None)
        if topic in self._subscribed:
            self._subscribed.discard(topic)
            layer = get_channel_layer()
            if layer is not None and self._channel:
                try:
                    await layer.group_discard(topic, self._channel)
                except Exception as error:
                    log.warning("hub: could not leave %s: %r", topic, error)

    async def greet(self, socket: Socket) -> None:
        """Tell a new reader how many others there are."""
        if (watching := self._rooms.told.get(socket.topic, 1)) > 1:
            await socket.hint(rooms.presence_frame(watching))

    async def _subscribe(self, topic: str) -> None:
        layer = get_channel_layer()
        if layer is None:
            return
        async with self._lock:
            try:
                if not self._channel:
                    self._channel = await layer.new_channel("hub")
                    self._tasks.append(asyncio.create_task(self._pump(self._channel)))
                    await layer.group_add(rooms.TOPIC, self._channel)
                await layer.group_add(topic, self._channel)
                if topic in self.sockets:
                    self._subscribed.add(topic)
            except Exception as error:
                log.warning("hub: could not listen to %s: %r", topic, error)

    def _start(self) -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        running = {task.get_name() for task in self._tasks}
        for name, loop in (("hub-heart", self._heart), ("hub-rooms", self._keep_rooms)):
            if name not in running:
                self._tasks.append(asyncio.create_task(loop(), name=name))

    # --- Messages --------------------------------------------------------------------------------

    async def _pump(self, channel: str) -> None:
        """Receive what other processes (and this one) announce, and write it to the readers."""
        while True:
            try:
                message = await get_channel_layer().receive(channel)  # type: ignore[union-attr]
                await self.deliver(message)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("hub: %r", error)
                await asyncio.sleep(1)

    async def deliver(self, message: dict[str, Any]) -> None:
        """Write one message to the local readers of its topic."""
        topic = message["topic"]
        if topic == rooms.TOPIC:
            self._rooms.hear(message["report"])
            return
        members = self.sockets.get(topic)
        if not members:
            return
        if code := message.get("close"):
            await self._close(topic, code, message.get("session"))
            return
        if (person_id := message.get("writing")) is not None:
            self._rooms.note_writing(topic, person_id, over=message["over"])
            return
        head = message["head"]
        self._heads[topic] = max(head, self._heads.get(topic, 0))
        frame = message.get("frame")
        if frame is None:
            await self._poke(list(members), head)
            return
        event = {"type": "websocket.send", "text": frame}
        size = len(frame)
        others = []
        for socket in list(members):
            if not socket.plain:
                others.append(socket)
                continue
            try:
                await socket.push(event, size, head)
            except Exception:
                await self._forget(socket)
        await self._poke(others, head)

    async def _poke(self, sockets: list[Socket], head: int) -> None:
        """Tell readers that there is something to fetch."""
        for socket in sockets:
            try:
                await socket.ask(head)
            except Exception:
                await self._forget(socket)

    async def _close(self, topic: str, code: int, session_key: str | None) -> None:
        for socket in list(self.sockets.get(topic, ())):
            if session_key is None or socket.session_key == session_key:
                await self._drop(socket, code)

    async def _drop(self, socket: Socket, code: int) -> None:
        await self._forget(socket)
        try:
            await socket.close(code)
        except Exception as error:
            log.debug("hub: close: %r", error)

    async def _forget(self, socket: Socket) -> None:
        await self.leave(socket.topic, socket)
        if socket.person_id is not None:
            await self.leave(streams.person_topic(socket.person_id), socket)

    # --- Rooms -----------------------------------------------------------------------------------

    async def _keep_rooms(self) -> None:
        """One step after another while there is anybody to tell."""
        step = 0
        while self.sockets:
            await asyncio.sleep(settings.ROOM_SECONDS)
            step += 1
            try:
                await self.tell_rooms(step)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("hub: rooms: %r", error)
        await self._report_rooms(whole=True)

    async def tell_rooms(self, step: int) -> None:
        """One step: what it costs does not depend on how many came, went or typed since.

        In every step who writes; in every fifth who watches, in every fifteenth all of it.
        """
        await self._tell_writing()
        if step % 5 == 0:
            await self._report_rooms(whole=step % 15 == 0)
            for topic, frame in self._rooms.changed().items():
                for socket in list(self.sockets.get(topic, ())):
                    await self._hint_to(socket, frame)

    async def _report_rooms(self, *, whole: bool) -> None:
        """Tell the other processes. A dead channel layer leaves each with its own count."""
        report = self._rooms.report(self.sockets, whole=whole)
        layer = get_channel_layer()
        if report is None or layer is None:
            return
        try:
            message = {"type": "live", "topic": rooms.TOPIC, "report": report}
            await layer.group_send(rooms.TOPIC, message)
        except Exception as error:
            log.warning("hub: could not report: %r", error)

    async def _tell_writing(self) -> None:
        """Tell each reader how many others write, where that number changed for this reader."""
        for topic, people in self._rooms.writing().items():
            for socket in list(self.sockets.get(topic, ())):
                others = len(people) - (socket.person_id in people)
                if others != socket.writing:
                    socket.writing = others
                    await self._hint_to(socket, rooms.writing_frame(others))

    async def _hint_to(self, socket: Socket, frame: str) -> None:
        try:
            await socket.hint(frame)
        except Exception:
            await self._forget(socket)

    # --- The heartbeat ---------------------------------------------------------------------------

    async def _heart(self) -> None:
        """Four times a beat look for silent sockets; once a beat tell every socket its head."""
        quarter = 0
        while self.sockets:
            await asyncio.sleep(settings.HEARTBEAT_SECONDS / 4)
            try:
                await self._drop_silent()
                quarter = (quarter + 1) % 4
                if quarter == 0:
                    await self._beat()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("hub: heartbeat: %r", error)

    async def _drop_silent(self) -> None:
        oldest = time.monotonic() - settings.SILENCE_SECONDS
        for socket in self._watching():
            if socket.acknowledged_at < oldest:
                await self._drop(socket, live.TRY_AGAIN)

    async def _beat(self) -> None:
        for topic in list(self.sockets):
            if topic not in self._subscribed:
                await self._subscribe(topic)
        watched = [topic for topic in self.sockets if not topic.startswith("person.")]
        try:
            self._heads.update(await database_sync_to_async(streams.heads)(watched))
        except Exception as error:
            log.warning("hub: heads: %r", error)
        self._questions += 1
        for socket in self._watching():
            try:
                await socket.ask(self._heads.get(socket.topic, 0), self._questions)
            except Exception:
                await self._forget(socket)

    def _watching(self) -> list[Socket]:
        return [
            socket
            for topic, members in self.sockets.items()
            if not topic.startswith("person.")
            for socket in members
        ]

    def head(self, topic: str) -> int:
        return self._heads.get(topic, 0)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
