"""How many watch and how many write: right over all processes, never who, and cheap."""

import asyncio
import json
import time

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from forum.discussion.models import Reply
from forum.realtime import rooms
from forum.realtime.hub import Hub, Socket

FAST = {"ROOM_SECONDS": "0.1"}


class Ear:
    """A socket that is read and acknowledged; keeps what it was told beside the changes."""

    def __init__(self, server, idea, cookie=""):
        self._open = connect(
            server.socket_url(f"/aspirasi/{idea.pk}/"), origin=server.origin,
            additional_headers={"Cookie": cookie} if cookie else {},
        )  # fmt: skip
        self.line = self._open.__enter__()
        self.told = []

    def hear(self, *, seconds):
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                message = json.loads(self.line.recv(timeout=left))
            except (TimeoutError, ConnectionClosed):
                return
            if message["type"] == "head":
                self.line.send(json.dumps({"type": "ack", "id": message["id"]}))
            elif message["type"] != "push":
                self.told.append(message)

    def wait_for(self, message, *, seconds=8):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and message not in self.told:
            self.hear(seconds=0.1)
        assert message in self.told, self.told


@pytest.fixture
def listen():
    ears = []

    def start(*arguments, **options):
        ears.append(Ear(*arguments, **options))
        return ears[-1]

    yield start
    for ear in ears:
        ear.line.close()


def watching(n):
    return {"type": "presence", "watching": n}


def writing(n):
    return {"type": "writing", "writing": n}


def write(server, idea, cookie):
    return server.post(f"/aspirasi/{idea.pk}/menulis/", {}, cookie=cookie).status


def test_readers_are_counted_each_person_once_and_nobody_is_named(
    start_server, idea, make_person, cookie, listen
):
    server = start_server(**FAST)
    person = cookie(make_person("Yohana Sulastri"))
    first = listen(server, idea)
    first.hear(seconds=1)
    assert first.told == [], "whoever is alone is told nothing"
    listen(server, idea, cookie=person)
    second_window = listen(server, idea, cookie=person)
    first.wait_for(watching(2))
    late = listen(server, idea)
    first.wait_for(watching(3))
    late.wait_for(watching(3))
    late.line.close()
    first.wait_for(watching(2))
    second_window.line.close()
    first.hear(seconds=1)
    assert first.told[-1] == watching(2)
    assert all(set(told) == {"type", "watching"} for told in first.told)


def test_another_aspirasi_is_another_room(start_server, idea, make_idea, listen):
    server = start_server(**FAST)
    here, there = listen(server, idea), listen(server, make_idea(title="Lain"))
    here.hear(seconds=1)
    there.hear(seconds=0.2)
    assert here.told == there.told == []


def test_others_see_that_somebody_writes_and_the_writer_does_not(
    start_server, idea, make_person, cookie, listen
):
    server = start_server(**FAST)
    person = cookie(make_person("Yohana Sulastri"))
    reader, writer = listen(server, idea), listen(server, idea, cookie=person)
    assert write(server, idea, person) == 204
    reader.wait_for(writing(1))
    writer.hear(seconds=0.5)
    assert not any(told["type"] == "writing" for told in writer.told)
    assert server.reply(idea.pk, "Selesai", cookie=person).status == 200
    reader.wait_for(writing(0), seconds=3)
    assert Reply.objects.count() == 1


def test_who_stops_typing_is_forgotten_after_eight_seconds(
    start_server, idea, make_person, cookie, listen
):
    server = start_server(**FAST)
    reader = listen(server, idea)
    write(server, idea, cookie(make_person()))
    reader.wait_for(writing(1))
    reader.wait_for(writing(0), seconds=10)


def test_only_who_may_reply_writes_and_only_with_a_token(
    start_server, idea, resident, sign_in, client
):
    from django.test import Client

    path = f"/aspirasi/{idea.pk}/menulis/"
    assert client.post(path).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in(resident).cookies
    assert strict.post(path).status_code == 403
    assert sign_in(resident).post("/aspirasi/999999/menulis/").status_code == 404
    idea.project.phases.update(stage="done")
    assert sign_in(resident).post(path).status_code == 403


