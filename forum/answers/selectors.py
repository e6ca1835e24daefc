"""What people read of official answers. Nothing about ratings below five raters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Avg, Count, Max, Q

from forum.answers.models import AnswerRating, OfficialAnswer

if TYPE_CHECKING:
    from participation.models import Idea

MINIMUM_RATERS = 5
ASPECTS = ("clear", "helpful", "timely", "courteous")


@dataclass(slots=True)
class Scores:
    """Means of the four aspects, 1 to 4, None for an aspect with too few answers; n raters."""

    raters: int
    means: dict[str, float | None]


def answer_to(idea: Idea) -> OfficialAnswer | None:
    """The official answer with what it shows; None when there is none."""
    return (
        OfficialAnswer.objects.filter(idea=idea)
        .select_related("unit", "officer__staff_profile__unit")
        .prefetch_related("commitments")
        .first()
    )


def opinions(answer: OfficialAnswer, person: Any) -> tuple[Scores | None, dict[str, int | None]]:
    """What residents think of an answer, and what this person said of it, in one query.

    The scores are None below the minimum number of raters; a single aspect too.
    """
    own = Q(person_id=person.pk if person.is_authenticated else None)
    found = AnswerRating.objects.filter(answer=answer).aggregate(
        raters=Count("pk"),
        **{f"{aspect}_mean": Avg(aspect) for aspect in ASPECTS},
        **{f"{aspect}_n": Count(aspect) for aspect in ASPECTS},
        **{f"{aspect}_own": Max(aspect, filter=own) for aspect in ASPECTS},
    )
    said = {aspect: found[f"{aspect}_own"] for aspect in ASPECTS}
    if found["raters"] < MINIMUM_RATERS:
        return None, said
    means = {
        aspect: found[f"{aspect}_mean"] if found[f"{aspect}_n"] >= MINIMUM_RATERS else None
        for aspect in ASPECTS
    }
    return Scores(found["raters"], means), said
