"""The forum in one process: web server, worker and scheduler.

Threads of one process, not processes under a supervisor: the in-memory channel layer reaches this
process only, so a job must run here for open pages to show what it changed. And nothing can be left
over: what ends the process ends all of it.
"""

import asyncio
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.processes import Loop, Scheduler, Worker

# A socket message is at most 64 KiB; a link that is silent for 20 s is asked whether it lives.
DAPHNE = [
    "--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536",
    "--ping-interval", "20", "--no-server-name", "--verbosity", "0",
]  # fmt: skip


class Command(BaseCommand):
    help = "Runs web server, worker and scheduler in one process until SIGTERM or Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, bind: str, port: int, **options: Any) -> None:
        from daphne.cli import CommandLineInterface  # installs the reactor of this process

        beside = Beside([Worker(), Scheduler()])
        # Later, not when running: at that moment the event loop does not turn yet.
        _reactor().callLater(0, beside.begin)
        _reactor().addSystemEventTrigger("before", "shutdown", beside.end)
        application = settings.ASGI_APPLICATION.replace(".application", ":application")
        CommandLineInterface().run([*DAPHNE, "--bind", bind, "--port", str(port), application])
        if beside.failure is not None:
            raise CommandError("Background work ended by itself.") from beside.failure


class Beside:
    """Loops in threads beside the web server's event loop; one that fails ends the server."""

    def __init__(self, loops: list[Loop]) -> None:
        self.loops = loops
        self.failure: BaseException | None = None
        self._running: list[asyncio.Future[None]] = []

    def begin(self) -> None:
        threads = ThreadPoolExecutor(len(self.loops), thread_name_prefix="beside")
        for loop in self.loops:
            # Not a bare thread: from here a job's messages to sockets reach this event loop.
            run = sync_to_async(loop.run, thread_sensitive=False, executor=threads)
            self._running.append(asyncio.ensure_future(run()))
            self._running[-1].add_done_callback(self._ended)

    def end(self) -> Any:
        """Let the present job end. Who asks a second time does not wait for it."""
        from twisted.internet.defer import Deferred

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        for loop in self.loops:
            loop.stop()
        if self._running:
            return Deferred.fromFuture(asyncio.gather(*self._running, return_exceptions=True))
        return None

    def _ended(self, run: "asyncio.Future[None]") -> None:
        if not run.cancelled() and (failure := run.exception()):
            self.failure = self.failure or failure
            if _reactor().running:
                _reactor().stop()


def _reactor() -> Any:
    from twisted.internet import reactor

    return reactor
