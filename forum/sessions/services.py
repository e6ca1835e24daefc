"""What happens in a session: planned, opened, asked, supported, taken up, answered, closed.

Every service first locks the session's row and then touches its questions, so no two of them wait
for each other, and what one reader sees in an order all readers see in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core import live, publishing, text
from core.background import named
from core.live import Fragment
from core.policy import require
from core.publishing import Visibility
from core.schedule import plan
from core.search import normal_form
from forum.answers.ratings import due_figures
from forum.answers.selectors import ASPECTS
from forum.screening import services as screening
from forum.sessions import news, policy, rendering, selectors
from forum.sessions.models import (
    REMINDED_BEFORE,
    Question,
    QuestionHistory,
    QuestionSupport,
    Session,
    SessionAnswer,
    SessionHistory,
    SessionOfficer,
    SessionRating,
    SessionScores,
)

if TYPE_CHECKING:
    from participation.models import Project

# Numbers of supports are told at most so often in a session, and so many questions at a time.
SUPPORTS_EVERY = timedelta(seconds=1)
SUPPORTS_AT_ONCE = 20

State = Question.State
SPOKEN_FOR = (State.ANSWERED, State.ANSWERED_ALOUD)


class TakenByColleague(Exception):
    """A colleague was faster; `question` is as it is now."""

    def __init__(self, question: Question) -> None:
        super().__init__(f"question {question.pk} is {question.state}")
        self.question = question


class StaleAnswer(TakenByColleague):
    """A colleague changed the answer since this form was opened."""


class StalePlan(Exception):
    """A colleague changed the plan since this form was opened."""


# --- The plan ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What is decided about a session beforehand."""

    title: str
    starts_at: datetime
    ends_at: datetime
    officers: Sequence[Any]
    description: str = ""
    premoderated: bool = False
    most_open: int = 3


@transaction.atomic
def schedule_session(*, project: Project, by: Any, plan_: SessionPlan) -> Session:
    """Plan a session; followers of the project and its officers are told."""
    require(policy.may_schedule(by, project))
    session = Session.objects.create(
        project=project,
        title=plan_.title,
        description=plan_.description,
        starts_at=plan_.starts_at,
        ends_at=plan_.ends_at,
        premoderated=plan_.premoderated,
        most_open=plan_.most_open,
        created_by=by,
    )
    _set_officers(session, plan_.officers)
    _remember_session(session, "", Session.State.SCHEDULED, by)
    _plan_clock(session)
    news.scheduled(session, by=by)
    return session


@transaction.atomic
def edit_session(*, session: Session, by: Any, plan_: SessionPlan, seen_version: int) -> Session:
    """Change the plan. A new time is told to everybody, and the clock is planned anew.

    Raises StalePlan when somebody else changed it since. A session that is open keeps its start.
    """
    session = _locked(session)
    require(policy.may_edit(by, session))
    if session.version != seen_version:
        raise StalePlan
    starts_at = session.starts_at if session.is_open else plan_.starts_at
    times = session.starts_at, session.ends_at
    session.title, session.description = plan_.title, plan_.description
    session.starts_at, session.ends_at = starts_at, plan_.ends_at
    session.premoderated, session.most_open = plan_.premoderated, plan_.most_open
    session.version += 1
    session.save(
        update_fields=["title", "description", "starts_at", "ends_at", "premoderated",
                       "most_open", "version"]
    )  # fmt: skip
    _set_officers(session, plan_.officers)
    if times != (session.starts_at, session.ends_at):
        _remember_session(session, _span(*times), _span(session.starts_at, session.ends_at), by)
        _plan_clock(session)
        news.moved(session, by=by)
    _show_head(session)
    return session


@transaction.atomic
def cancel_session(*, session: Session, by: Any, reason: str) -> bool:
    """Call a session off; followers, askers and officers are told. False when it already was."""
    session = _locked(session)
    if session.is_cancelled:
        return False
    require(policy.may_edit(by, session))
    _change_state(session, Session.State.CANCELLED, by=by, reason=reason)
    news.cancelled(session, by=by)
    return True


@transaction.atomic
def open_session(*, session: Session, by: Any) -> bool:
    """Begin before the hour. False when it already runs."""
    session = _locked(session)
    require(policy.may_direct(by, session))
    if session.state != Session.State.SCHEDULED:
        return False
    _change_state(session, Session.State.OPEN, by=by)
    return True


