"""Live delivery: to the last of many sockets, what a socket costs, what a POST takes to arrive."""

import http.client
import json
import os
import select
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from tests.bench import stack
from tests.bench.usual import PATH as USUAL
from tests.server import CSRF, free_port

VIEWERS = 1_000
AT_ONCE = 40  # sockets opened at a time: less than the server's backlog
PATIENCE = 15.0
LONG = 1_000  # a frame of more bytes is a push, a shorter one the heartbeat

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Viewers:
    """Many sockets in one epoll: reads frames, counts pushes, acknowledges heads."""

    def __init__(self, port: int, path: str) -> None:
        self.port, self.path = port, path
        self.lines: dict[int, socket.socket] = {}
        self.rest: dict[int, bytes] = {}
        self.poll = select.epoll()
        self.greeted: set[int] = set()
        self.pushes = self.closed = 0

    def open(self, count: int, *, greeted: bool) -> "Viewers":
        """Open `count` more sockets; `greeted` waits until the server has written to each."""
        for start in range(0, count, AT_ONCE):
            fresh = [self._connect() for _ in range(min(AT_ONCE, count - start))]
            for line in fresh:
                self._shake_hands(line)
            self.read(0.01)
        deadline = time.monotonic() + PATIENCE
        while greeted and len(self.greeted) < len(self.lines):
            self.read(0.1)
            if time.monotonic() > deadline:
                raise RuntimeError(f"{len(self.greeted)} of {len(self.lines)} were greeted")
        return self

    def close(self) -> None:
        for line in self.lines.values():
            line.close()
        self.poll.close()
        self.lines.clear()

    def read(self, seconds: float, *, pushes: int | None = None) -> float:
        """Read for some seconds, or until so many pushes came; the moment of the last push."""
        last = now = time.monotonic()
        deadline = now + seconds
        while now < deadline and (pushes is None or self.pushes < pushes):
            for number, _event in self.poll.poll(deadline - now, 4096):
                before = self.pushes
                self._read(number)
                if self.pushes > before:
                    last = time.monotonic()
            now = time.monotonic()
        return last

    # --- One socket ------------------------------------------------------------------------------

    def _connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        line.sendall(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Origin: http://127.0.0.1:{self.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
        )
        return line

    def _shake_hands(self, line: socket.socket) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            part = line.recv(4096)
            if not part:
                raise RuntimeError(f"{self.path}: no handshake, {data[:200]!r}")
            data += part
        head, rest = data.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"{self.path}: no handshake, {head[:200]!r}")
        line.setblocking(False)
        number = line.fileno()
        self.lines[number], self.rest[number] = line, b""
        self.poll.register(number, select.EPOLLIN)
        if rest:
            self._take(number, rest)

    def _read(self, number: int) -> None:
        try:
            data = self.lines[number].recv(65536)
        except BlockingIOError:
            return
        if data:
            self._take(number, data)
        else:
            self._lose(number)

    def _take(self, number: int, data: bytes) -> None:
        """Frames from the server are not masked: a byte of kind, a length, the payload."""
        data = self.rest[number] + data
        while len(data) >= 2:
            kind, length, start = data[0] & 0x0F, data[1] & 0x7F, 2
            if length == 126:
                if len(data) < 4:
                    break
                length, start = int.from_bytes(data[2:4], "big"), 4
            if len(data) < start + length:
                break
            if kind == TEXT and length > LONG:
                self.pushes += 1
            else:
                self._small(number, kind, data[start : start + length])
            data = data[start + length :]
        self.rest[number] = data

    def _small(self, number: int, kind: int, payload: bytes) -> None:
        if kind == TEXT:
            message = json.loads(payload)
            if message["type"] != "head":  # how many others there are
                return
            self.greeted.add(number)
            self._send(number, TEXT, json.dumps({"type": "ack", "id": message["id"]}).encode())
        elif kind == PING:
            self._send(number, PONG, payload)
        elif kind == CLOSE:
            self._lose(number)

    def _send(self, number: int, kind: int, payload: bytes) -> None:
        # A mask of zeros is a mask: what follows may stay as it is.
        self.lines[number].send(bytes([0x80 | kind, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    def _lose(self, number: int) -> None:
        if number in self.lines:
            self.closed += 1
            self.greeted.discard(number)
            self.poll.unregister(number)
            self.lines.pop(number).close()


@dataclass
class Delivery:
    """Milliseconds to the last of the viewers, round by round, and how many pushes came."""

    ms: list[float] = field(default_factory=list)
    received: int = 0
    expected: int = 0

    @property
    def median(self) -> float:
        return median(self.ms)

    def count(
        self, viewers: Viewers, line: http.client.HTTPConnection, began: float | None
    ) -> None:
        """Read until every viewer has the push. `began` is the server's word unless it is given."""
        wanted = len(viewers.lines)
        before = viewers.pushes
        last = viewers.read(PATIENCE, pushes=before + wanted)
        answer = line.getresponse()
        body = answer.read()
        line.close()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body[:300]!r}")
        self.received += viewers.pushes - before
        self.expected += wanted
        self.ms.append(1000 * (last - (began or json.loads(body)["began"])))


def broadcast(viewers: Viewers, path: str, delivery: Delivery) -> None:
    """Let the server send one push to all viewers."""
    line = http.client.HTTPConnection("127.0.0.1", viewers.port, timeout=30)
    line.request("GET", path)
    delivery.count(viewers, line, None)


def post_reply(viewers: Viewers, idea_pk: int, cookie: str, delivery: Delivery) -> None:
    """Post a reply of 2 KB as a browser does; the clock runs from before the request is sent."""
    fields = {
        "body": (stack.TEXT * 10)[:1_990].strip(),
        "client_key": str(uuid.uuid4()),
        "csrfmiddlewaretoken": CSRF,
    }
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{cookie}; csrftoken={CSRF}",
        "Origin": f"http://127.0.0.1:{viewers.port}",
        "HX-Request": "true",
    }
    line = http.client.HTTPConnection("127.0.0.1", viewers.port, timeout=30)
    line.connect()
    began = time.monotonic()
    line.request("POST", f"/aspirasi/{idea_pk}/balas/", urllib.parse.urlencode(fields), headers)
    delivery.count(viewers, line, began)


@contextmanager
def raw_server() -> Iterator[int]:
    """The bare asyncio server in a process of its own; gives its port."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.raw", str(port)])
    try:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class Figures:
    """What the sockets gave."""

    hub: Delivery
    usual: Delivery
    raw: Delivery
    post: Delivery
    many: Delivery
    hub_bytes: float
    usual_bytes: float


def measure(idea: Any, cookie: str, *, rounds: int, posts: int) -> Figures:
    """All figures of the sockets, on one fresh Daphne, the three ways taking turns."""
    stream = f"/langsung/aspirasi/{idea.pk}/"
    figures = Figures(Delivery(), Delivery(), Delivery(), Delivery(), Delivery(), 0, 0)
    with stack.daphne() as server, raw_server() as raw_port:
        _warm_up(server, stream, idea.pk)
        empty = rest(server)
        hub = Viewers(server.port, stream).open(VIEWERS, greeted=True)
        with_hub = rest(server)
        usual = Viewers(server.port, USUAL).open(VIEWERS, greeted=False)
        with_usual = rest(server)
        figures.hub_bytes = (with_hub - empty) / VIEWERS
        figures.usual_bytes = (with_usual - with_hub) / VIEWERS
        raw = Viewers(raw_port, "/").open(VIEWERS, greeted=False)
        turns = (
            (hub, f"/bench/broadcast/{idea.pk}/", figures.hub),
            (usual, "/bench/usual-broadcast/", figures.usual),
            (raw, "/broadcast", figures.raw),
        )
        for turn in range(rounds + 1):
            for viewers, path, delivery in turns:
                # The first turn warms up.
                broadcast(viewers, path, delivery if turn else Delivery())
                hub.read(0.25)
                usual.read(0.05)
        usual.close()
        raw.close()
        for turn in range(posts + 1):
            post_reply(hub, idea.pk, cookie, figures.post if turn else Delivery())
            hub.read(0.25)
        hub.open(VIEWERS, greeted=True)
        for _turn in range(rounds):
            broadcast(hub, f"/bench/broadcast/{idea.pk}/", figures.many)
            hub.read(0.25)
        if hub.closed:
            raise RuntimeError(f"{hub.closed} sockets were closed by the server")
        hub.close()
    return figures


def _warm_up(server: Any, stream: str, idea_pk: int) -> None:
    """Threads, imports and connections are there before the first byte is counted."""
    for path in (stream, USUAL):
        viewers = Viewers(server.port, path).open(5, greeted=path == stream)
        broadcast(viewers, f"/bench/broadcast/{idea_pk}/", Delivery()) if path == stream else None
        viewers.close()
    time.sleep(2.5)  # Daphne forgets closed sockets once a second


def rest(server: Any) -> int:
    """Resident bytes of the server when it has come to rest."""
    time.sleep(1.5)
    return int(server.memory())


def raise_file_limit() -> None:
    """Thousands of sockets need as many file numbers, here and in the servers started here."""
    import resource

    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard < 4 * VIEWERS:
        raise RuntimeError(f"Only {hard} open files are allowed, {4 * VIEWERS} are needed")
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
