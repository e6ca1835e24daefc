"""A case as a row of the desk's list."""

from django.template.loader import render_to_string

from core.live import Fragment
from forum.moderation.models import Case


def ticket(case: Case, *, current: bool = False, which: str = "open") -> str:
    return render_to_string(
        "forum/_ticket.html", {"case": case, "current": current, "which": which}
    )


def fragment(case: Case) -> Fragment:
    """An open case as a ticket; a decided one leaves the list."""
    return {
        "id": f"perkara-{case.pk}",
        "list": "antrean",
        "order": int(case.due_at.timestamp()),
        "revision": case.revision,
        "html": ticket(case) if case.is_open else "",
    }