@transaction.atomic
def close_session(*, session: Session, by: Any) -> bool:
    """End before the hour: from now on nobody asks. False when it already is over."""
    session = _locked(session)
    if session.is_over:
        return False
    require(policy.may_direct(by, session))
    _change_state(session, Session.State.CLOSED, by=by)
    return True


@transaction.atomic
def keep_time(*, session_id: int) -> None:
    """Do what the clock says is due: the reminder, the opening, the closing.

    Reads the plan as it is now, so that a job of an older plan does nothing wrong and nothing
    twice.
    """
    session = _locked(selectors.fresh_session(session_id))
    now = timezone.now()
    if session.state not in (Session.State.SCHEDULED, Session.State.OPEN):
        return
    if now >= session.ends_at:
        _change_state(session, Session.State.CLOSED, by=None)
    elif session.state == Session.State.SCHEDULED and now >= session.starts_at:
        _change_state(session, Session.State.OPEN, by=None)
    elif session.state == Session.State.SCHEDULED and now >= session.starts_at - REMINDED_BEFORE:
        news.starts_soon(session)


def _plan_clock(session: Session) -> None:
    """Plan the looks at the clock. A session that starts within the quarter of an hour was just
    told of; no reminder then."""
    now = timezone.now()
    moments = [session.starts_at, session.ends_at]
    if session.starts_at - REMINDED_BEFORE > now:
        moments.append(session.starts_at - REMINDED_BEFORE)
    for number, moment in enumerate(moments):
        key = f"{session.pk}.{session.version}.{number}"
        plan("forum.keep_session_time", moment, key, session_id=session.pk)


def _set_officers(session: Session, people: Sequence[Any]) -> None:
    wanted = {person.pk: person for person in people}
    SessionOfficer.objects.filter(session=session).exclude(person__in=wanted).delete()
    there = set(SessionOfficer.objects.filter(session=session).values_list("person_id", flat=True))
    for pk, person in wanted.items():
        if pk not in there:
            unit = accounts_selectors.unit_of(person) or session.project.unit
            SessionOfficer.objects.create(session=session, person=person, unit=unit)


def _change_state(session: Session, to: str, *, by: Any, reason: str = "") -> None:
    old, session.state = session.state, to
    Session.objects.filter(pk=session.pk).update(state=to)
    _remember_session(session, old, to, by, reason)
    _show_head(session)


def _remember_session(
    session: Session, old: str, new: str, actor: Any, reason: str = ""
) -> SessionHistory:
    return SessionHistory.objects.create(
        session=session, old=old, new=new, actor=actor, reason=reason
    )


def _span(start: datetime, end: datetime) -> str:
    return f"{start.isoformat()}/{end.isoformat()}"


# --- Asking --------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *, session: Session, author: Any, body: str, client_key: UUID, shown_as: str = "name"
) -> Question:
    """Store a question, held; screen it; put it into the queue or before a moderator.

    The same client key from the same author gives the first question back. In a session that is
    moderated beforehand every question waits for a moderator. Raises screening.Blocked, with
    nothing stored, when the text goes back to its writer.
    """
    session = _locked(session)
    first = Question.objects.filter(author=author, client_key=client_key).first()
    if first is not None:
        return first
    waiting = selectors.open_questions(selectors.own_questions(author, session))
    require(policy.may_ask(author, session, open_questions=waiting))
    project = session.project
    screened = screening.check(body, author=author, project=project, kind="question")
    question = Question.objects.create(
        session=session,
        author=author,
        client_key=client_key,
        body=body,
        shown_as="name" if accounts_selectors.unit_of(author) else shown_as,
        findings=screened.findings,
        search_text=normal_form(body),
    )
    screening.remember(body, author=author, project=project, kind="question", post_id=question.pk)
    if screened.holds or session.premoderated:
        _show_on_desk(session, question)
    else:
        _publish(session, question, by=None)
    return question


@transaction.atomic
def release_question(*, question: Question, by: Any) -> bool:
    """A moderator lets a held question into the queue, or a hidden one come back.

    False when somebody else already did.
    """
    session = _locked(question.session)
    require(policy.may_judge(by, question))
    change = _publish(session, question, by=by)
    if change is None:
        return False
    news.judged(question, change)
    return True


