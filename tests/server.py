"""A real Daphne beside the test, on the database of the test; killed, stopped, started at will."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent
CSRF = "t" * 32


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One Daphne process. Extra environment by keyword: `Server(HEARTBEAT_SECONDS="1")`."""

    application = "config.asgi:application"

    def __init__(self, *, port: int | None = None, **environment: str) -> None:
        self.port = port or free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.log = Path(settings.VAR_DIR) / f"daphne-{self.port}.log"

    def start(self) -> "Server":
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.test_settings",
            "REMBUK_TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "REMBUK_VAR_DIR": str(settings.VAR_DIR),
            "SITE_ORIGINS": self.origin,
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_POOL": "8",
            **self.environment,
        }
        command = [
            sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(self.port),
            "--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536",
            "-v", "0", self.application,
        ]  # fmt: skip
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        self._wait()
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"Daphne ended: {self.log.read_text()[-2000:]}")
            try:
                if self.get("/healthz").status == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"Daphne did not answer: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """As if the power went."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def memory(self) -> int:
        """Resident memory in bytes."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found.group(1)) * 1024

    # --- Being a browser -------------------------------------------------------------------------

    def get(self, path: str, *, cookie: str = "") -> "Answer":
        return self._ask("GET", path, cookie=cookie)

    def post(
        self, path: str, fields: dict[str, str], *, cookie: str, htmx: bool = False
    ) -> "Answer":
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": CSRF})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        if htmx:
            headers["HX-Request"] = "true"
        return self._ask("POST", path, body=body, cookie=cookie, headers=headers)

    def _ask(
        self, method: str, path: str, *, body: str = "", cookie: str = "", headers=None
    ) -> "Answer":
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            line.request(
                method, path, body=body or None,
                headers={"Cookie": f"{cookie}; csrftoken={CSRF}".lstrip("; "), **(headers or {})},
            )  # fmt: skip
            answer = line.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            line.close()

    def reply(self, idea_pk: int, body: str, *, cookie: str, **fields: str) -> "Answer":
        """Post a reply as the browser does."""
        filled = {"body": body, "client_key": str(uuid.uuid4()), **fields}
        return self.post(f"/aspirasi/{idea_pk}/balas/", filled, cookie=cookie, htmx=True)

    def socket_url(self, path: str) -> str:
        return f"ws://127.0.0.1:{self.port}/langsung{path}"


class Answer:
    def __init__(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.status, self.body, self.headers = status, body, headers

    @property
    def text(self) -> str:
        return self.body.decode()


def cookie_of(client: Client) -> str:
    """The session cookie of a signed-in test client, for a real connection."""
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
