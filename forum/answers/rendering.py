"""The official answer as HTML, the same for every reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone

from core.live import Fragment
from core.text import stored_html
from forum.answers.models import OfficialAnswer

if TYPE_CHECKING:
    from participation.models import Idea


def official_fragment(idea: Idea, answer: OfficialAnswer | None) -> Fragment:
    """The region of the official answer; empty when the aspirasi is not public."""
    return {
        "id": "jawaban-resmi",
        "list": None,
        "order": 0,
        "revision": answer.revision if answer else 0,
        "html": official(idea, answer) if answer and idea.is_published else "",
    }


def official(idea: Idea, answer: OfficialAnswer) -> str:
    days = None
    if idea.published_at:
        # Days on the calendar: what is answered after midnight is not answered on the same day.
        asked, answered = idea.published_at, answer.published_at
        days = max((timezone.localdate(answered) - timezone.localdate(asked)).days, 0)
    return render_to_string(
        "forum/_official.html",
        {"idea": idea, "answer": answer, "body": stored_html(answer.body_html), "days": days},
    )
