"""What residents think of an answer: rated, released in fives, a comment checked by a moderator."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, F, QuerySet
from django.utils import timezone

from core.policy import require
from forum.answers import policy
from forum.answers.models import AnswerRating, AnswerScores, CommentRuling, OfficialAnswer
from forum.answers.selectors import ASPECTS, MINIMUM_RATERS, Scores
from forum.notify import news
from forum.screening import services as screening

CommentState = AnswerRating.CommentState
Cause, Decision = CommentRuling.Cause, CommentRuling.Decision


class AlreadyDecided(Exception):
    """Another moderator was faster."""


@transaction.atomic
def rate_answer(
    *,
    answer: OfficialAnswer,
    person: Any,
    scores: dict[str, int | None],
    took_part: bool,
    comment: str = "",
) -> AnswerRating:
    """Store what a resident thinks of an answer, or change it: one rating per person and answer.

    `scores` by aspect (clear, helpful, timely, courteous), 1 to 4; an aspect may be left out. It
    can be changed for 30 days. A comment in which the screening finds something waits for a
    moderator. Nobody is told: a notice would tell the officer when somebody rated.
    """
    # The answer's row puts its raters in a line: they are counted five by five.
    OfficialAnswer.objects.select_for_update().get(pk=answer.pk)
    rating = AnswerRating.objects.filter(answer=answer, person=person).first()
    require(policy.may_rate(person, answer, took_part=took_part, own=rating))
    if rating is None:
        rating = AnswerRating(answer=answer, person=person)
    for aspect in ASPECTS:
        setattr(rating, aspect, scores.get(aspect))
    rating.officer_id, rating.rated_at, rating.released = (
        answer.officer_id,
        timezone.now(),
        False,
    )
    changed = comment != rating.comment
    if changed:
        _set_comment(rating, comment, author=person)
    rating.save()
    if changed:
        _ask_screening(rating)
    _release(answer)
    return rating


def _set_comment(rating: AnswerRating, comment: str, *, author: Any) -> None:
    """A changed comment is gone from the page at once; the new one comes with the next release."""
    was_hidden = _was_hidden(rating)
    rating.comment, rating.shown_comment, rating.shown_since = comment, "", None
    rating.comment_key = uuid.uuid4() if comment else None
    rating.findings = screening.findings(comment, author=author) if comment else []
    # What a moderator has hidden does not come back with one letter changed.
    waits = comment and (rating.findings or was_hidden)
    rating.comment_state = CommentState.HELD if waits else CommentState.CLEAR


def _was_hidden(rating: AnswerRating) -> bool:
    """Whether the last word of a moderator was to hide; taking the comment out does not undo it."""
    settled = CommentRuling.objects.filter(rating_id=rating.pk).exclude(
        decision__in=("", Decision.GONE)
    )
    last = settled.order_by("-pk").values_list("decision", flat=True).first()
    return last == Decision.HIDE


def _ask_screening(rating: AnswerRating) -> None:
    waiting = CommentRuling.objects.filter(rating=rating, decision="")
    waiting.update(decision=Decision.GONE, decided_at=timezone.now())
    if rating.comment_state == CommentState.HELD:
        CommentRuling.objects.create(rating=rating, cause=Cause.HELD, text=rating.comment)


def _release(answer: OfficialAnswer) -> None:
    """Show what was said when it is due: the figures, and the comments that came with them."""
    ratings = AnswerRating.objects.filter(answer=answer)
    figures = due_figures(ratings)
    if figures is None:
        return
    fresh = ratings.filter(released=False)
    officers = set(ratings.values_list("officer_id", flat=True))
    today = timezone.localdate()
    AnswerScores.objects.update_or_create(
        answer=answer,
        defaults={
            "raters": figures.raters,
            "means": figures.means,
            "officer_id": officers.pop() if len(officers) == 1 else None,
            "released_on": today,
        },
    )
    fresh.filter(comment_state=CommentState.CLEAR).exclude(comment="").filter(
        shown_comment=""
    ).update(shown_comment=F("comment"), shown_since=today.replace(day=1))
    fresh.update(released=True)


def due_figures(ratings: QuerySet[Any]) -> Scores | None:
    """The figures to be shown from now on; None while fewer than five ratings are new or changed.

    One at a time, the figures before and after would tell what the last one said. `ratings` are
    all of one answer, locked by the caller, who then marks them as released.
    """
    if ratings.filter(released=False).count() < MINIMUM_RATERS:
        return None
    found = ratings.aggregate(
        raters=Count("pk"),
        **{f"{aspect}_mean": Avg(aspect) for aspect in ASPECTS},
        **{f"{aspect}_n": Count(aspect) for aspect in ASPECTS},
    )
    means = {
        aspect: round(found[f"{aspect}_mean"], 2)
        if found[f"{aspect}_n"] >= MINIMUM_RATERS
        else None
        for aspect in ASPECTS
    }
    return Scores(found["raters"], means)


# --- Comments before a moderator ----------------------------------------------------------------


@transaction.atomic
def ask_for_check(*, rating: AnswerRating, by: Any, why: str) -> CommentRuling:
    """An officer asks a moderator to look at a comment; it stays shown until that is decided."""
    require(policy.may_ask_for_check(by, rating.answer))
    ruling, _is_new = CommentRuling.objects.get_or_create(
        rating=rating,
        decision="",
        defaults={
            "cause": Cause.ASKED,
            "text": rating.shown_comment,
            "asked_by": by,
            "asked_why": why,
        },
    )
    return ruling


@transaction.atomic
def decide_comment(*, ruling: CommentRuling, by: Any, decision: str, reason: str) -> None:
    """Show a comment or hide it, once; whoever wrote it is told why, whoever asked hears of it.

    AlreadyDecided when a colleague was faster or the writer took the comment back.
    """
    answer = ruling.rating.answer
    require(policy.may_decide_comment(by, answer, asked_by_id=ruling.asked_by_id))
    OfficialAnswer.objects.select_for_update().get(pk=answer.pk)
    claimed = CommentRuling.objects.filter(pk=ruling.pk, decision="").update(
        decision=decision, reason=reason, decided_by=by, decided_at=timezone.now()
    )
    if not claimed:
        raise AlreadyDecided
    ruling.refresh_from_db()
    rating = AnswerRating.objects.get(pk=ruling.rating_id)
    if decision == Decision.HIDE:
        rating.comment_state, rating.shown_comment, rating.shown_since = (
            CommentState.HIDDEN,
            "",
            None,
        )
    else:
        rating.comment_state = CommentState.CLEAR
        if rating.released and not rating.shown_comment:
            rating.shown_comment = rating.comment
            rating.shown_since = timezone.localdate().replace(day=1)
    rating.save(update_fields=["comment_state", "shown_comment", "shown_since"])
    news.comment_decided(ruling, rating, answer.idea)
