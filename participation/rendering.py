"""Rows and regions of aspirasi as HTML: rendered once, kept by revision, the same for all."""

from typing import NamedTuple

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.live import Fragment
from core.text import stored_html
from participation import policy, selectors
from participation.identity import ShownAuthor, shown_author, usual_way, way_choices
from participation.models import Idea, IdeaHistory, ShownAs, Status

__all__ = [
    "ShownAs",
    "ShownAuthor",
    "row_fragment",
    "rows",
    "shown_author",
    "steps",
    "steps_fragment",
    "usual_way",
    "way_choices",
]

KEPT_FOR = 3600

# Statuses whose step has a time of its own in the history.
MOVED = (Status.IN_PROGRESS, Status.DONE, Status.DECLINED, Status.OUTSIDE_AUTHORITY)


class RowState(NamedTuple):
    """How a row is shown, beside what the aspirasi is."""

    supported: bool = False  # the button is pressed
    with_project: bool = False  # names the project
    takes_support: bool = False


def rows(ideas: list[Idea], *, supported: set[int], with_project: bool) -> list[SafeString]:
    """The list rows of aspirasi, from the cache where they are unchanged.

    `supported` are the ids whose button is shown as pressed; `with_project` names the project.
    """
    is_open = {idea.project_id: policy.takes_support(idea.project) for idea in ideas}
    states = {
        idea.pk: RowState(
            idea.pk in supported,
            with_project,
            is_open[idea.project_id] and not idea.merged_into_id,
        )
        for idea in ideas
    }
    language = get_language()
    keys = {idea.pk: _row_key(idea, states[idea.pk], language) for idea in ideas}
    kept = cache.get_many(keys.values())
    if missing := [pk for pk, key in keys.items() if key not in kept]:
        found = selectors.ideas_for_rows(missing)
        fresh = {keys[pk]: _row(idea, states[pk]) for pk, idea in found.items()}
        cache.set_many(fresh, KEPT_FOR)
        kept |= fresh
    return [stored_html(kept[key]) for key in keys.values() if key in kept]


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
        "html": _row(idea, RowState(takes_support=takes_support(idea))),
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


def status_fragment(idea: Idea) -> Fragment:
    """The status beside the category, at the top of the page of an aspirasi."""
    return {
        "id": "status-aspirasi",
        "list": None,
        "order": 0,
        "revision": idea.status_revision,
        "html": render_to_string("participation/_status_place.html", {"idea": idea}),
    }


def steps(idea: Idea) -> SafeString:
    """Five steps with their times: received, public, answered, in progress, done.

    Three when the city will not do it. A step back (work taken up, then put off) is a step back
    here too: what counts is the status of now.
    """
    changes = idea.history.filter(field=IdeaHistory.Field.STATUS) if idea.status in MOVED else ()
    reached = {change.new: change.at for change in changes}
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


def takes_support(idea: Idea) -> bool:
    """Whether the button of an aspirasi can be pressed at all."""
    return policy.takes_support(idea.project) and not idea.merged_into_id


def _row_key(idea: Idea, state: RowState, language: str | None) -> str:
    version = f"{idea.project_revision}.{idea.support_count}.{idea.reply_count}"
    flags = f"{state.supported:d}{state.with_project:d}{state.takes_support:d}"
    return f"idea-row:{idea.pk}:{version}:{flags}:{language}"


def _row(idea: Idea, state: RowState) -> str:
    return render_to_string("participation/_idea.html", {"idea": idea, **state._asdict()})
