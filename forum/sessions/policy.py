"""Who may plan a session, ask and support in it, answer, hold back, rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from core.publishing import Visibility
from forum.sessions.models import Question, Session
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Project

PLANNERS = ("responder", "moderator", "planner")


# --- The plan ------------------------------------------------------------------------------------


def may_schedule(person: Any, project: Project) -> Decision:
    """A responder, moderator or planner of the city, the responsible unit or the project."""
    if not (decision := participation_policy.may_view_project(person, project)):
        return decision
    scope = {"unit_id": project.unit_id, "project_id": project.pk}
    if any(accounts_policy.has_role(person, role, **scope) for role in PLANNERS):
        return YES
    return no(_("Hanya petugas proyek ini yang dapat menjadwalkan Tanya langsung."))


def may_edit(person: Any, session: Session) -> Decision:
    """Whoever may schedule, until the session is over."""
    if session.is_over:
        return no(_("Sesi ini sudah selesai, jadi jadwalnya tidak bisa diubah."))
    return may_schedule(person, session.project)


def may_direct(person: Any, session: Session) -> Decision:
    """Open before the hour or close early: an officer of the session, or whoever planned it."""
    if session.is_over:
        return no(_("Sesi ini sudah selesai."))
    if may_answer_here(person, session):
        return YES
    return may_schedule(person, session.project)


# --- Residents -----------------------------------------------------------------------------------


def takes_questions(session: Session) -> bool:
    """Before and during the session."""
    return not session.is_over


def may_ask(person: Any, session: Session, *, open_questions: int) -> Decision:
    """Before and during, at most so many questions at a time that nobody has answered yet.

    `open_questions`: the caller has counted the person's own ones in this session.
    """
    if not (decision := participation_policy.may_view_project(person, session.project)):
        return decision
    if session.is_cancelled:
        return no(_("Sesi ini dibatalkan."))
    if session.is_over:
        return no(_("Sesi ini sudah selesai, jadi tidak menerima pertanyaan lagi."))
    if not (decision := participation_policy.may_take_part(person)):
        return decision
    if open_questions >= session.most_open:
        return no(
            _("Anda punya %(n)s pertanyaan yang belum dijawab. Tunggu salah satunya dijawab dulu.")
            % {"n": session.most_open}
        )
    return YES


def may_support(person: Any, question: Question) -> Decision:
    """A public question that is not settled, before and during the session."""
    session = question.session
    if not (decision := participation_policy.may_view_project(person, session.project)):
        return decision
    if not question.is_published or question.is_settled or session.is_over:
        return no(_("Dukungan untuk pertanyaan ini sudah ditutup."))
    return participation_policy.may_take_part(person)


def may_rate(person: Any, question: Question, *, took_part: bool) -> Decision:
    """After the end, a written answer: whoever asked or supported here; no civil servant.

    `took_part`: the caller has looked up whether the person did.
    """
    if not (decision := participation_policy.may_view_project(person, question.session.project)):
        return decision
    if not question.is_published or question.state != Question.State.ANSWERED:
        return no(_("Pertanyaan ini belum punya jawaban tertulis."))
    if not question.session.is_over:
        return no(_("Jawaban dapat dinilai setelah sesi selesai."))
    if not (decision := participation_policy.may_take_part(person)):
        return decision
    if accounts_policy.is_asn(person):
        return no(_("Penilaian hanya untuk warga."))
    if took_part:
        return YES
    return no(
        _("Hanya warga yang bertanya atau mendukung pertanyaan di sesi ini yang dapat menilai.")
    )


# --- Officers and moderators ---------------------------------------------------------------------


def may_answer_here(person: Any, session: Session) -> Decision:
    """An officer of this session who still is a civil servant; also after the end, in writing."""
    if session.is_cancelled:
        return no(_("Sesi ini dibatalkan."))
    named = any(officer.person_id == person.pk for officer in session.session_officers.all())
    if named and accounts_policy.is_asn(person):
        return YES
    return no(_("Hanya petugas yang ditunjuk untuk sesi ini yang dapat menjawab."))


def may_handle(person: Any, question: Question) -> Decision:
    """Take up, answer, skip: an officer of the session, a question that everybody sees."""
    if not (decision := may_answer_here(person, question.session)):
        return decision
    if not question.is_published:
        return no(_("Pertanyaan ini tidak tayang, jadi belum bisa dijawab."))
    return YES


def may_judge(person: Any, question: Question) -> Decision:
    """Release or hide: a moderator of the project, not one's own question."""
    project = question.session.project
    if not (decision := participation_policy.may_moderate(person, project)):
        return decision
    if question.author_id == person.pk:
        return no(_("Tulisan Anda sendiri diperiksa petugas lain."))
    if question.visibility == Visibility.WITHDRAWN:
        return no(_("Pertanyaan ini sudah ditarik penulisnya."))
    return YES


def may_use_desk(person: Any, session: Session) -> Decision:
    """The officers' desk: who answers here, moderates here, or planned it."""
    if may_answer_here(person, session):
        return YES
    if participation_policy.may_moderate(person, session.project):
        return YES
    if may_schedule(person, session.project):
        return YES
    return no(_("Meja ini untuk petugas sesi dan petugas moderasi."))
