"""Who may open a socket, what closes it, and what a reader that does not read costs."""

import contextlib
import json
import socket
import threading
import time
from base64 import b64encode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from accounts import services as accounts
from forum.moderation import services as moderation
from participation import services as participation
from participation.models import Idea


def open_socket(server, path, *, origin=None, cookie="", **options):
    headers = {"Cookie": cookie} if cookie else {}
    return connect(
        server.socket_url(path),
        origin=origin or server.origin,
        additional_headers=headers,
        **options,
    )


def close_code(line, *, seconds=5):
    """Read until the server closes; the code, or None when it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            line.recv(timeout=max(0.05, deadline - time.monotonic()))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006
    return None


def head(line):
    message = json.loads(line.recv(timeout=5))
    assert message["type"] == "head"
    return message


def test_a_stream_starts_with_its_head_number(start_server, idea):
    with open_socket(start_server(), f"/aspirasi/{idea.pk}/") as line:
        assert head(line)["revision"] == Idea.objects.get(pk=idea.pk).revision


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/aspirasi/999999/", 4404),
        ("/aspirasi/abc/", 4404),
        ("/aspirasi/99999999999999999999999/", 4404),
        ("/proyek/tidak-ada/", 4404),
        ("/apa-saja/", 4404),
        ("/meja/", 4403),
    ],
)
def test_a_stream_that_is_not_there_for_this_reader_closes_with_a_code(
    start_server, city, path, code
):
    with open_socket(start_server(), path) as line:
        assert close_code(line) == code


def test_a_page_of_another_origin_gets_no_stream(start_server, idea):
    server = start_server()
    for origin in ("http://evil.example", f"http://127.0.0.1:{server.port + 1}", "null"):
        with open_socket(server, f"/aspirasi/{idea.pk}/", origin=origin) as line:
            assert close_code(line) == 4403
    with pytest.raises(InvalidStatus, match="400"):
        open_socket(server, f"/aspirasi/{idea.pk}/", origin="http://[")


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("halo", 4400),
        ('{"type":"ack","id":"1"}', 4400),
        ('{"type":"ack","id":true}', 4400),
        ("[1]", 4400),
        ("[" * 200, 4400),
        (b"\x00\xff", 4400),
        ("x" * 300, 4413),
    ],
)
def test_garbage_closes_the_socket_with_a_code(start_server, idea, frame, code):
    with open_socket(start_server(), f"/aspirasi/{idea.pk}/") as line:
        head(line)
        line.send(frame)
        assert close_code(line) == code


def test_a_huge_frame_is_refused_before_it_is_read_whole(start_server, idea):
    server = start_server()
    before = server.memory()
    with open_socket(server, f"/aspirasi/{idea.pk}/") as line:
        head(line)
        with contextlib.suppress(ConnectionClosed):
            line.send("x" * 5_000_000)
        assert close_code(line) in (1009, 1006)
    assert server.memory() - before < 8_000_000


def test_signing_out_closes_the_sockets_of_that_session_only(
    start_server, idea, resident, sign_in, cookie
):
    server = start_server()
    leaving, staying = cookie(resident), cookie(resident)
    path = f"/aspirasi/{idea.pk}/"
    with (
        open_socket(server, path, cookie=leaving) as one,
        open_socket(server, path, cookie=staying) as two,
    ):
        head(one), head(two)
        assert server.post("/akun/logout/", {}, cookie=leaving).status == 302
        assert close_code(one) == 4401
        assert close_code(two, seconds=1) is None


def test_blocking_a_person_closes_all_sockets_of_the_person(
    start_server, idea, resident, city_admin, cookie
):
    server = start_server(REMBUK_TEST_URLS="1")
    fields = {"person": str(resident.pk), "by": str(city_admin.pk)}
    with open_socket(server, f"/aspirasi/{idea.pk}/", cookie=cookie(resident)) as line:
        head(line)
        assert server.post("/tests/block/", fields, cookie="").status == 204
        assert close_code(line) == 4401


@pytest.mark.redis
def test_a_block_from_another_process_closes_the_sockets_too(
    start_server, idea, resident, city_admin, cookie
):
    server = start_server()
    with open_socket(server, f"/aspirasi/{idea.pk}/", cookie=cookie(resident)) as line:
        head(line)
        accounts.block(person=resident, by=city_admin, reason="uji")
        assert close_code(line) == 4401


def test_hiding_an_aspirasi_closes_its_stream(start_server, idea, moderator, cookie):
    server = start_server()
    with open_socket(server, f"/aspirasi/{idea.pk}/") as line:
        head(line)
        case = moderation.examine(target=idea, by=moderator)
        fields = {
            "decision": "hide", "rule": "private_data", "message": "Ada nomor telepon.",
            "version": str(case.version),
        }  # fmt: skip
        answer = server.post(f"/meja/{case.pk}/putuskan/", fields, cookie=cookie(moderator))
        assert answer.status == 302
        assert close_code(line) == 4403
        with open_socket(server, f"/aspirasi/{idea.pk}/") as again:
            assert close_code(again) == 4403


def test_a_reader_that_never_reads_is_dropped_and_costs_little(
    start_server, make_idea, make_person, cookie
):
    """Twenty sockets that nobody reads, while some 400 long replies are sent to each."""
    server = start_server(HEARTBEAT_SECONDS="4", SILENCE_SECONDS="10")
    idea, writers = make_idea(), [cookie(make_person()) for _ in range(4)]
    say_much(server, idea, writers, each=20)  # whatever the server allocates once, it has now
    before = server.memory()
    deaf = [deaf_socket(server, f"/langsung/aspirasi/{idea.pk}/") for _ in range(20)]
    connected = time.monotonic()
    said = say_much(server, idea, writers, each=100)
    assert said > 750_000
    assert (server.memory() - before) / 20 < 1_000_000
    while time.monotonic() - connected < 60 and not all(is_closed(line) for line in deaf):
        time.sleep(0.2)
    assert all(is_closed(line) for line in deaf), "silent sockets are still open"


def say_much(server, idea, writers, *, each):
    """Each writer posts long replies; returns how many bytes every reader was to get."""
    text = "Jalan di depan pasar becek setiap hujan. " * 48
    answers = []

    def write(cookie):
        for n in range(each):
            answers.append(server.reply(idea.pk, f"{n} {text}", cookie=cookie).status)

    threads = [threading.Thread(target=write, args=(cookie,)) for cookie in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200}
    return len(text) * len(answers)


def deaf_socket(server, path):
    """A socket after its handshake, with a small receive buffer, that nobody reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", server.port))
    key = b64encode(b"0123456789abcdef").decode()
    line.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nOrigin: {server.origin}\r\nSec-WebSocket-Key: {key}\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b"101" in line.recv(64)
    return line


