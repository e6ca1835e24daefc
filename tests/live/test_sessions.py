"""A live session: a thousand sockets on one process all get every answer, in the same order."""

import json
import resource
import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from forum.sessions import selectors, services
from forum.sessions.models import Question, Session
from tests.bench.sockets import Viewers
from tests.live.test_sockets import close_code, head, open_socket

READERS, ANSWERS = 1_000, 12


@pytest.fixture
def session(transactional_db, project, responder):
    now = timezone.now()
    made = services.schedule_session(
        project=project,
        by=responder,
        plan_=services.SessionPlan(
            title="Tanya langsung",
            starts_at=now,
            ends_at=now + timedelta(hours=1),
            officers=[responder],
            most_open=20,
        ),
    )
    return selectors.fresh_session(made.pk)


def ask(session, person, body):
    return services.ask(
        session=session, author=person, body=body, client_key=uuid.uuid4(), shown_as="hidden"
    )


def act(server, question, action, *, cookie, **fields):
    path = f"/tanya/{question.session_id}/meja/{question.pk}/tindakan/"
    return server.post(path, {"tindakan": action, **fields}, cookie=cookie)


class Readers(Viewers):
    """Viewers that keep what was pushed to each: (revision, id of the question, list)."""

    def __init__(self, port, path):
        super().__init__(port, path)
        self.heard = {}

    def _take(self, number, data):
        """As the viewers do, but look into each frame."""
        rest = self.rest[number] + data
        while (frame := _frame(rest)) is not None:
            kind, payload, size = frame
            message = json.loads(payload) if kind == 1 else {}
            if message.get("type") == "push":
                self.pushes += 1
                self.heard.setdefault(number, []).append(
                    (message["revision"], [(f["id"], f["list"]) for f in message["fragments"]])
                )
            else:
                self._small(number, kind, payload)
            rest = rest[size:]
        self.rest[number] = rest


def _frame(data):
    """One unmasked frame at the start of `data`: kind, payload, whole size; None: not there yet."""
    if len(data) < 2:
        return None
    kind, length, start = data[0] & 0x0F, data[1] & 0x7F, 2
    if length == 126:
        if len(data) < 4:
            return None
        length, start = int.from_bytes(data[2:4], "big"), 4
    if len(data) < start + length:
        return None
    return kind, data[start : start + length], start + length


def test_a_thousand_readers_get_every_answer_in_the_same_order(
    start_server, session, responder, resident, cookie
):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        questions = [ask(session, resident, f"Pertanyaan {n}?") for n in range(ANSWERS)]
        connections.close_all()
        server = start_server()
        readers = Readers(server.port, f"/langsung/tanya/{session.pk}/")
        readers.open(READERS, greeted=True)
        officer, statuses = cookie(responder), []

        def answer_all():
            for question in questions:
                answer = act(
                    server, question, "jawab", body=f"Jawaban {question.pk}.", version="0",
                    cookie=officer,
                )  # fmt: skip
                statuses.append(answer.status)

        writer = threading.Thread(target=answer_all)
        writer.start()
        readers.read(90, pushes=READERS * ANSWERS)
        writer.join()
        assert statuses == [302] * ANSWERS
        assert readers.closed == 0
        expected = [
            (question.revision, [(f"tanya-{question.pk}", "terjawab")])
            for question in Question.objects.order_by("revision")
        ]
        assert len(readers.heard) == READERS
        wrong = [heard for heard in readers.heard.values() if heard != expected]
        assert not wrong, f"{len(wrong)} readers heard {wrong[0]} instead of {expected}"
        readers.close()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_socket_carries_no_hidden_name_and_says_when_something_is_hidden(
    start_server, session, responder, resident, moderator, cookie
):
    server = start_server()
    with open_socket(server, f"/tanya/{session.pk}/") as line:
        revision = head(line)["revision"]
        fields = {"body": "Siapa pelaksananya?", "shown_as": "hidden",
                  "client_key": str(uuid.uuid4())}  # fmt: skip
        path = f"/tanya/{session.pk}/kirim/"
        assert server.post(path, fields, cookie=cookie(resident)).status == 302
        asked = json.loads(line.recv(timeout=5))
        assert (asked["revision"], asked["fragments"][0]["list"]) == (revision + 1, "antrean")
        question = Question.objects.get()
        act(server, question, "ambil", cookie=cookie(responder))
        taken = json.loads(line.recv(timeout=5))
        assert taken["fragments"][0]["list"] == "sedang"
        hide = {"rule": "spam", "message": "x"}
        act(server, question, "sembunyikan", cookie=cookie(moderator), **hide)
        gone = json.loads(line.recv(timeout=5))
        assert gone["fragments"][0]["list"] is None
        assert "Siapa pelaksananya" not in json.dumps(gone)
        for message in (asked, taken, gone):
            assert resident.display_name not in json.dumps(message)


