"""What the tests of official answers share: the form as a browser sends it, raters, a unit."""

import pytest

from forum.answers import ratings
from forum.answers import services as answers
from forum.answers.models import AnswerDraft, OfficialAnswer
from forum.answers.services import Content
from participation import services as participation
from tests.notifications.conftest import fresh_city, told  # noqa: F401


@pytest.fixture
def form():
    """The fields of the answer form: `form({"kind": "first", "text": "Diganti"}, body="...")`."""

    def fields(*promises: dict, **changes) -> dict:
        filled = {
            "body": "Terima kasih. Lampu kami ganti.",
            "status": "answered",
            "version": "0",
            "draft_version": "0",
            "janji-TOTAL_FORMS": str(len(promises)),
            "janji-INITIAL_FORMS": "0",
        }
        for n, promise in enumerate(promises):
            filled |= {f"janji-{n}-{name}": value for name, value in promise.items()}
        return filled | changes

    return fields


@pytest.fixture
def answered(idea, responder) -> OfficialAnswer:
    answer = answers.publish_answer(idea=idea, officer=responder, body="Lampu kami ganti.")
    answer.idea = idea
    return answer


@pytest.fixture
def careful_unit(perkim):
    """The unit of the project wants a second pair of eyes."""
    perkim.answers_need_review = True
    perkim.save()
    return perkim


@pytest.fixture
def colleague(make_person, perkim):
    return make_person("Rina Marlina", role="responder", unit=perkim)


@pytest.fixture
def kept(idea, responder) -> AnswerDraft:
    return answers.save_draft(
        idea=idea, officer=responder, content=Content(body="Rahasia dapur: lampu diganti.")
    )


@pytest.fixture
def rate(make_person):
    """Somebody who supports the aspirasi rates its answer: `rate(answer, clear=4, comment="")`."""

    def give(answer, *, person=None, comment="", **scores):
        person = person or make_person()
        participation.support(idea=answer.idea, person=person)
        ratings.rate_answer(
            answer=answer,
            person=person,
            scores=scores or {"clear": 4},
            comment=comment,
            took_part=True,
        )
        return person

    return give


def page(response) -> str:
    return response.content.decode()
