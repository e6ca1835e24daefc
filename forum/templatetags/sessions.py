"""The session that runs in a project now, for pages of the project: `{% session_now project %}`.

participation, which owns those pages, knows nothing of sessions; its templates may ask the forum.
"""

from typing import Any

from django import template

from forum.sessions import selectors

register = template.Library()


@register.inclusion_tag("forum/sessions/_now.html")
def session_now(project: Any) -> dict[str, Any]:
    return {"session": selectors.running(project)}
