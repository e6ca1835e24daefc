"""What a session tells: planned, moved, cancelled, about to start; what became of a question."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from core.background import named
from forum.moderation.models import Rule
from forum.sessions.models import Question, QuestionHistory, Session
from notifications import services as notifications
from notifications.services import Category, Happening


def scheduled(session: Session, *, by: Any) -> None:
    _tell_all(session, "scheduled", gettext_noop("Tanya langsung dijadwalkan"), by=by)


def moved(session: Session, *, by: Any) -> None:
    """A new time. Each version of the plan is told once."""
    headline = gettext_noop("Jadwal Tanya langsung berubah")
    _tell_all(session, f"moved.{session.version}", headline, by=by)


def cancelled(session: Session, *, by: Any) -> None:
    _tell_all(session, "cancelled", gettext_noop("Tanya langsung dibatalkan"), by=by)


def starts_soon(session: Session) -> None:
    """Once for each time at which the session was planned to start."""
    key = f"soon.{int(session.starts_at.timestamp())}"
    headline = gettext_noop("Tanya langsung dimulai sebentar lagi")
    _tell_all(session, key, headline, by=None)


def _tell_all(session: Session, key: str, headline: str, *, by: Any) -> None:
    event = notifications.record(
        Happening(
            key=f"session.{session.pk}.{key}",
            category=Category.SESSION,
            headline=headline,
            url=reverse("forum:session", args=[session.pk]),
            thread_key=thread_key(session),
            thread_title=session.title,
            place_title=session.project.title,
            source_kind="session",
            source_id=session.pk,
        )
    )
    if event is not None:
        named("forum.tell_session").enqueue(
            event_id=event.pk, session_id=session.pk, by_id=by.pk if by else None
        )


def settled(question: Question) -> None:
    """Tell the author that the question was answered or skipped. Each outcome once."""
    headline = {
        Question.State.ANSWERED: gettext_noop("Pertanyaan Anda sudah dijawab"),
        Question.State.ANSWERED_ALOUD: gettext_noop("Pertanyaan Anda dijawab lisan"),
        Question.State.SKIPPED: gettext_noop("Pertanyaan Anda dilewati. Baca alasannya"),
    }[Question.State(question.state)]
    if question.officer_id == question.author_id:
        return
    key = f"question.{question.pk}.{question.state}"
    _tell_author(question, key, Category.SESSION, headline, source_kind="question")


def judged(question: Question, change: QuestionHistory) -> None:
    """Tell the author what a moderator decided, and by which rule."""
    if change.rule:
        headline = gettext_noop("Pertanyaan Anda disembunyikan. Aturan: %(rule)s")
    elif change.old == "hidden":
        headline = gettext_noop("Pertanyaan Anda tayang kembali")
    else:
        headline = gettext_noop("Pertanyaan Anda sudah diperiksa dan tayang")
    _tell_author(
        question,
        f"question.{question.pk}.judged.{change.pk}",
        Category.MODERATION,
        headline,
        source_kind="own_question",
        words={"rule": _rule(change.rule)} if change.rule else None,
    )


def _tell_author(
    question: Question,
    key: str,
    category: str,
    headline: str,
    *,
    source_kind: str,
    words: dict[str, str] | None = None,
) -> None:
    session = question.session
    page = reverse("forum:session", args=[session.pk])
    notifications.tell(
        Happening(
            key=key,
            category=category,
            headline=headline,
            words=words,
            url=f"{page}#{'tanya-' + str(question.pk) if question.is_published else 'milik-saya'}",
            thread_key=f"question.{question.pk}",
            thread_title=session.title,
            place_title=session.project.title,
            source_kind=source_kind,
            source_id=question.pk,
        ),
        recipients=[question.author_id],
    )


def thread_key(session: Session) -> str:
    """Under which all news of a session is one line in a person's list."""
    return f"session.{session.pk}"


def _rule(rule: str) -> str:
    """The name of a rule in Indonesian, which is what its translation is found by."""
    with translation.override("id"):
        return str(Rule(rule).label)
