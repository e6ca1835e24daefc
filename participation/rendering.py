"""Rows and regions of aspirasi as HTML: rendered once, kept by revision, the same for all."""

from collections.abc import Iterable

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.live import Fragment
from core.text import stored_html
from participation import policy
from participation.models import Idea, IdeaHistory, Status

KEPT_FOR = 3600


def rows(ideas: Iterable[Idea], *, supported: set[int], with_project: bool) -> list[SafeString]:
    """The list rows of aspirasi, from the cache where they are unchanged.

    `supported` are the ids whose button is shown as pressed; `with_project` names the project.
    """
    wanted = {
        idea.pk: _row_key(idea, supported=idea.pk in supported, with_project=with_project)
        for idea in ideas
    }
    kept = cache.get_many(wanted.values())
    fresh = {}
    found = []
    for idea in ideas:
        key = wanted[idea.pk]
        html = kept.get(key)
        if html is None:
            html = fresh[key] = _row(
                idea, supported=idea.pk in supported, with_project=with_project
            )
        found.append(stored_html(html))
    if fresh:
        cache.set_many(fresh, KEPT_FOR)
    return found


def row_fragment(idea: Idea) -> Fragment:
    """The row of an aspirasi in its project's list.

    When it is not public: a tombstone, which replaces the row where it is shown and comes nowhere
    else (it belongs to no list).
    """
    return {
        "id": f"aspirasi-{idea.pk}",
        "list": "aspirasi" if idea.is_published else None,
        "order": int(idea.published_at.timestamp()) if idea.published_at else 0,
        "revision": idea.project_revision,
        "html": _row(idea, supported=False, with_project=False),
    }


def steps_fragment(idea: Idea) -> Fragment:
    """The region with status and steps on the page of an aspirasi; empty when it is not public."""
    return {
        "id": "alur",
        "list": None,
        "order": 0,
        "revision": idea.status_revision,
        "html": steps(idea) if idea.is_published else "",
    }


def steps(idea: Idea) -> SafeString:
    """Five steps with their times: received, public, answered, in progress, done.

    Three when the city will not do it. A step back (work taken up, then put off) is a step back
    here too: what counts is the status of now.
    """
    reached = {
        change.new: change.at for change in idea.history.filter(field=IdeaHistory.Field.STATUS)
    }
    shown = [(_("Diterima"), idea.created_at), (_("Tayang"), idea.published_at)]
    if idea.status in (Status.DECLINED, Status.OUTSIDE_AUTHORITY):
        shown.append((idea.get_status_display(), reached.get(idea.status) or idea.answered_at))
    else:
        begun = idea.status in (Status.IN_PROGRESS, Status.DONE)
        done = reached.get(Status.DONE) if idea.status == Status.DONE else None
        shown += [
            (_("Ditanggapi"), idea.answered_at),
            (_("Dikerjakan"), (reached.get(Status.IN_PROGRESS) or done) if begun else None),
            (_("Selesai"), done),
        ]
    now = max(n for n, (_label, time) in enumerate(shown, start=1) if time)
    return render_to_string(
        "participation/_steps.html",
        {
            "idea": idea,
            "steps": shown,
            "now": now,
            "total": len(shown),
            "label": shown[now - 1][0],
        },
    )


def _row_key(idea: Idea, *, supported: bool, with_project: bool) -> str:
    version = f"{idea.project_revision}.{idea.support_count}.{idea.reply_count}"
    state = f"{supported:d}{with_project:d}{policy.takes_support(idea.project):d}"
    return f"idea-row:{idea.pk}:{version}:{state}:{get_language()}"


def _row(idea: Idea, *, supported: bool, with_project: bool) -> str:
    return render_to_string(
        "participation/_idea.html",
        {
            "idea": idea,
            "supported": supported,
            "with_project": with_project,
            "takes_support": policy.takes_support(idea.project),
        },
    )
