"""A reader of a live stream, written from docs/live.md: what a browser does, without a browser."""

import json
import threading
import time
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect

from tests.server import Server


class Reader:
    """Keeps the replies of an aspirasi by socket; catches up by GET when a number is missing."""

    def __init__(
        self, server: Server, idea_pk: int, *, cookie: str = "", socket: bool = True
    ) -> None:
        self.server, self.idea_pk, self.cookie = server, idea_pk, cookie
        self.revision = 0
        self.rows: dict[str, dict[str, Any]] = {}
        self.inserted: list[str] = []  # every id at its first arrival, to see doubles
        self.closed_with: int | None = None
        self.pushes = 0
        self._socket = socket
        self._line: ClientConnection | None = None
        self._stop = threading.Event()
        self._cut = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> "Reader":
        self._thread.start()
        return self

    def cut(self) -> None:
        """The line breaks."""
        self._cut.set()

    def stop(self) -> None:
        self._stop.set()
        self._cut.set()
        self._thread.join(20)

    @property
    def in_order(self) -> list[str]:
        return [r["id"] for r in sorted(self.rows.values(), key=lambda row: row["order"])]

    def wait_for(self, count: int, *, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and len(self.rows) < count:
            time.sleep(0.05)
        assert len(self.rows) == count, f"{len(self.rows)} of {count} replies after {seconds} s"

    # --- The protocol ----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set() and self.closed_with is None:
            try:
                if self._socket:
                    self._listen()
                else:
                    self.catch_up()
            except (OSError, ConnectionClosed, InvalidHandshake, ValueError, TimeoutError):
                pass
            self._cut.clear()
            self._stop.wait(0.2)

    def _listen(self) -> None:
        url = self.server.socket_url(f"/aspirasi/{self.idea_pk}/")
        headers = {"Cookie": self.cookie} if self.cookie else {}
        with connect(
            url, origin=self.server.origin, additional_headers=headers, open_timeout=5
        ) as line:  # type: ignore[arg-type]
            while not self._cut.is_set():
                try:
                    message = json.loads(line.recv(timeout=0.1))
                except TimeoutError:
                    continue
                except ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else 1006
                    if 4400 <= code < 4500:
                        self.closed_with = code
                    raise
                self._hear(line, message)
            line.socket.close()

    def _hear(self, line: ClientConnection, message: dict[str, Any]) -> None:
        if message["type"] == "head":
            line.send(json.dumps({"type": "ack", "id": message["id"]}))
            if message["revision"] > self.revision:
                self.catch_up()
        elif message["type"] != "push":
            return
        elif message["revision"] == self.revision + 1:
            self.pushes += 1
            self._take(message["fragments"])
            self.revision = message["revision"]
        elif message["revision"] > self.revision:
            self.catch_up()

    def catch_up(self) -> None:
        more = True
        while more:
            answer = self.server.get(
                f"/aspirasi/{self.idea_pk}/perubahan/?sejak={self.revision}", cookie=self.cookie
            )
            if answer.status != 200:
                raise OSError(answer.status)
            changes = json.loads(answer.body)
            self._take(changes["fragments"])
            more = changes["more"]
            self.revision = max(self.revision, changes["revision"])

    def _take(self, fragments: list[dict[str, Any]]) -> None:
        for fragment in fragments:
            if fragment["list"] is None:
                continue
            if fragment["id"] not in self.rows:
                self.inserted.append(fragment["id"])
            self.rows[fragment["id"]] = fragment
