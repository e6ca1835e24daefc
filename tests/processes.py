"""Real processes of the background work beside a test, on its database; killed at will."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.server import ROOT, free_port

# The tasks of the tests are known to these processes as those of an app would be.
START = (
    "import sys, django; django.setup(); import tests.core.made_tasks;"
    "from django.core.management import call_command; call_command(*sys.argv[1:])"
)


class Process:
    """`manage.py <command>`, with the tasks of the tests."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.log = Path(settings.VAR_DIR) / f"{command[0]}-{free_port()}.log"
        with self.log.open("wb") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-c", START, *command],
                cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "config.test_settings",
                    "REMBUK_TEST_DATABASE": str(connection.settings_dict["NAME"]),
                    "REMBUK_VAR_DIR": str(settings.VAR_DIR),
                    "SECRET_KEY": settings.SECRET_KEY,
                    "DATABASE_POOL": "4",
                    "JOB_LEASE_SECONDS": "2",
                    **environment,
                },
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self.running.pid

    def kill(self) -> None:
        """As if the power went."""
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def stop(self, number: int = signal.SIGTERM, *, seconds: float = 15) -> int:
        """Ask it to end; its exit code."""
        if self.running.poll() is None:
            self.running.send_signal(number)
        try:
            return self.running.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def said(self) -> str:
        return self.log.read_text()


def eventually(true: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until it is true; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.05)