def test_a_held_question_reaches_the_desk_and_not_the_readers(
    start_server, session, resident, responder, cookie
):
    server = start_server()
    with (
        open_socket(server, f"/tanya/{session.pk}/") as reader,
        open_socket(server, f"/tanya/{session.pk}/meja/", cookie=cookie(responder)) as desk,
    ):
        head(reader)
        revision = head(desk)["revision"]
        fields = {"body": "Telepon 0812 3456 7890?", "client_key": str(uuid.uuid4())}
        server.post(f"/tanya/{session.pk}/kirim/", fields, cookie=cookie(resident))
        poke = json.loads(desk.recv(timeout=5))
        assert (poke["type"], poke["revision"]) == ("head", revision + 1)
        with pytest.raises(TimeoutError):
            reader.recv(timeout=1)
        changes = server.get(
            f"/tanya/{session.pk}/meja/perubahan/?sejak={revision}", cookie=cookie(responder)
        )
        assert json.loads(changes.body)["fragments"][0]["list"] == "meja-ditahan"


def test_who_may_open_which_stream(start_server, session, make_project, resident, cookie):
    server = start_server()
    project = make_project(staff_only=True)
    closed = Session.objects.create(
        project=project, title="Dalam", starts_at=session.starts_at, ends_at=session.ends_at,
        created_by=session.created_by,
    )  # fmt: skip
    for path, person, code in (
        (f"/tanya/{session.pk}/meja/", None, 4403),
        (f"/tanya/{session.pk}/meja/", resident, 4403),
        (f"/tanya/{closed.pk}/", resident, 4404),
        ("/tanya/999999/", None, 4404),
    ):
        own = cookie(person) if person else ""
        with open_socket(server, path, cookie=own) as line:
            assert close_code(line) == code


def test_a_reader_who_was_away_fetches_what_was_missed(
    start_server, session, responder, resident, cookie
):
    server = start_server()
    with open_socket(server, f"/tanya/{session.pk}/") as line:
        seen = head(line)["revision"]
    question = ask(session, resident, "Kapan?")
    act(server, question, "lisan", note="Besok.", cookie=cookie(responder))
    changes = json.loads(server.get(f"/tanya/{session.pk}/perubahan/?sejak={seen}").body)
    (only,) = changes["fragments"]
    assert (only["id"], only["list"]) == (f"tanya-{question.pk}", "terjawab")
    again = json.loads(
        server.get(f"/tanya/{session.pk}/perubahan/?sejak={changes['revision']}").body
    )
    assert again["fragments"] == []


def test_the_last_support_is_told_by_the_job(start_server, session, resident, make_person, cookie):
    """Two taps in one second: one push at once; the other with the job, also after a restart."""
    from tests.jobs import drain

    question = ask(session, resident, "Kapan?")
    server = start_server()
    path = f"/tanya/{session.pk}/{question.pk}/dukung/"
    for person in (make_person(), make_person()):
        assert server.post(path, {"dukung": "ya"}, cookie=cookie(person)).status == 302
    time.sleep(0.1)
    drain(retries=True)
    changes = json.loads(server.get(f"/tanya/{session.pk}/perubahan/?sejak=0").body)
    (only,) = [f for f in changes["fragments"] if f["id"] == f"tanya-{question.pk}"]
    assert 'data-supports="2"' in only["html"]
