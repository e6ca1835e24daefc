"""Lines of a person's list as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from core.live import Fragment

if TYPE_CHECKING:
    from notifications.models import Notice
    from notifications.selectors import Line


def row(line: Line) -> SafeString:
    return render_to_string("forum/_notice.html", {"line": line})


def fragment(notice: Notice, line: Line | None) -> Fragment:
    """The line of a notice; nothing where its news may no longer be seen."""
    return {
        "id": f"kabar-{notice.pk}",
        "list": "kabar" if line else None,
        "order": int(notice.moved_at.timestamp()),
        "revision": notice.revision,
        "html": row(line) if line else "",
    }
