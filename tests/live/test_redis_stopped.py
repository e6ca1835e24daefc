"""Redis stops while people post: no post fails, and every reader is complete afterwards."""

import shutil
import subprocess
import time

import pytest

from forum.discussion.models import Reply
from tests.server import free_port

pytestmark = pytest.mark.redis


class Redis:
    """A Redis of the test's own, on a free port, without anything on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(0.5)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)


@pytest.fixture
def redis():
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed: this test stops and starts its own")
    server = Redis()
    server.start()
    yield server
    server.stop()


def test_posting_goes_on_without_redis_and_readers_catch_up(
    start_server, read, redis, idea, make_person, cookie
):
    server = start_server(
        REDIS_URL=f"redis://127.0.0.1:{redis.port}/0", HEARTBEAT_SECONDS="2", REMBUK_TEST_LAYER=""
    )
    readers = [read(server, idea), read(server, idea)]
    writer = cookie(make_person())
    assert server.reply(idea.pk, "Selagi Redis hidup", cookie=writer).status == 200
    for reader in readers:
        reader.wait_for(1)

    redis.stop()
    for n in range(5):
        assert server.reply(idea.pk, f"Redis mati {n}", cookie=writer).status == 200
    for reader in readers:
        reader.wait_for(6, seconds=15)  # the heartbeat reads the database, not Redis

    redis.start()
    for n in range(3):
        assert server.reply(idea.pk, f"Redis kembali {n}", cookie=writer).status == 200
    for reader in readers:
        reader.wait_for(9, seconds=20)
        rows = Reply.objects.filter(idea=idea).order_by("order").values_list("pk", flat=True)
        assert reader.in_order == [f"balasan-{pk}" for pk in rows]
        assert len(reader.inserted) == 9
