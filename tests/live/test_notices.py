"""The person's own stream: every device hears of news, nobody else's does."""

import json
import time

from notifications import services as notifications
from tests.jobs import drain
from tests.live.test_sockets import close_code, head, open_socket

SAYA = "/saya/"


def wait_for(line, revision, *, seconds=10):
    """Read until the head number is reached, answering as a browser does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            message = json.loads(line.recv(timeout=0.2))
        except TimeoutError:
            continue
        if message["type"] == "head":
            line.send(json.dumps({"type": "ack", "id": message["id"]}))
        if message["revision"] >= revision:
            return message["revision"]
    raise AssertionError(f"the head never reached {revision}")


def test_two_devices_of_a_person_hear_of_the_same_news(
    start_server, make_reply, resident, other_resident, cookie
):
    server = start_server(HEARTBEAT_SECONDS="1")
    phone, office, stranger = cookie(resident), cookie(resident), cookie(other_resident)
    with (
        open_socket(server, SAYA, cookie=phone) as one,
        open_socket(server, SAYA, cookie=office) as two,
        open_socket(server, SAYA, cookie=stranger) as third,
    ):
        assert [head(line)["revision"] for line in (one, two, third)] == [0, 0, 0]
        make_reply()
        drain()
        assert wait_for(one, 1) == wait_for(two, 1) == 1
        numbers = [
            json.loads(server.get("/kabar/perubahan/?sejak=0", cookie=device).body)["unseen"]
            for device in (phone, office, stranger)
        ]
        assert numbers == [1, 1, 0]
        notifications.mark_seen(person=resident)
        assert wait_for(one, 2) == wait_for(two, 2) == 2
        assert json.loads(third.recv(timeout=5))["revision"] == 0


def test_the_own_stream_needs_a_signed_in_person(start_server, city):
    with open_socket(start_server(), SAYA) as line:
        assert close_code(line) == 4401


def test_news_does_not_disturb_the_other_streams_of_the_person(
    start_server, make_reply, idea, resident, cookie
):
    """A page of an aspirasi counts its own changes: the list's number must not reach it."""
    server = start_server(HEARTBEAT_SECONDS="1")
    with open_socket(server, f"/aspirasi/{idea.pk}/", cookie=cookie(resident)) as line:
        before = head(line)["revision"]
        for n in range(3):
            make_reply(f"Balasan {n}")
        drain()
        notifications.mark_seen(person=resident)
        assert wait_for(line, before + 3) == before + 3
