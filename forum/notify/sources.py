"""May this person see, now, what an event tells of? Asked when it is listed or sent, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from forum.answers import selectors as answers
from forum.discussion import selectors as discussion
from forum.disposition import selectors as disposition
from forum.identity import policy as identity_policy
from forum.identity import selectors as identity
from forum.moderation.models import Flag, Ruling
from forum.sessions import selectors as sessions
from participation import selectors as participation
from participation.rendering import shown_author

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
        shown = shown_author(reply)
        found[reply.pk] = f"{shown.name}, {shown.unit}" if shown.unit else shown.name
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


def _phases(person: Any, keys: list[int]) -> dict[int, str]:
    """Phases of projects that the person may see, each with the unit responsible."""
    rows = participation.phases_visible_to(person).filter(pk__in=keys)
    return {phase.pk: phase.project.unit.label for phase in rows}


def _tasks(person: Any, keys: list[int]) -> dict[int, str]:
    """Dispositions that the person works on, each with the unit that has it."""
    rows = disposition.visible_to(person).filter(pk__in=keys).select_related("unit")
    return {row.pk: row.unit.label if row.unit else _("Verifikator") for row in rows}


def _notes(person: Any, keys: list[int]) -> dict[int, str]:
    """Notes that still stand on what the person still works on, each with its author."""
    rows = disposition.notes_visible_to(person).filter(pk__in=keys)
    return {note.pk: note.author.display_name for note in rows}


def _answer_drafts(person: Any, keys: list[int]) -> dict[int, str]:
    """Drafts of answers that the person may read, each with its writer."""
    found = answers.drafts_visible_to(person, keys)
    return {draft.pk: draft.author.display_name for draft in found}


def _reveals(person: Any, keys: list[int]) -> dict[int, str]:
    """Looks at who is behind the person's own posts, each with the role and unit that looked."""
    moderator = _("Petugas moderasi")
    return {
        entry.pk: f"{moderator}, {entry.unit.label}" if entry.unit else moderator
        for entry in identity.about(person).filter(pk__in=keys)
    }


def _many_reveals(person: Any, keys: list[int]) -> dict[int, str]:
    """For auditors: who opened many identities on one day."""
    if not identity_policy.may_read_log(person):
        return {}
    return {entry.pk: entry.by.display_name for entry in identity.rows().filter(pk__in=keys)}


def _sessions(person: Any, keys: list[int]) -> dict[int, str]:
    """Sessions of projects that the person may see, each with the unit behind it."""
    rows = sessions.visible_to(person).filter(pk__in=keys).select_related("project__unit")
    return {session.pk: session.project.unit.label for session in rows}


def _questions(person: Any, keys: list[int]) -> dict[int, str]:
    """Public questions of sessions that the person may see, each with who answered."""
    rows = sessions.questions_visible_to(person).filter(pk__in=keys)
    names = rows.values_list("pk", "officer__display_name")
    return {pk: name or "" for pk, name in names}


def _own_questions(person: Any, keys: list[int]) -> dict[int, str]:
    """The person's own questions, public or not: a moderator decided on them."""
    rows = sessions.questions_by(person).filter(pk__in=keys)
    return dict.fromkeys(rows.values_list("pk", flat=True), _("Petugas moderasi"))


FIND: dict[str, Callable[[Any, list[int]], dict[int, str]]] = {
    "reply": _replies,
    "idea": _ideas,
    "ruling": _rulings,
    "flag": _flags,
    "phase": _phases,
    "task": _tasks,
    "note": _notes,
    "answer_draft": _answer_drafts,
    "reveal": _reveals,
    "reveals": _many_reveals,
    "session": _sessions,
    "question": _questions,
    "own_question": _own_questions,
}
