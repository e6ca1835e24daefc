"""A live session: an answer to a thousand sockets of one process, against a bare group send."""

import http.client
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from typing import Any

from tests.bench import stack
from tests.bench.sockets import PATIENCE, VIEWERS, Viewers, rest
from tests.bench.usual import PATH as USUAL


class Timed(Viewers):
    """Viewers that note when each of them had the push."""

    def __init__(self, port: int, path: str) -> None:
        super().__init__(port, path)
        self.moments: list[float] = []

    def _read(self, number: int) -> None:
        before = self.pushes
        super()._read(number)
        if self.pushes > before:
            self.moments.append(time.monotonic())


@dataclass
class Receipts:
    """Milliseconds from the beginning to the receipt at 95 of 100 sockets, round by round."""

    p95: list[float] = field(default_factory=list)
    received: int = 0
    expected: int = 0


@dataclass
class Figures:
    """What a session gave."""

    answers: Receipts
    bare: Receipts
    bytes_each: float
    frame: int


def measure(*, rounds: int) -> Figures:
    """Answers through the forum and bare sends of the same bytes take turns, on one Daphne."""
    session, officer = _session(rounds + 1)
    stream = f"/langsung/tanya/{session.pk}/"
    answers, bare, size = Receipts(), Receipts(), 0
    with stack.daphne() as server:
        warm = Timed(server.port, stream).open(5, greeted=True)
        warm.close()
        _ask(server.port, f"/tanya/{session.pk}/")
        time.sleep(2.5)  # Daphne forgets closed sockets once a second
        empty = rest(server)
        readers = Timed(server.port, stream).open(VIEWERS, greeted=True)
        bytes_each = (rest(server) - empty) / VIEWERS
        members = Timed(server.port, USUAL).open(VIEWERS, greeted=False)
        for turn in range(rounds + 1):
            ours, theirs = (answers, bare) if turn else (Receipts(), Receipts())
            path = f"/bench/answer/{session.pk}/{officer.pk}/"
            size = _send(readers, path, ours)
            members.read(0.1)
            _send(members, f"/bench/usual-answer/{session.pk}/", theirs)
            readers.read(0.25)
        if readers.closed or members.closed:
            raise RuntimeError(f"{readers.closed + members.closed} sockets were closed")
        readers.close()
        members.close()
    return Figures(answers, bare, bytes_each, size)


def _send(viewers: Timed, path: str, receipts: Receipts) -> int:
    """Let the server send one push to all; note the 95th of 100. Returns the size of the frame."""
    wanted, viewers.moments = len(viewers.lines), []
    before = viewers.pushes
    line = http.client.HTTPConnection("127.0.0.1", viewers.port, timeout=30)
    line.request("GET", path)
    viewers.read(PATIENCE, pushes=before + wanted)
    answer = line.getresponse()
    body = answer.read()
    line.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {body[:300]!r}")
    said = json.loads(body)
    receipts.received += viewers.pushes - before
    receipts.expected += wanted
    late = sorted(1000 * (moment - said["began"]) for moment in viewers.moments)
    receipts.p95.append(quantiles(late, n=20)[-1])
    return int(said["bytes"])


def _ask(port: int, path: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    line.request("GET", path)
    line.getresponse().read()
    line.close()


def _session(questions: int) -> tuple[Any, Any]:
    """A session that runs, with so many questions in its queue, and its officer."""
    from accounts import services as accounts
    from accounts.models import Role, Unit
    from forum.sessions import services
    from participation.models import Project

    project = Project.objects.select_related("unit").order_by("pk")[0]
    officer = accounts.create_person(
        email=f"{uuid.uuid4().hex[:12]}@contoh.example",
        display_name="Petugas Sesi",
        email_verified=True,
    )
    accounts.set_staff_profile(
        person=officer, unit=Unit.objects.order_by("pk")[0], position="Penata"
    )
    accounts.grant_role(person=officer, role=Role.RESPONDER, by=None)
    from django.utils import timezone

    now = timezone.now()
    session = services.schedule_session(
        project=project,
        by=officer,
        plan_=services.SessionPlan(
            title="Tanya langsung",
            starts_at=now,
            ends_at=now + timedelta(hours=2),
            officers=[officer],
            most_open=20,
        ),
    )
    people = stack.residents()
    for number in range(questions):
        services.ask(
            session=session,
            author=people[number % len(people)],
            body=f"Pertanyaan {number}: {stack.TEXT[:200]}",
            client_key=uuid.uuid4(),
        )
    return session, officer