@transaction.atomic
def hide_question(*, question: Question, by: Any, rule: str, message: str) -> bool:
    """A moderator takes a question out of sight, by a rule; the author is told which.

    Public: a tombstone stays, seen live. Held: nobody saw it. False when it already was hidden.
    """
    session = _locked(question.session)
    require(policy.may_judge(by, question))
    question.refresh_from_db(fields=["visibility", "state"])
    old, was_answered = question.visibility, question.state in SPOKEN_FOR
    since = (Visibility.PUBLISHED, Visibility.HELD)
    if not publishing.claim(question, to=Visibility.HIDDEN, since=since):
        return False
    field = QuestionHistory.Field.VISIBILITY
    change = _remember(question, field, old, Visibility.HIDDEN, by, reason=message, rule=rule)
    news.judged(question, change)
    if old == Visibility.PUBLISHED:
        _show(session, question, questions=-1, answered=-1 if was_answered else 0)
    _show_on_desk(session, question)
    return True


def _publish(session: Session, question: Question, *, by: Any) -> QuestionHistory | None:
    """Make a question public, or public again; None when it already was."""
    question.refresh_from_db(fields=["visibility", "state"])
    old = question.visibility
    since = (Visibility.HELD, Visibility.HIDDEN)
    # The session is locked: the number that it gets is the next one.
    next_revision = session.revision + 1
    if not publishing.claim(
        question,
        to=Visibility.PUBLISHED,
        since=since,
        order=Coalesce("order", next_revision),
        ranked_count=F("support_count"),
    ):
        return None
    field = QuestionHistory.Field.VISIBILITY
    change = _remember(question, field, old, Visibility.PUBLISHED, by)
    _show(session, question, questions=1, answered=1 if question.state in SPOKEN_FOR else 0)
    _show_on_desk(session, question)
    return change


@transaction.atomic
def support(*, question: Question, person: Any) -> bool:
    """Want to hear the answer too; False when the person already does."""
    session = _locked(question.session)
    question = _of(session, question)
    require(policy.may_support(person, question))
    _row, created = QuestionSupport.objects.get_or_create(question=question, person=person)
    if created:
        Question.objects.filter(pk=question.pk).update(support_count=F("support_count") + 1)
        _tell_supports_soon(session)
    return created


@transaction.atomic
def withdraw_support(*, question: Question, person: Any) -> bool:
    """Take one's support back; False when there was none."""
    session = _locked(question.session)
    question = _of(session, question)
    require(policy.may_support(person, question))
    removed, _rows = QuestionSupport.objects.filter(question=question, person=person).delete()
    if removed:
        Question.objects.filter(pk=question.pk).update(support_count=F("support_count") - 1)
        _tell_supports_soon(session)
    return bool(removed)


@transaction.atomic
def tell_supports(*, session_id: int) -> None:
    """Tell the numbers that changed since they were last told."""
    _tell_supports(_locked(selectors.fresh_session(session_id)))


def _tell_supports_soon(session: Session) -> None:
    """Tell the new number now when none was told for a second, else once that second is over.

    A thousand taps in a second are two changes of the page, not a thousand. What waits is a job of
    this transaction, so the last number is told however the processes fare.
    """
    now, told = timezone.now(), session.supports_shown_at
    if told is None or not timedelta() <= now - told < SUPPORTS_EVERY:
        _tell_supports(session)
    elif not session.supports_due:
        Session.objects.filter(pk=session.pk).update(supports_due=True)
        _enqueue_telling(session, told + SUPPORTS_EVERY)


def _tell_supports(session: Session) -> None:
    due = selectors.due_supports(session)
    now, changed = timezone.now(), due[:SUPPORTS_AT_ONCE]
    more = len(due) > len(changed)
    if not changed:
        Session.objects.filter(pk=session.pk).update(supports_due=False)
        return
    revision = live.bump(session, supports_due=more, supports_shown_at=now)
    keys = [question.pk for question in changed]
    Question.objects.filter(pk__in=keys).update(revision=revision, ranked_count=F("support_count"))
    _push(session, revision, keys)
    for question in changed:
        _show_on_desk(session, question)
    if more:
        _enqueue_telling(session, now + SUPPORTS_EVERY)


