"""A case as a row of the desk's list."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from core.live import Fragment
from forum.moderation.models import Case

SOON = 40 * 60  # seconds before the deadline from which a case counts as urgent


def deadline(case: Case) -> dict[str, Any]:
    """How near the deadline is when this is rendered; the browser moves it on."""
    allowed = (case.due_at - case.opened_at).total_seconds() or 1
    left = (case.due_at - timezone.now()).total_seconds()
    level = "merah" if left <= 0 else "kuning" if left < SOON else "hijau"
    percent = round(100 * min(max(left / allowed, 0), 1))
    return {
        "level": level,
        "percent": percent,
        "minutes": round(allowed / 60),
        "due_at": case.due_at,
    }


def ticket(case: Case, *, current: bool = False, which: str = "open") -> str:
    return render_to_string(
        "forum/_ticket.html",
        {"case": case, "current": current, "which": which, "deadline": deadline(case)},
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
