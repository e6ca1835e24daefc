"""What people read of sessions: the plan, the queue, the record, the officers' desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core import search
from core.http import decode_cursor, encode_cursor
from core.publishing import Visibility
from forum.answers.selectors import ASPECTS, Scores
from forum.sessions.models import (
    Question,
    QuestionHistory,
    QuestionSupport,
    Session,
    SessionRating,
    SessionScores,
)
from participation import policy as participation_policy
from participation import selectors as participation

if TYPE_CHECKING:
    from participation.models import Project

QUEUE, RECORD, HELD = 100, 50, 100
UNSETTLED = (Question.State.WAITING, Question.State.BEING_ANSWERED)
SETTLED = (Question.State.ANSWERED, Question.State.ANSWERED_ALOUD, Question.State.SKIPPED)
# What a row shows.
SHOWN = ("session", "author__village", "officer__staff_profile__unit", "answer__officer",
         "answer__unit", "answer__officer__staff_profile")  # fmt: skip


# --- Sessions ------------------------------------------------------------------------------------


def visible_to(person: Any) -> QuerySet[Session]:
    """The sessions of projects that the person may see; cancelled ones say so themselves."""
    return Session.objects.filter(
        project__in=participation.projects_visible_to(person).values("pk")
    )


def session_for_page(person: Any, pk: int) -> Session:
    """One session with what its page needs; Http404 when the person may not know of it."""
    session = (
        Session.objects.select_related("project__unit")
        .prefetch_related(
            "project__phases", "session_officers__person__staff_profile", "session_officers__unit"
        )
        .filter(pk=pk)
        .first()
    )
    if session is None or not participation_policy.may_view_project(person, session.project):
        raise Http404("session")
    return session


def fresh_session(pk: int) -> Session:
    """A session as it is now, with who answers in it."""
    return (
        Session.objects.select_related("project__unit")
        .prefetch_related("session_officers__person__staff_profile", "session_officers__unit")
        .get(pk=pk)
    )


@dataclass(slots=True)
class Plan:
    """The sessions of a project: running now, to come (soonest first), past (newest first)."""

    now: list[Session] = field(default_factory=list)
    coming: list[Session] = field(default_factory=list)
    past: list[Session] = field(default_factory=list)


MOST_SESSIONS = 200


def of_project(project: Project) -> Plan:
    """All sessions of a project (at most 200, the newest)."""
    plan = Plan()
    rows = Session.objects.filter(project=project).prefetch_related("session_officers__unit")
    for session in rows.order_by("-starts_at", "-id")[:MOST_SESSIONS]:
        if session.is_open:
            plan.now.append(session)
        elif session.is_scheduled:
            plan.coming.insert(0, session)
        else:
            plan.past.append(session)
    return plan


def running(project: Project) -> Session | None:
    """The session that is open now, by hand or by the clock; the first of several."""
    now = timezone.now()
    begun = Q(state=Session.State.OPEN) | Q(state=Session.State.SCHEDULED, starts_at__lte=now)
    rows = Session.objects.filter(begun, project=project, ends_at__gt=now)
    return rows.order_by("starts_at", "id").first()


def heads(topics: Iterable[str]) -> dict[str, int]:
    """The head numbers of sessions and of their desks, by topic."""
    found: dict[str, int] = {}
    for prefix, column in (("session.", "revision"), ("session-desk.", "desk_revision")):
        keys = [int(t.removeprefix(prefix)) for t in topics if t.startswith(prefix)]
        if keys:
            rows = Session.objects.filter(pk__in=keys).values_list("pk", column)
            found |= {f"{prefix}{pk}": revision for pk, revision in rows}
    return found


# --- Questions -----------------------------------------------------------------------------------


def rows(session: Session) -> QuerySet[Question]:
    """Every question that ever was public; those not public now are tombstones."""
    return Question.objects.filter(session=session, order__isnull=False).select_related(*SHOWN)


def public(session: Session) -> QuerySet[Question]:
    return rows(session).filter(visibility=Visibility.PUBLISHED)


def questions_visible_to(person: Any) -> QuerySet[Question]:
    """The published questions of sessions that the person may see."""
    return Question.objects.filter(
        visibility=Visibility.PUBLISHED, session__in=visible_to(person).values("pk")
    )


def questions_by(person: Any) -> QuerySet[Question]:
    """Everything that a person asked, in whatever state it is."""
    return Question.objects.filter(author_id=person.pk)


@dataclass(slots=True)
class Questions:
    """What a session's page shows, each list in its order, with the cursors of what follows."""

    now: list[Question]
    queue: list[Question]
    record: list[Question]
    next_queue: str = ""
    next_record: str = ""


def questions(session: Session, *, queue_cursor: str = "", record_cursor: str = "") -> Questions:
    """Being answered, waiting (most supported first, then the oldest), settled (newest first).

    Without cursors the first page of each; Http404 for a cursor that is not ours.
    """
    waiting = public(session).filter(state=Question.State.WAITING)
    settled = public(session).filter(state__in=SETTLED)
    if queue_cursor:
        count, order = decode_cursor(queue_cursor, int, int)
        waiting = waiting.filter(Q(ranked_count__lt=count) | Q(ranked_count=count, order__gt=order))
    if record_cursor:
        (place,) = decode_cursor(record_cursor, int)
        settled = settled.filter(place__lt=place)
    queue = list(waiting.order_by("-ranked_count", "order")[: QUEUE + 1])
    record = list(settled.order_by("-place")[: RECORD + 1])
    last_queued, last_settled = queue[:QUEUE][-1:], record[:RECORD][-1:]
    return Questions(
        now=list(public(session).filter(state=Question.State.BEING_ANSWERED).order_by("place")),
        queue=queue[:QUEUE],
        record=record[:RECORD],
        next_queue=encode_cursor(last_queued[0].ranked_count, last_queued[0].order)
        if len(queue) > QUEUE
        else "",
        next_record=encode_cursor(last_settled[0].place) if len(record) > RECORD else "",
    )


