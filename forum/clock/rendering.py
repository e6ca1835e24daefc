"""By when an aspirasi is answered, as a region of its page, the same for every reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.live import Fragment
from forum.clock import selectors
from forum.clock.models import Clock

if TYPE_CHECKING:
    from participation.models import Idea


def due_fragment(idea: Idea) -> Fragment:
    """The region with the due date; empty of words where no clock runs."""
    return {
        "id": "tenggat",
        "list": None,
        "order": 0,
        "revision": idea.status_revision,
        "html": due(selectors.of_idea(idea)) if idea.is_published else "",
    }


def due(clocks: dict[str, Clock]) -> SafeString:
    """What the aspirasi waits for and until when, in a sentence."""
    clock = selectors.current(clocks)
    return render_to_string(
        "forum/_due.html",
        {"clock": clock, "late": clock is not None and selectors.local_day() > clock.due_on},
    )
