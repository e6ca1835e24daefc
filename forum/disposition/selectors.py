"""What is read of dispositions; `visible_to` is the one predicate of who sees them, notes too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, DateField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from core.http import decode_cursor, encode_cursor
from core.publishing import Visibility
from forum.clock import selectors as clock_selectors
from forum.clock.models import Clock, Level
from forum.disposition.models import (
    WITH_UNIT,
    WITH_VERIFIER,
    Disposition,
    DispositionChange,
    Note,
    NoteMention,
    State,
)

if TYPE_CHECKING:
    from accounts.models import Person, Unit
    from participation.models import Idea

PAGE = 30
# Not an empty list: Django takes a whole aggregate for empty when one of its filters is.
NOTHING = Q(pk=0)
PUBLIC = Q(idea__visibility=Visibility.PUBLISHED, idea__project__is_published=True)
NO_DATE = date(9999, 12, 31)  # where no clock runs: last in the list

# --- Who sees what -------------------------------------------------------------------------------


def visible_to(person: Any) -> QuerySet[Disposition]:
    """What the person verifies, answers or leads; also what the person was given.

    A leader or responder of a unit sees what went to the unit, as the main or a supporting one, and
    what is about a project of the unit. Planners, auditors and admins see none of it.
    What is not public any more only its verifiers read: hidden, it would live on in the offices.
    """
    rows = Disposition.objects.all()
    mine = verified = NOTHING
    if accounts_policy.is_asn(person):
        mine |= Q(officer_id=person.pk)
    if (scope := accounts_policy.scope_of(person, "moderator")) is not None:
        units, projects = scope
        if units is None:
            return rows
        verified = Q(idea__project__unit__in=units) | Q(idea__project__in=projects or ())
    for role in ("responder", "leader"):
        if (scope := accounts_policy.scope_of(person, role)) is None:
            continue
        units, projects = scope
        if units is None:
            mine = Q(pk__gt=0)
            break
        helping = Disposition.supporting_units.through.objects.filter(unit_id__in=units)
        mine |= (
            Q(unit__in=units)
            | Q(pk__in=helping.values("disposition_id"))
            | Q(idea__project__unit__in=units)
            | Q(idea__project__in=projects or ())
        )
    return rows.filter(verified | (mine & PUBLIC))


def notes_visible_to(person: Any) -> QuerySet[Note]:
    """Notes that were not withdrawn on what the person sees."""
    return Note.objects.filter(
        withdrawn_at=None, disposition__in=visible_to(person).values("pk")
    ).select_related("author")


def units_of(idea: Idea) -> list[int]:
    """The units that an aspirasi was routed to, main and supporting, in one query."""
    rows = Disposition.objects.filter(idea=idea, state__in=(*WITH_UNIT, State.ANSWERED))
    found = rows.values_list("unit_id", "supporting_units")
    return sorted({unit for row in found for unit in row if unit is not None})


# --- The list ------------------------------------------------------------------------------------

TABS = ("saya", "menunggu", "lewat", "verifikasi")


@dataclass(slots=True)
class TaskPage:
    """A page of the list, the cursor of the next ('' at the end), and the number in each tab."""

    tasks: list[Disposition] = field(default_factory=list)
    next_cursor: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def tasks(person: Any, *, tab: str, unit: Unit | None, cursor: str, today: date) -> TaskPage:
    """What waits for the person, the nearest due date first; three queries however many there are.

    saya: given to me. menunggu: with my unit, nobody has it yet. lewat: due before `today`.
    verifikasi: with the verifiers, where I am one. Http404 for a cursor that is not ours.
    """
    rows: Any = _open(person)
    if unit is not None:
        rows = rows.filter(_of_unit(unit))
    picks = _tabs(person, today)
    counts = rows.order_by().aggregate(**{name: Count("pk", filter=q) for name, q in picks.items()})
    rows = rows.filter(picks[tab])
    if cursor:
        day, pk = decode_cursor(cursor, str, int)
        try:
            due = date.fromisoformat(day)
        except ValueError as error:
            raise Http404("cursor") from error
        rows = rows.filter(Q(due_on__gt=due) | Q(due_on=due, pk__gt=pk))
    found = list(
        rows.select_related("idea__project", "idea__category", "idea__village", "unit", "officer")
        .prefetch_related("idea__clocks")
        .order_by("due_on", "pk")[: PAGE + 1]
    )
    page = found[:PAGE]
    following = ""
    if len(found) > PAGE:
        last: Any = page[-1]
        following = encode_cursor(last.due_on.isoformat(), last.pk)
    return TaskPage(page, following, counts)


def _open(person: Any) -> QuerySet[Disposition]:
    """Open dispositions of published aspirasi that the person sees, with the day they are due."""
    clock = Clock.objects.filter(idea=OuterRef("idea"), met_at=None, ended_at=None).order_by("pk")
    return (
        visible_to(person)
        .filter(state__in=(*WITH_VERIFIER, *WITH_UNIT), idea__visibility=Visibility.PUBLISHED)
        .annotate(
            due_on=Coalesce(
                Subquery(clock.values("due_on")[:1]), Value(NO_DATE, output_field=DateField())
            )
        )
    )


def _tabs(person: Any, today: date) -> dict[str, Q]:
    verifies = _in_scope(person, "moderator", "idea__project__unit", "idea__project")
    works = _in_scope(person, "responder", "unit") | _in_scope(person, "leader", "unit")
    return {
        "saya": Q(officer_id=person.pk, state=State.ASSIGNED),
        "menunggu": works & Q(state=State.ROUTED),
        "lewat": Q(due_on__lt=today),
        "verifikasi": verifies & Q(state__in=WITH_VERIFIER),
    }


def _in_scope(person: Any, role: str, unit: str, project: str = "") -> Q:
    scope = accounts_policy.scope_of(person, role)
    if scope is None:
        return NOTHING
    units, projects = scope
    if units is None:
        return Q(pk__gt=0)
    return Q(**{f"{unit}__in": units}) | (Q(**{f"{project}__in": projects}) if project else NOTHING)


def _of_unit(unit: Unit) -> Q:
    """With this unit, or about a project of it as long as it went to none."""
    return Q(unit=unit) | Q(unit=None, idea__project__unit=unit)


# --- One aspirasi --------------------------------------------------------------------------------


def task_for_page(person: Any, idea_pk: int) -> Disposition:
    """A disposition with what its page needs; Http404 when the person may not know of it."""
    task = (
        visible_to(person)
        .filter(idea=idea_pk)
        .select_related(
            "idea__project__unit",
            "idea__author__village",
            "idea__category",
            "idea__village",
            "unit",
            "officer",
        )
        .prefetch_related(
            "supporting_units",
            "idea__photos",
            "idea__project__phases",
            Prefetch(
                "changes", DispositionChange.objects.select_related("actor", "unit", "officer")
            ),
            Prefetch(
                "notes",
                Note.objects.select_related("author__staff_profile__unit").prefetch_related(
                    Prefetch("mentions", NoteMention.objects.select_related("person"))
                ),
            ),
        )
        .first()
    )
    if task is None:
        raise Http404("task")
    return task


def of_idea(idea: Idea) -> Disposition | None:
    """The disposition of an aspirasi that the caller may see as its author."""
    disposition = Disposition.objects.filter(idea=idea).first()
    if disposition is not None:
        disposition.idea = idea
    return disposition


def public_history(idea: Idea) -> list[DispositionChange]:
    """Every step that an aspirasi took, with its unit; whoever shows it leaves the people out."""
    return list(
        DispositionChange.objects.filter(disposition__idea=idea)
        .exclude(verb__in=(DispositionChange.Verb.ASSIGNED, DispositionChange.Verb.RECEIVED))
        .select_related("unit")
        .defer("reason")
    )


def last_change(disposition: Disposition) -> DispositionChange | None:
    return disposition.changes.select_related("actor").order_by("-pk").first()


def note_for_page(person: Any, pk: int) -> Note:
    """A note that the person sees; Http404 otherwise."""
    note = notes_visible_to(person).filter(pk=pk).select_related("disposition").first()
    if note is None:
        raise Http404("note")
    return note


def officers_of(unit_id: int | None) -> list[Person]:
    """Who answers for a unit, by name."""
    if unit_id is None:
        return []
    return list(
        accounts_selectors.holders("responder", units=[unit_id], everywhere=False).order_by(
            "display_name", "pk"
        )
    )


def colleagues(task: Disposition) -> list[Person]:
    """Whom a note on an aspirasi may call: exactly those who see it, by name."""
    units = involved_units(task)
    project = task.idea.project
    found: dict[int, Person] = {}
    for role, of in (("moderator", [project.unit_id]), ("responder", units), ("leader", units)):
        for person in accounts_selectors.holders(role, units=of, project=project.pk):
            found[person.pk] = person
    if task.officer is not None and task.officer.is_active:
        found[task.officer.pk] = task.officer
    return sorted(found.values(), key=lambda person: (person.display_name, person.pk))


def involved_units(task: Disposition) -> list[int]:
    """The unit of the project, the main and the supporting ones."""
    units: Iterable[int | None] = (
        task.idea.project.unit_id,
        task.unit_id,
        *(unit.pk for unit in task.supporting_units.all()),
    )
    return sorted({unit for unit in units if unit is not None})


# --- Reminders -----------------------------------------------------------------------------------


def clocks_to_remind(amber_until: date) -> list[Clock]:
    """Running clocks that are amber or later and not told to the last, with what was told."""
    return list(
        clock_selectors.running()
        .filter(paused_at=None, due_on__lte=amber_until)
        .exclude(reminders__level=Level.ESCALATED)
        .prefetch_related("reminders")
        .order_by("due_on", "pk")
    )


def task_of_clock(clock: Clock) -> Disposition | None:
    """The disposition of a clock's aspirasi, with officer and project; None where it has none."""
    rows = Disposition.objects.filter(idea=clock.idea_id, idea__visibility=Visibility.PUBLISHED)
    return rows.select_related("officer", "idea__project").first()
