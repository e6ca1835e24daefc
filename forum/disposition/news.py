"""What of a disposition concerns somebody: work, a deadline, a note, something missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from accounts import selectors as accounts_selectors
from forum.clock.models import Level, Step
from notifications import services as notifications
from notifications.services import Category, Happening
from participation import services as participation

if TYPE_CHECKING:
    from forum.clock.models import Clock
    from forum.disposition.models import Disposition, DispositionChange, Note
    from participation.models import Idea


def to_complete(idea: Idea, change: DispositionChange) -> None:
    """The resident should add what is missing."""
    _tell_author(idea, f"returned.{change.pk}", gettext_noop("Aspirasi Anda perlu dilengkapi"))


def lapsed(idea: Idea, change: DispositionChange) -> None:
    """Nothing was added in time; it can still be."""
    headline = gettext_noop("Aspirasi Anda ditutup karena belum dilengkapi")
    _tell_author(idea, f"lapsed.{change.pk}", headline)


def completed(task: Disposition, change: DispositionChange, verifier_id: int | None) -> None:
    """What was missing is there: tell the verifier who asked for it."""
    if verifier_id is not None:
        headline = gettext_noop("Pengusul sudah melengkapi aspirasinya")
        _work(task, f"task.{change.pk}", headline, [verifier_id])


def routed(task: Disposition, change: DispositionChange, units: Iterable[int], by: Any) -> None:
    """Work came to these units: tell who answers for them."""
    people = set(_ids("responder", units)) - {by.pk}
    _work(
        task,
        f"task.{change.pk}",
        gettext_noop("Aspirasi diteruskan ke perangkat daerah Anda"),
        people,
    )


def assigned(task: Disposition, change: DispositionChange, by: Any) -> None:
    if task.officer_id is not None and task.officer_id != by.pk:
        headline = gettext_noop("Aspirasi ditugaskan kepada Anda")
        _work(task, f"task.{change.pk}", headline, [task.officer_id])


def refused(task: Disposition, change: DispositionChange, by: Any) -> None:
    """Tell the verifiers that the unit is not in charge."""
    project = task.idea.project
    people = set(_verifiers(project.unit_id, project.pk)) - {by.pk}
    headline = gettext_noop("Perangkat daerah menyatakan bukan kewenangannya")
    _work(task, f"task.{change.pk}", headline, people)


def noted(task: Disposition, note: Note, people: Iterable[int]) -> None:
    """A colleague is called in a note."""
    notifications.tell(
        Happening(
            key=f"note.{note.pk}",
            category=Category.WORK,
            headline=gettext_noop("Anda disebut dalam catatan internal"),
            url=f"{_page(task.idea_id)}#catatan-{note.pk}",
            thread_key=thread_key(task.idea_id),
            thread_title=task.idea.title,
            place_title=task.idea.project.title,
            source_kind="note",
            source_id=note.pk,
        ),
        recipients=people,
    )


def reminded(task: Disposition, clock: Clock, level: str, now: str) -> int:
    """Tell whom a level of a clock concerns; how many. `now` is the level that it has reached.

    Amber: the officer, or who answers for the unit while nobody has it. Red: the head of the unit,
    or who answers for it where it has none. Escalated: the secretariat, that is the leaders of the
    whole city. While the aspirasi is with the verifiers they stand in for the officer.
    """
    people = _whom(task, clock, level)
    headline = {
        Level.AMBER: gettext_noop("Tenggat sudah dekat"),
        Level.RED: gettext_noop("Tenggat sudah lewat"),
        Level.ESCALATED: gettext_noop("Tenggat sudah lama lewat"),
    }[Level(now)]
    _work(task, f"clock.{clock.pk}.{level}", headline, people)
    return len(people)


def _whom(task: Disposition, clock: Clock, level: str) -> list[int]:
    if level == Level.ESCALATED:
        return _ids("leader", [], everywhere=True)
    project = task.idea.project
    unit_id = clock.unit_id or project.unit_id
    with_verifiers = clock.step == Step.VERIFICATION or clock.unit_id is None
    if level == Level.RED and (heads := _ids("leader", [unit_id], everywhere=False)):
        return heads
    if with_verifiers:
        return _verifiers(project.unit_id, project.pk)
    if level == Level.AMBER and task.officer is not None and task.officer.is_active:
        return [task.officer.pk]
    return _ids("responder", [unit_id], everywhere=False)


def _verifiers(unit_id: int, project_id: int) -> list[int]:
    found = accounts_selectors.holders("moderator", units=[unit_id], project=project_id)
    return list(found.values_list("pk", flat=True))


def _ids(role: str, units: Iterable[int], *, everywhere: bool = False) -> list[int]:
    found = accounts_selectors.holders(role, units=units, everywhere=everywhere)
    return list(found.values_list("pk", flat=True))


def _work(task: Disposition, key: str, headline: str, people: Iterable[int]) -> None:
    notifications.tell(
        Happening(
            key=key,
            category=Category.WORK,
            headline=headline,
            url=_page(task.idea_id),
            thread_key=thread_key(task.idea_id),
            thread_title=task.idea.title,
            place_title=task.idea.project.title,
            source_kind="task",
            source_id=task.pk,
        ),
        recipients=people,
    )


def _tell_author(idea: Idea, key: str, headline: str) -> None:
    notifications.tell(
        Happening(
            key=key,
            category=Category.STATUS,
            headline=headline,
            url=reverse("forum:complete_idea", args=[idea.pk]),
            thread_key=participation.thread_key(idea),
            thread_title=idea.title,
            place_title=idea.project.title,
            source_kind="idea",
            source_id=idea.pk,
        ),
        recipients=[idea.author_id],
    )


def thread_key(idea_pk: int) -> str:
    """Under which all news of a task is one line in a person's list."""
    return f"task.{idea_pk}"


def _page(idea_pk: int) -> str:
    return reverse("forum:task", args=[idea_pk])