def next_questions(session: Session, *, limit: int = 3) -> list[Question]:
    """The first of the queue, for the presenter's screen."""
    waiting = public(session).filter(state=Question.State.WAITING)
    return list(waiting.order_by("-ranked_count", "order")[:limit])


MOST_FOUND = 50


def found_in(sessions: QuerySet[Session] | list[Session], query: str) -> list[Question]:
    """Published questions whose text or answer holds every word, newest first (at most 50)."""
    rows_ = Question.objects.filter(
        session__in=sessions, visibility=Visibility.PUBLISHED
    ).select_related(*SHOWN)
    matching = search.matching(rows_, query, field="search_text", table="forum_question")
    return list(matching.order_by("-id")[:MOST_FOUND])


def changed_since(session: Session, revision: int, *, limit: int) -> list[Question]:
    """Questions that changed after a revision, in the order of change; tombstones included."""
    return list(rows(session).filter(revision__gt=revision).order_by("revision", "id")[:limit])


def own_questions(person: Any, session: Session) -> list[Question]:
    """A person's own questions in a session, public or not, in the order of sending."""
    if not person.is_authenticated:
        return []
    own = Question.objects.filter(session=session, author=person)
    return list(own.select_related("session").order_by("id"))


def open_questions(own: list[Question]) -> int:
    """How many of these wait for an answer, be it on the desk of a moderator."""
    return sum(
        1
        for question in own
        if question.state in UNSETTLED
        and question.visibility in (Visibility.HELD, Visibility.PUBLISHED)
    )


def supported_by(person: Any, session: Session) -> set[int]:
    """Which questions of a session the person supports."""
    if not person.is_authenticated:
        return set()
    own = QuestionSupport.objects.filter(person=person, question__session=session)
    return set(own.values_list("question_id", flat=True))


def took_part(person: Any, session: Session) -> bool:
    """Whether the person asked or supported something public in a session."""
    if not person.is_authenticated:
        return False
    asked = Question.objects.filter(session=session, author=person, visibility=Visibility.PUBLISHED)
    return (
        asked.exists()
        or QuestionSupport.objects.filter(person=person, question__session=session).exists()
    )


def question_for_page(person: Any, session_pk: int, pk: int) -> Question:
    """One question of a session that the person may see, in whatever state it is."""
    session = session_for_page(person, session_pk)
    question = Question.objects.select_related(*SHOWN).filter(session=session, pk=pk).first()
    if question is None:
        raise Http404("question")
    question.session = session
    return question


def fresh(pk: int) -> Question:
    """A question as it is now, with what its row shows."""
    return Question.objects.select_related(*SHOWN).get(pk=pk)


def last_hiding(questions_: Iterable[Question]) -> dict[int, QuestionHistory]:
    """The last decision that hid each of these questions, by question."""
    hidden = [q.pk for q in questions_ if q.visibility == Visibility.HIDDEN]
    if not hidden:
        return {}
    changes = QuestionHistory.objects.filter(
        question__in=hidden, field=QuestionHistory.Field.VISIBILITY, new=Visibility.HIDDEN
    ).order_by("id")
    return {change.question_id: change for change in changes}


def history(question: Question) -> list[QuestionHistory]:
    return list(question.history.select_related("actor"))


# --- The desk ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Desk:
    """The officers' lists."""

    held: list[Question]
    questions: Questions


def desk(session: Session) -> Desk:
    held = Question.objects.filter(session=session, visibility=Visibility.HELD)
    return Desk(
        held=list(held.select_related(*SHOWN).order_by("id")[:HELD]),
        questions=questions(session),
    )


def desk_changed_since(session: Session, revision: int, *, limit: int) -> list[Question]:
    """Questions whose ticket changed after a revision, in the order of change."""
    changed = Question.objects.filter(session=session, desk_revision__gt=revision)
    return list(changed.select_related(*SHOWN).order_by("desk_revision", "id")[:limit])


# --- Ratings -------------------------------------------------------------------------------------


def opinions(question: Question, person: Any) -> tuple[Scores | None, dict[str, int | None]]:
    """What residents think of an answer as of the last release, and what this person said of it."""
    shown = SessionScores.objects.filter(answer__question=question).first()
    own = None
    if person.is_authenticated:
        own = SessionRating.objects.filter(answer__question=question, person=person).first()
    said = {aspect: getattr(own, aspect, None) for aspect in ASPECTS}
    return Scores(shown.raters, shown.means) if shown else None, said


# --- Who hears of it -----------------------------------------------------------------------------


def audience(session: Session, *, after: int, limit: int) -> tuple[list[int], int | None]:
    """A batch of who hears of a session: followers of the project, who asked, who answers.

    Ids in rising order, without who has muted the project. `after` is where the batch before
    ended; returns also where this one ends, None when it is the last.
    """
    asked = Question.objects.filter(session=session, author_id__gt=after)
    answers = session.session_officers.filter(person_id__gt=after)
    followers, _end = participation.followers(session.project_id, after=after, limit=limit)
    found = set(followers)
    found |= set(asked.order_by("author_id").values_list("author_id", flat=True).distinct()[:limit])
    found |= set(answers.order_by("person_id").values_list("person_id", flat=True)[:limit])
    batch = sorted(found)[:limit]
    end = batch[-1] if len(batch) == limit else None
    return participation.not_muted(session.project_id, batch), end


def due_supports(session: Session) -> list[Question]:
    """Public questions whose number of supports has not been told to everybody yet."""
    return list(public(session).exclude(ranked_count=F("support_count")).order_by("id"))
