"""Who may answer officially, check a draft, keep promises, and say what an answer was worth."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from forum.answers.models import (
    AnswerDraft,
    AnswerRating,
    AnswerTemplate,
    Commitment,
    OfficialAnswer,
)
from forum.disposition import selectors as disposition_selectors
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Idea

RATING_CHANGEABLE = timedelta(days=30)


def may_answer(person: Any, idea: Idea) -> Decision:
    """A responder of the project's unit or of a unit it was routed to, on a published aspirasi."""
    if not idea.is_published:
        return no(_("Aspirasi ini tidak tayang, jadi belum bisa dijawab."))
    decision = participation_policy.may_answer(person, idea.project)
    if decision or not accounts_policy.holds_role(person, "responder"):
        return decision
    units = disposition_selectors.units_of(idea)
    if any(accounts_policy.has_role(person, "responder", unit_id=unit) for unit in units):
        return YES
    return decision


# --- Drafts -------------------------------------------------------------------------------------


def may_see_draft(person: Any, draft: AnswerDraft) -> Decision:
    """The responders who may answer; once it was sent for a check, whoever may check it too.

    Its page has the whole text of the aspirasi: what is not public any more, nobody opens there.
    """
    decision = may_answer(person, draft.idea)
    if not draft.idea.is_published or not draft.idea.project.is_published:
        return no(_("Aspirasi ini tidak tayang, jadi belum bisa dijawab."))
    if decision or draft.state == AnswerDraft.State.DRAFT:
        return decision
    return _checks_for_unit(person, draft)


def may_publish(person: Any, draft: AnswerDraft) -> Decision:
    """Where the unit wants a second pair of eyes: another responder, or the leader, of the unit.

    Otherwise whoever may answer. What is published is never asked here: that is claimed.
    """
    if not draft.unit.answers_need_review:
        return may_answer(person, draft.idea)
    if draft.state != AnswerDraft.State.IN_REVIEW:
        return no(_("Draf ini belum dikirim untuk diperiksa."))
    return may_check(person, draft)


def may_check(person: Any, draft: AnswerDraft) -> Decision:
    """Read the draft of a colleague and publish it or give it back; never one's own."""
    if not draft.idea.is_published:
        return no(_("Aspirasi ini tidak tayang, jadi belum bisa dijawab."))
    if person.pk == draft.author_id:
        return no(_("Draf Anda sendiri diperiksa oleh rekan atau pimpinan."))
    return _checks_for_unit(person, draft)


def _checks_for_unit(person: Any, draft: AnswerDraft) -> Decision:
    scope = {"unit_id": draft.unit_id, "project_id": draft.idea.project_id}
    if accounts_policy.has_role(person, "responder", **scope):
        return YES
    if accounts_policy.has_role(person, "leader", unit_id=draft.unit_id):
        return YES
    return no(_("Hanya pejabat penghubung atau pimpinan perangkat daerah ini yang memeriksa draf."))


# --- Templates ----------------------------------------------------------------------------------


def may_use_templates(person: Any) -> Decision:
    if accounts_policy.holds_role(person, "responder"):
        return YES
    return no(_("Templat jawaban hanya untuk pejabat penghubung."))


def may_change_template(person: Any, template: AnswerTemplate) -> Decision:
    """The responders of the unit that the template belongs to."""
    if accounts_policy.has_role(person, "responder", unit_id=template.unit_id):
        return YES
    return no(_("Templat ini milik perangkat daerah lain."))


# --- Promises -----------------------------------------------------------------------------------


def may_follow_up(person: Any, commitment: Commitment) -> Decision:
    """Say what became of a promise: whoever may answer the aspirasi."""
    return may_answer(person, commitment.answer.idea)


# --- Ratings ------------------------------------------------------------------------------------


def may_rate(
    person: Any, answer: OfficialAnswer, *, took_part: bool, own: AnswerRating | None = None
) -> Decision:
    """The author, supporters and those who replied; no civil servant rates a colleague.

    `took_part`: the caller has looked up whether the person supported or replied. `own` is the
    rating that the person gave before; it can be changed for 30 days from the first time.
    """
    if not (decision := participation_policy.may_take_part(person)):
        return decision
    if accounts_policy.is_asn(person):
        return no(_("Penilaian hanya untuk warga."))
    if own is not None and timezone.now() - own.first_rated_at > RATING_CHANGEABLE:
        return no(_("Penilaian Anda sudah tersimpan dan hanya bisa diubah dalam 30 hari pertama."))
    if took_part or own is not None or answer.idea.author_id == person.pk:
        return YES
    return no(_("Dukung atau balas aspirasi ini dulu untuk menilai jawabannya."))


def may_ask_for_check(person: Any, answer: OfficialAnswer) -> Decision:
    """Ask a moderator to look at a comment on an answer: whoever may answer there."""
    return may_answer(person, answer.idea)


def may_decide_comments(person: Any) -> Decision:
    """The list of comments that wait for a moderator."""
    if accounts_policy.holds_role(person, "moderator"):
        return YES
    return no(_("Hanya petugas moderasi yang dapat melakukan ini."))


def may_decide_comment(person: Any, answer: OfficialAnswer, *, asked_by_id: int | None) -> Decision:
    """A moderator of the project; neither the officer whom it is about nor who asked for it."""
    if person.pk in (answer.officer_id, asked_by_id):
        return no(_("Komentar tentang Anda, atau yang Anda laporkan, diputuskan petugas lain."))
    return participation_policy.may_moderate(person, answer.idea.project)