def test_writing_is_told_once_in_four_seconds_and_costs_nothing_in_between(
    db, idea, resident, make_person, sign_in, monkeypatch, django_assert_max_num_queries
):
    told = []
    monkeypatch.setattr("core.live.tell_writing", lambda *given, **_more: told.append(given))
    browser = sign_in(resident)
    for _ in range(5):
        assert browser.post(f"/aspirasi/{idea.pk}/menulis/").status_code == 204
    assert told == [(idea.topic, resident.pk)]
    with django_assert_max_num_queries(3):  # who this is, and not the aspirasi
        browser.post(f"/aspirasi/{idea.pk}/menulis/")


@pytest.mark.redis
def test_readers_of_two_processes_are_counted_together(
    start_server, idea, make_person, cookie, listen
):
    one, two = start_server(**FAST), start_server(**FAST)
    here, there = listen(one, idea), listen(two, idea)
    here.wait_for(watching(2))
    there.wait_for(watching(2))
    write(one, idea, cookie(make_person()))
    there.wait_for(writing(1))
    two.kill()
    listen(one, idea)
    # The killed process is believed for a while: its one reader and the two here.
    here.wait_for(watching(3))


# --- What it costs, counted in frames ------------------------------------------------------------


class Count:
    """Sockets of one page that only count what is written to them."""

    def __init__(self, hub, number, topic="idea.1"):
        self.frames = 0
        self.hub, self.topic = hub, topic
        self.sockets = [
            Socket(topic=topic, send=self._send, close=self._send, person_id=n)
            for n in range(number)
        ]

    async def _send(self, _event):
        self.frames += 1

    def come(self, sockets):
        self.hub.sockets.setdefault(self.topic, set()).update(sockets)


def test_a_thousand_readers_who_come_at_once_are_one_frame_each():
    hub = Hub()
    crowd = Count(hub, 1000)

    async def come_and_go():
        for step in range(1, 11):  # twenty seconds
            crowd.come(crowd.sockets[(step - 1) * 100 : step * 100])
            await hub.tell_rooms(step)

    asyncio.run(come_and_go())
    assert crowd.frames == 500 + 1000, "two numbers, each told to who was there"
    asyncio.run(hub.tell_rooms(15))
    assert crowd.frames == 1500, "the number did not change: nothing is said"


def test_a_thousand_who_type_at_once_are_a_frame_in_two_seconds():
    hub = Hub()
    crowd = Count(hub, 1000)
    crowd.come(crowd.sockets)

    async def type_all():
        for person in range(1000):
            await hub.deliver({"topic": "idea.1", "writing": person, "over": False})
        assert crowd.frames == 0, "nothing is sent when it is heard"
        await hub.tell_rooms(1)
        await hub.tell_rooms(2)

    asyncio.run(type_all())
    assert crowd.frames == 1000


def test_a_slow_reader_is_spared():
    hub = Hub()
    crowd = Count(hub, 2)
    crowd.come(crowd.sockets)
    crowd.sockets[0].unread = 300_000

    async def go():
        await hub.tell_rooms(5)

    asyncio.run(go())
    assert crowd.frames == 1


def test_a_process_that_fell_silent_is_forgotten(monkeypatch):
    here = rooms.Rooms()
    here.report({"idea.1": {Socket(topic="idea.1", send=None, close=None)}}, whole=True)
    here.hear({"process": "other", "counts": {"idea.1": 4}, "whole": True})
    assert here.changed() == {"idea.1": rooms.presence_frame(5)}
    here.hear({"process": "other", "counts": {"idea.1": 6}, "whole": False})
    assert here.changed() == {"idea.1": rooms.presence_frame(7)}
    later = time.monotonic() + rooms.FORGOTTEN_AFTER + 1
    monkeypatch.setattr(rooms.time, "monotonic", lambda: later)
    assert here.changed() == {"idea.1": rooms.presence_frame(1)}
