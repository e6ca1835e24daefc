"""Every reader gets every reply, once, in the same order, whatever happens to the line."""

import contextlib
import threading
import time

import pytest

from forum.discussion.models import Reply
from tests.live.reader import Reader

WRITERS, EACH = 4, 50


def post_all(server, idea, cookies):
    """Four writers post fifty replies each, all at once; the statuses of the answers."""
    statuses = []

    def write(number, cookie):
        for n in range(EACH):
            answer = server.reply(idea.pk, f"Penulis {number}, balasan {n}", cookie=cookie)
            statuses.append(answer.status)

    writers = [
        threading.Thread(target=write, args=(number, cookie))
        for number, cookie in enumerate(cookies)
    ]
    for writer in writers:
        writer.start()
    return writers, statuses


def stored_order(idea):
    rows = Reply.objects.filter(idea=idea, visibility="published").order_by("order")
    return [f"balasan-{pk}" for pk in rows.values_list("pk", flat=True)]


def test_readers_end_with_the_same_replies_in_the_same_order(
    start_server, read, idea, make_person, cookie
):
    """200 replies by 4 writers; one reader is cut again and again, one has no socket."""
    server = start_server()
    steady, shaky = read(server, idea), read(server, idea)
    polling = read(server, idea, socket=False)
    writers, statuses = post_all(server, idea, [cookie(make_person()) for _ in range(WRITERS)])
    while any(writer.is_alive() for writer in writers):
        time.sleep(0.4)
        shaky.cut()
    assert statuses == [200] * WRITERS * EACH

    expected = stored_order(idea)
    assert len(expected) == WRITERS * EACH
    for reader in (steady, shaky, polling):
        reader.wait_for(WRITERS * EACH)
        assert reader.in_order == expected
        assert len(reader.inserted) == len(set(reader.inserted)) == WRITERS * EACH
    assert steady.pushes > 0, "the steady reader was never pushed to"


@pytest.mark.redis
def test_readers_of_two_processes_get_the_same_replies(
    start_server, read, idea, make_person, cookie
):
    one, two = start_server(), start_server()
    here, there = read(one, idea), read(two, idea)
    time.sleep(1)
    writers, _ = post_all(one, idea, [cookie(make_person()) for _ in range(2)])
    for writer in writers:
        writer.join()
    for reader in (here, there):
        reader.wait_for(2 * EACH)
        assert reader.in_order == stored_order(idea)
    assert there.pushes > 0, "nothing crossed from one process to the other"


def test_a_killed_server_costs_a_delay_never_a_reply(
    start_server, read, idea, make_person, cookie, tmp_path
):
    """Kill -9 after the commit and before the push: the waiting reader catches up."""
    stall = tmp_path / "stall"
    layer = {"REMBUK_TEST_LAYER": "tests.live.layers.StallingLayer", "STALL_FILE": str(stall)}
    server = start_server(**layer)
    reader = read(server, idea)
    writer = cookie(make_person())
    assert server.reply(idea.pk, "Sebelum listrik padam", cookie=writer).status == 200
    reader.wait_for(1)

    stall.touch()
    posting = threading.Thread(target=_post_and_lose, args=(server, idea, writer), daemon=True)
    posting.start()
    _wait_until(lambda: Reply.objects.filter(idea=idea, visibility="published").count() == 2)
    assert len(reader.rows) == 1, "the push was to be held back"
    server.kill()
    stall.unlink()
    server.start()
    reader.wait_for(2)
    assert reader.in_order == stored_order(idea)
    assert len(reader.inserted) == 2


def _post_and_lose(server, idea, cookie):
    with contextlib.suppress(OSError):
        server.reply(idea.pk, "Tepat saat listrik padam", cookie=cookie)


def _wait_until(true, *, seconds=15):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_a_dead_channel_layer_fails_no_post_and_the_heartbeat_heals(
    start_server, read, idea, make_person, cookie
):
    server = start_server(REMBUK_TEST_LAYER="tests.live.layers.DeadLayer", HEARTBEAT_SECONDS="1")
    reader = read(server, idea)
    writer = cookie(make_person())
    for n in range(5):
        assert server.reply(idea.pk, f"Tanpa lapisan {n}", cookie=writer).status == 200
    reader.wait_for(5)
    assert reader.pushes == 0
    assert reader.in_order == stored_order(idea)


def test_a_reader_that_polls_needs_no_socket(start_server, read, idea, make_person, cookie):
    server = start_server()
    reader: Reader = read(server, idea, socket=False)
    server.reply(idea.pk, "Tanpa WebSocket", cookie=cookie(make_person()))
    reader.wait_for(1)