def _enqueue_telling(session: Session, at: datetime) -> None:
    named("forum.tell_supports").using(run_after=at).enqueue(session_id=session.pk)


# --- Answering -----------------------------------------------------------------------------------


@transaction.atomic
def take_up(*, question: Question, by: Any) -> Question:
    """Say "sedang dijawab". Of two officers at once one gets it.

    Raises TakenByColleague for the other. Taking up what one has taken up changes nothing.
    """
    return _advance(
        question, by, to=State.BEING_ANSWERED, since=(State.WAITING,), officer=by, note=""
    )


@transaction.atomic
def let_go(*, question: Question, by: Any) -> Question:
    """Put a question back into the queue: one's own, or any for whoever may plan the session."""
    anybodys = bool(policy.may_schedule(by, question.session.project))
    since = (State.BEING_ANSWERED, State.SKIPPED, State.ANSWERED_ALOUD)
    return _advance(
        question, by, to=State.WAITING, since=since, anybodys=anybodys,
        officer=None, note="", settled_at=None,
    )  # fmt: skip


@transaction.atomic
def answer(*, question: Question, by: Any, body: str, seen_version: int) -> Question:
    """Answer in writing, or change the answer that stands; the earlier text stays in the history.

    `seen_version` is the version that the officer saw (0: none). Raises StaleAnswer when a
    colleague wrote meanwhile, TakenByColleague when one is at it.
    """
    session = _locked(question.session)
    question = _of(session, question)
    require(policy.may_handle(by, question))
    standing = SessionAnswer.objects.filter(question=question).first()
    if (standing.version if standing else 0) != seen_version:
        raise StaleAnswer(selectors.fresh(question.pk))
    unit = _unit_of(session, by)
    html = text.staff_html(body)
    if standing is None:
        standing = SessionAnswer(question=question)
    else:
        _remember(
            question, QuestionHistory.Field.ANSWER, str(standing.version),
            str(standing.version + 1), by, text_=standing.body,
        )  # fmt: skip
        standing.version += 1
        standing.edited_at = timezone.now()
    standing.officer, standing.unit = by, unit
    standing.body, standing.body_html = body, html
    standing.save()
    searchable = normal_form(question.body, body)
    if question.state == State.ANSWERED:
        Question.objects.filter(pk=question.pk).update(search_text=searchable)
        _show(session, question)
        _show_on_desk(session, question)
        return selectors.fresh(question.pk)
    since = (State.WAITING, State.BEING_ANSWERED, State.SKIPPED, State.ANSWERED_ALOUD)
    return _advance(
        question, by, to=State.ANSWERED, since=since, officer=by, note="", session=session,
        settled_at=timezone.now(), search_text=searchable,
    )  # fmt: skip


@transaction.atomic
def answer_aloud(*, question: Question, by: Any, note: str = "") -> Question:
    """Note that a question was answered in speech, with a word or two on what was said."""
    since = (State.WAITING, State.BEING_ANSWERED)
    return _advance(
        question, by, to=State.ANSWERED_ALOUD, since=since, officer=by, note=note,
        settled_at=timezone.now(), search_text=normal_form(question.body, note),
    )  # fmt: skip


@transaction.atomic
def skip(*, question: Question, by: Any, reason: str) -> Question:
    """Leave a question out; everybody reads why."""
    since = (State.WAITING, State.BEING_ANSWERED)
    return _advance(
        question, by, to=State.SKIPPED, since=since, officer=by, note=reason,
        settled_at=timezone.now(),
    )  # fmt: skip


