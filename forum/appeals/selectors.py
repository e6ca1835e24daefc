"""What is read of a ruling by the author of the post."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from forum.appeals import policy
from forum.moderation.models import Ruling


def ruling_for_page(person: Any, pk: int) -> Ruling:
    """One ruling with its post and its appeal; Http404 for everybody whom it does not concern."""
    ruling = (
        Ruling.objects.select_related(
            "by", "case__project__unit", "case__idea", "case__reply__idea__project", "appeal__case"
        )
        .filter(pk=pk)
        .first()
    )
    if ruling is None or not policy.may_read_ruling(person, ruling):
        raise Http404("ruling")
    return ruling


def answer_to(ruling: Ruling) -> Ruling | None:
    """The decision on the appeal against a ruling; None while there is none."""
    appeal = getattr(ruling, "appeal", None)
    if appeal is None or appeal.is_open:
        return None
    return Ruling.objects.filter(case=appeal.case).select_related("by").order_by("-id").first()
