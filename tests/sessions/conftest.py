"""A session that runs, is to come or is over, with its officers and questions."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import selectors as accounts
from accounts.models import Role
from forum.sessions import selectors, services
from forum.sessions.models import Question, Session
from forum.sessions.services import SessionPlan
from notifications.models import Receipt
from tests.jobs import drain

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fresh_city():
    """A rolled-back test may not leave its city in the process's memory."""
    accounts.forget_city()
    yield
    accounts.forget_city()


@pytest.fixture
def second_responder(make_person, perkim):
    return make_person("Wahyu Santoso", role=Role.RESPONDER, unit=perkim)


@pytest.fixture
def make_session(project, responder, second_responder):
    """A session from `begins` hours from now on, one hour long: `make_session(begins=2)`."""

    def make(*, begins=-0.5, hours=1, by=None, officers=None, project_=None, **fields) -> Session:
        start = timezone.now() + begins * HOUR
        session = services.schedule_session(
            project=project_ or project,
            by=by or responder,
            plan_=SessionPlan(
                title=fields.pop("title", "Tanya langsung rancangan taman"),
                starts_at=start,
                ends_at=start + hours * HOUR,
                officers=officers or [responder, second_responder],
                **fields,
            ),
        )
        return selectors.fresh_session(session.pk)

    return make


@pytest.fixture
def session(make_session) -> Session:
    """One that runs now."""
    return make_session()


@pytest.fixture
def ask(request, resident):
    """A new question, through the service."""

    def make(body="Kapan lampunya dipasang?", *, author=None, in_=None, **fields) -> Question:
        question = services.ask(
            session=in_ or request.getfixturevalue("session"),
            author=author or resident,
            body=body,
            client_key=fields.pop("client_key", None) or uuid.uuid4(),
            **fields,
        )
        return selectors.fresh(question.pk)

    return make


@pytest.fixture
def over():
    """Let a session be past: `over(session)`."""

    def end(session: Session) -> Session:
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(starts_at=now - 2 * HOUR, ends_at=now - HOUR)
        return selectors.fresh_session(session.pk)

    return end


@pytest.fixture
def told():
    """Run the jobs; then (category, headline, person) of everybody who was told, sorted."""

    def look() -> list[tuple[str, str, str]]:
        drain()
        rows = Receipt.objects.values_list(
            "event__category", "event__headline", "person__display_name"
        )
        return sorted(rows)

    return look


def form(body="Kapan lampunya dipasang?", **fields) -> dict[str, str]:
    """The fields of the form for a question as a browser sends them."""
    return {"body": body, "shown_as": "name", "client_key": str(uuid.uuid4()), **fields}
