"""The loops that do the background work: a worker runs jobs, a scheduler looks at what is due.

Any number of each may run, in processes of their own or in threads of the web process.
"""

import logging
import os
import random
import secrets
import signal
import socket
import threading
import time
from types import FrameType
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from core import background, schedule

log = logging.getLogger(__name__)


class Loop:
    """Does one step again and again until it is told to stop; rests longer the less there is."""

    shortest, longest = 0.1, 2.0  # seconds

    def __init__(self) -> None:
        self._stopping = threading.Event()

    def step(self) -> bool:
        """Do what there is to do; False when there was nothing."""
        raise NotImplementedError

    def stop(self) -> None:
        """End after the present step."""
        self._stopping.set()

    def run(self) -> None:
        rest = self.shortest
        try:
            while not self._stopping.is_set():
                if self._step():
                    rest = self.shortest
                    continue
                # With jitter, or loops that were started together always ask together.
                self._stopping.wait(rest * random.uniform(0.75, 1.25))
                rest = min(self.longest, rest * 1.5)
        finally:
            connections.close_all()

    def _step(self) -> bool:
        close_old_connections()
        try:
            return self.step()
        except (DatabaseError, InterfaceError) as error:
            # A database that restarts is waited for. What was under way is taken up again later.
            log.warning("%s: the database failed: %r", type(self).__name__, error)
            self._stopping.wait(self.longest)
            return False


class Worker(Loop):
    """Runs jobs one after the other; takes up those of workers that were killed."""

    def __init__(self) -> None:
        super().__init__()
        self.name = f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._job_id: UUID | None = None
        self._pause = settings.JOB_LEASE_SECONDS / 4
        self._watch, self._look_at = background.Watch(), 0.0

    def step(self) -> bool:
        if time.monotonic() >= self._look_at:
            self._watch.free_abandoned()
            self._look_at = time.monotonic() + self._pause
        job = background.claim(self.name)
        if job is None:
            return False
        self._job_id = job.pk
        try:
            background.run(job, self.name)
        finally:
            self._job_id = None
        return True

    def run(self) -> None:
        ended = threading.Event()
        pulse = threading.Thread(target=self._beat_until, args=[ended], daemon=True)
        pulse.start()
        try:
            super().run()
        finally:
            ended.set()
            pulse.join()

    def _beat_until(self, ended: threading.Event) -> None:
        while not ended.wait(self._pause):
            if self._job_id is None:
                continue
            try:
                background.beat(self._job_id, self.name)
            except (DatabaseError, InterfaceError) as error:
                log.warning("%s: could not beat: %r", self.name, error)
            finally:
                connections.close_all()


class Scheduler(Loop):
    """Enqueues what is due."""

    shortest, longest = 0.5, 5.0

    def step(self) -> bool:
        return schedule.run_due() > 0


def run_until_stopped(loop: Loop) -> None:
    """Run in the main thread; SIGTERM or Ctrl-C ends it after its present step."""

    def stop(number: int, frame: FrameType | None) -> None:
        loop.stop()
        signal.signal(number, signal.SIG_DFL)  # the second one does not wait

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    loop.run()
