"""What came of an appeal."""

from __future__ import annotations

from forum.moderation.models import Ruling


def answer_to(ruling: Ruling) -> Ruling | None:
    """The decision on the appeal against a ruling; None while there is none."""
    appeal = getattr(ruling, "appeal", None)
    if appeal is None or appeal.is_open:
        return None
    return Ruling.objects.filter(case=appeal.case).select_related("by").order_by("-id").first()
