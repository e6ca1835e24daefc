"""May this person see, now, what an event tells of? Asked when it is listed or sent, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from forum.discussion import selectors as discussion
from forum.moderation.models import Flag, Ruling
from participation import selectors as participation

if TYPE_CHECKING:
    from notifications.models import Event


def visible(person: Any, events: Iterable[Event]) -> dict[int, str]:
    """By event id, who is behind it, of those events whose source the person may see now.

    One or two queries for each kind of source, however many events there are.
    """
    by_kind: dict[str, dict[int, list[int]]] = {}
    for event in events:
        by_kind.setdefault(event.source_kind, {}).setdefault(event.source_id, []).append(event.pk)
    shown: dict[int, str] = {}
    for kind, wanted in by_kind.items():
        for source_id, by in FIND[kind](person, list(wanted)).items():
            shown |= dict.fromkeys(wanted[source_id], by)
    return shown


def _replies(person: Any, keys: list[int]) -> dict[int, str]:
    """Published replies below aspirasi that the person may see, each with its author as shown."""
    found = {}
    for reply in discussion.visible_to(person).filter(pk__in=keys):
        name = discussion.shown_name(reply)
        found[reply.pk] = f"{name}, {reply.as_unit.label}" if reply.as_unit else name
    return found


def _ideas(person: Any, keys: list[int]) -> dict[int, str]:
    """Aspirasi that the person may see, each with the unit that works on it."""
    rows = participation.visible_to(person).filter(pk__in=keys).select_related("project__unit")
    return {idea.pk: idea.project.unit.label for idea in rows}


def _rulings(person: Any, keys: list[int]) -> dict[int, str]:
    """Rulings on the person's own posts."""
    rows = Ruling.objects.filter(pk__in=keys).select_related("case__idea", "case__reply")
    return {
        ruling.pk: _("Petugas moderasi")
        for ruling in rows
        if (ruling.case.reply or ruling.case.idea).author_id == person.pk  # type: ignore[union-attr]
    }


def _flags(person: Any, keys: list[int]) -> dict[int, str]:
    """Cases that the person has reported."""
    rows = Flag.objects.filter(case__in=keys, person=person)
    return dict.fromkeys(rows.values_list("case_id", flat=True), _("Petugas moderasi"))


FIND: dict[str, Callable[[Any, list[int]], dict[int, str]]] = {
    "reply": _replies,
    "idea": _ideas,
    "ruling": _rulings,
    "flag": _flags,
}
