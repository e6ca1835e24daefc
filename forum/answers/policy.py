"""Who may answer officially, and who may say what the answer was worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from forum.answers.models import OfficialAnswer
from forum.disposition import selectors as disposition_selectors
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Idea


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


def may_rate(person: Any, answer: OfficialAnswer, *, took_part: bool) -> Decision:
    """The author, supporters and those who replied; no civil servant rates a colleague.

    `took_part`: the caller has looked up whether the person supported or replied.
    """
    if not (decision := participation_policy.may_take_part(person)):
        return decision
    if accounts_policy.is_asn(person):
        return no(_("Penilaian hanya untuk warga."))
    if took_part or answer.idea.author_id == person.pk:
        return YES
    return no(_("Dukung atau balas aspirasi ini dulu untuk menilai jawabannya."))
