"""What happens to an official answer: published, changed, rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core import live, text
from core.live import Fragment
from core.policy import require
from forum.answers import policy, rendering, selectors
from forum.answers.models import AnswerRating, AnswerVersion, Commitment, OfficialAnswer
from forum.notify import news
from participation import rendering as participation_rendering
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from participation.models import Idea


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that will, or will not, be done, and by when."""

    kind: str
    text: str
    due_on: date | None = None


class StaleAnswer(Exception):
    """A colleague changed the answer since this form was opened."""


@transaction.atomic
def publish_answer(
    *,
    idea: Idea,
    officer: Any,
    body: str,
    promises: Sequence[Promise] = (),
    status: str = "answered",
    seen_version: int = 0,
) -> OfficialAnswer:
    """Answer officially for the responsible unit, or change the answer that stands.

    The earlier text stays in the versions. `seen_version` is the version that the officer saw (0:
    none); StaleAnswer when a colleague was faster. The aspirasi moves to `status`; whoever reads
    its page sees the answer and the new step.
    """
    require(policy.may_answer(officer, idea))
    answer = OfficialAnswer.objects.select_for_update().filter(idea=idea).first()
    if (answer.version if answer else 0) != seen_version:
        raise StaleAnswer
    unit = accounts_selectors.unit_of(officer) or idea.project.unit
    html = text.staff_html(body)
    if answer is None:
        answer = OfficialAnswer.objects.create(
            idea=idea, unit=unit, officer=officer, body=body, body_html=html
        )
    else:
        _keep_version(answer)
        answer.unit, answer.officer, answer.body, answer.body_html = unit, officer, body, html
        answer.edited_at = timezone.now()
        answer.version += 1
        answer.save()
        answer.commitments.all().delete()
    Commitment.objects.bulk_create(
        Commitment(answer=answer, **asdict(promise)) for promise in promises
    )
    participation.record_answer(idea=idea, status=status, by=officer)
    news.answer_published(answer, idea)
    _show(idea, answer)
    return answer


def _keep_version(answer: OfficialAnswer) -> None:
    AnswerVersion.objects.create(
        answer=answer,
        version=answer.version,
        body=answer.body,
        commitments=[
            {"kind": c.kind, "text": c.text, "due_on": c.due_on.isoformat() if c.due_on else None}
            for c in answer.commitments.all()
        ],
        officer=answer.officer,
        at=answer.edited_at or answer.published_at,
    )


def _show(idea: Idea, answer: OfficialAnswer) -> None:
    """Count the change and send answer and steps to who is reading. Last in the transaction."""
    revision = participation.count_change(idea, status=True)
    OfficialAnswer.objects.filter(pk=answer.pk).update(revision=revision)
    answer.revision = revision
    participation.announce_row(idea)

    def fragments() -> list[Fragment]:
        fresh = participation_selectors.fresh(idea.pk)
        return [
            rendering.official_fragment(fresh, selectors.answer_to(fresh)),
            participation_rendering.steps_fragment(fresh),
            participation_rendering.status_fragment(fresh),
        ]

    live.push(idea.topic, revision, fragments)


@transaction.atomic
def rate_answer(
    *, answer: OfficialAnswer, person: Any, scores: dict[str, int | None], took_part: bool
) -> AnswerRating:
    """Store what a resident thinks of an answer, or change it: one rating per person and answer.

    `scores` by aspect (clear, helpful, timely, courteous), 1 to 4; an aspect may be left out.
    """
    require(policy.may_rate(person, answer, took_part=took_part))
    rating, _created = AnswerRating.objects.update_or_create(
        answer=answer,
        person=person,
        defaults={
            **{aspect: scores.get(aspect) for aspect in selectors.ASPECTS},
            "rated_at": timezone.now(),
        },
    )
    return rating
