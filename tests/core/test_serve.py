"""The forum in one process: it serves, does the background work, and leaves nothing behind."""

import asyncio
import signal
import threading
import time
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from core.management.commands.serve import Beside
from core.processes import Loop
from tests.core import made_tasks
from tests.core.made_tasks import notes
from tests.processes import Process, eventually
from tests.server import Server


class OneProcess(Server):
    """`manage.py serve` instead of Daphne alone."""

    def start(self) -> "OneProcess":
        self.whole = Process("serve", "--port", str(self.port), SITE_ORIGINS=self.origin)
        self.process, self.log = self.whole.running, self.whole.log
        self._wait()
        return self


@pytest.fixture
def forum(transactional_db, city):
    server = OneProcess().start()
    yield server
    server.kill()


def children(pid: int) -> str:
    return " ".join(
        path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")
    ).strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_command_serves_works_and_stops_cleanly(forum, tmp_path, number):
    made_tasks.note.enqueue(text="a")
    eventually(lambda: notes() == ["a"])
    assert forum.get("/readyz").status == 200
    assert children(forum.process.pid) == ""

    diary = tmp_path / "diary"
    diary.touch()
    made_tasks.slow.enqueue(diary=str(diary), text="b", seconds=2)
    eventually(lambda: "begin" in diary.read_text())
    assert forum.whole.stop(number) == 0
    assert "end" in diary.read_text()  # the job under way was finished
    eventually(lambda: DBTaskResult.objects.filter(status="RUNNING").count() == 0)
    assert "Traceback" not in forum.whole.said()


def test_a_second_signal_does_not_wait_for_the_job(forum, tmp_path):
    diary = tmp_path / "diary"
    diary.touch()
    made_tasks.slow.enqueue(diary=str(diary), text="b", seconds=30)
    eventually(lambda: "begin" in diary.read_text())
    forum.process.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert forum.process.poll() is None
    assert forum.whole.stop(signal.SIGTERM, seconds=5) == -signal.SIGTERM


def test_when_the_worker_ends_by_itself_the_whole_ends_with_an_error(forum):
    made_tasks.break_the_worker.enqueue()
    assert forum.process.wait(15) == 1
    with pytest.raises(OSError):
        forum.get("/healthz")


def test_a_taken_port_is_an_error(forum, tmp_path):
    second = Process("serve", "--port", str(forum.port), REMBUK_VAR_DIR=str(tmp_path))
    assert second.running.wait(20) == 1


def test_what_a_job_sends_arrives_in_the_event_loop_of_the_server():
    """From a bare thread it would be sent from another loop, which wakes nobody in this one."""
    seen: list[object] = []

    async def where() -> None:
        seen.append(asyncio.get_running_loop())

    class Once(Loop):
        def step(self) -> bool:
            from asgiref.sync import async_to_sync

            async_to_sync(where)()
            seen.append(threading.current_thread())
            self.stop()
            return True

    async def serve() -> asyncio.AbstractEventLoop:
        beside = Beside([Once()])
        beside.begin()
        await asyncio.gather(*beside._running)
        return asyncio.get_running_loop()

    loop = asyncio.run(serve())
    assert seen[0] is loop
    assert seen[1] is not threading.main_thread()