def _advance(
    question: Question,
    by: Any,
    *,
    to: str,
    since: tuple[str, ...],
    anybodys: bool = False,
    session: Session | None = None,
    **changes: Any,
) -> Question:
    """Move a question into another state, once; TakenByColleague when it is not this officer's.

    A question that a colleague is at is moved by nobody else, unless `anybodys`.
    """
    session = session or _locked(question.session)
    question = _of(session, question)
    if not anybodys:
        require(policy.may_handle(by, question))
    old = question.state
    colleagues = old == State.BEING_ANSWERED and question.officer_id != by.pk and not anybodys
    if old == to and (to == State.WAITING or question.officer_id == by.pk):
        return question  # sent twice
    moved = 0
    if old in since and not colleagues:
        moved = Question.objects.filter(
            pk=question.pk, visibility=Visibility.PUBLISHED, state=old
        ).update(state=to, place=session.revision + 1, **changes)
    if not moved:
        raise TakenByColleague(selectors.fresh(question.pk))
    _remember(question, QuestionHistory.Field.STATE, old, to, by, reason=changes.get("note", ""))
    question = _of(session, question)
    if question.is_settled:
        news.settled(question)
    _show(session, question, answered=(to in SPOKEN_FOR) - (old in SPOKEN_FOR))
    _show_on_desk(session, question)
    return question


def _unit_of(session: Session, officer: Any) -> Any:
    """The unit for which an officer answers in this session."""
    return next(row.unit for row in session.session_officers.all() if row.person_id == officer.pk)


@transaction.atomic
def rate(
    *, question: Question, person: Any, scores: dict[str, int | None], took_part: bool
) -> SessionRating:
    """Store what a resident thinks of an answer, or change it: one rating per person and answer.

    `scores` by aspect (clear, helpful, timely, courteous), 1 to 4; an aspect may be left out. What
    is shown changes with every fifth rating that is new or changed.
    """
    # The answer's row, alone, puts its raters in a line: they are counted five by five.
    answer = SessionAnswer.objects.select_for_update().get(question=question)
    require(policy.may_rate(person, question, took_part=took_part))
    rating, _created = SessionRating.objects.update_or_create(
        answer=answer,
        person=person,
        defaults={
            **{aspect: scores.get(aspect) for aspect in ASPECTS},
            "rated_at": timezone.now(),
            "released": False,
        },
    )
    ratings = SessionRating.objects.filter(answer=answer)
    if figures := due_figures(ratings):
        SessionScores.objects.update_or_create(
            answer=answer, defaults={"raters": figures.raters, "means": figures.means}
        )
        ratings.update(released=True)
    return rating


# --- Locking, remembering, showing ---------------------------------------------------------------


def _locked(session: Session) -> Session:
    """The session as it is now, locked until the transaction ends."""
    locked = (
        Session.objects.select_for_update(of=("self",))
        .select_related("project__unit")
        .prefetch_related("session_officers__unit")
        .get(pk=session.pk)
    )
    return locked


def _of(session: Session, question: Question) -> Question:
    """The question as it is now, with the locked session."""
    question = selectors.fresh(question.pk)
    question.session = session
    return question


def _remember(
    question: Question,
    field: str,
    old: str,
    new: str,
    actor: Any,
    *,
    reason: str = "",
    rule: str = "",
    text_: str = "",
) -> QuestionHistory:
    return QuestionHistory.objects.create(
        question=question, field=field, old=old, new=new, actor=actor, reason=reason, rule=rule,
        text=text_,
    )  # fmt: skip


def _show(session: Session, question: Question, *, questions: int = 0, answered: int = 0) -> None:
    """Count one visible change of a question and send it to who is reading. Late in the story."""
    revision = live.bump(
        session,
        question_count=F("question_count") + questions,
        answered_count=F("answered_count") + answered,
    )
    Question.objects.filter(pk=question.pk).update(revision=revision)
    _push(session, revision, [question.pk])


def _push(session: Session, revision: int, keys: list[int]) -> None:
    def fragments() -> list[Fragment]:
        return [rendering.fragment(selectors.fresh(key)) for key in keys]

    live.push(session.topic, revision, fragments)


def _show_on_desk(session: Session, question: Question) -> None:
    """Count a change that the officers see, and tell them that there is something to fetch."""
    rows = Session.objects.filter(pk=session.pk)
    rows.update(desk_revision=F("desk_revision") + 1)
    session.refresh_from_db(fields=["desk_revision"])
    Question.objects.filter(pk=question.pk).update(desk_revision=session.desk_revision)
    live.poke(session.desk_topic, session.desk_revision)


def _show_head(session: Session) -> None:
    revision = live.bump(session, head_revision=F("revision") + 1)

    def fragments() -> list[Fragment]:
        return [rendering.head_fragment(selectors.fresh_session(session.pk))]

    live.push(session.topic, revision, fragments)