def is_closed(line) -> bool:
    """Whether the other side has ended or reset the connection, whatever is still unread."""
    state = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    return state != 1  # 1: established


def test_publishing_pushes_to_who_reads_the_list_of_the_project(
    start_server, project, make_idea, idea_form, resident, cookie
):
    server = start_server()
    with open_socket(server, f"/proyek/{project.slug}/") as line:
        revision = head(line)["revision"]
        answer = server.post(f"/proyek/{project.slug}/kirim/", idea_form(), cookie=cookie(resident))
        assert answer.status == 302
        push = json.loads(line.recv(timeout=3))
        assert (push["type"], push["revision"]) == ("push", revision + 1)
        assert push["fragments"][0]["list"] == "aspirasi"


def test_a_reader_in_english_gets_a_poke_instead_of_indonesian_html(
    start_server, read, idea, make_person, cookie
):
    server = start_server()
    with open_socket(server, f"/aspirasi/{idea.pk}/?bahasa=en") as line:
        revision = head(line)["revision"]
        server.reply(idea.pk, "Setuju", cookie=cookie(make_person()))
        message = json.loads(line.recv(timeout=3))
        assert (message["type"], message["revision"]) == ("head", revision + 1)


def test_block_and_publish_need_no_reader(idea, resident, city_admin, make_reply):
    """Nobody watches: announcing must not fail."""
    make_reply()
    accounts.block(person=resident, by=city_admin, reason="uji")
    participation.hide_idea(idea=idea, by=city_admin, reason="uji")
