"""Who sees the way of an aspirasi through the offices, and who may move it on."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from forum.disposition import selectors
from forum.disposition.models import WITH_RESIDENT, WITH_UNIT, WITH_VERIFIER, Disposition, Note
from participation import policy as participation_policy

STAFF = ("moderator", "responder", "leader")


def may_use_tasks(person: Any) -> Decision:
    """Verifiers, responders and leaders, of anything: the list shows what is theirs."""
    if any(accounts_policy.holds_role(person, role) for role in STAFF):
        return YES
    return no(_("Halaman tugas hanya untuk verifikator, pejabat penghubung, dan pimpinan."))


def may_see(person: Any, disposition: Disposition) -> Decision:
    """Those who work on it: its verifiers, its units and their leaders. They read the notes too."""
    if selectors.visible_to(person).filter(pk=disposition.pk).exists():
        return YES
    return no(_("Halaman ini untuk petugas yang menangani aspirasi ini."))


def may_verify(person: Any, disposition: Disposition) -> Decision:
    """A moderator of the project, while the aspirasi is with the verifiers; not one's own."""
    if not (decision := _verifies(person, disposition)):
        return decision
    if disposition.state not in WITH_VERIFIER:
        return no(_("Aspirasi ini tidak sedang menunggu verifikator."))
    return YES


def may_route(person: Any, disposition: Disposition) -> Decision:
    """A verifier, also to another unit as long as there is no answer."""
    if not (decision := _verifies(person, disposition)):
        return decision
    if disposition.state not in (*WITH_VERIFIER, *WITH_UNIT):
        return no(_("Aspirasi ini tidak bisa diteruskan sekarang."))
    return YES


def may_assign(person: Any, disposition: Disposition) -> Decision:
    """Whoever answers for the unit it was routed to, or leads it: assign, hand over, refuse."""
    if not disposition.idea.is_published:
        return no(_("Aspirasi ini tidak tayang."))
    if disposition.state not in WITH_UNIT:
        return no(_("Aspirasi ini tidak sedang ditangani perangkat daerah."))
    if person.is_authenticated and person.pk == disposition.officer_id:
        return YES
    if works_for(person, disposition.unit_id):
        return YES
    return no(_("Hanya petugas perangkat daerah yang menanganinya yang dapat melakukan ini."))


def may_complete(person: Any, disposition: Disposition) -> Decision:
    """Its author, while it waits for what is missing, and after it was closed for that."""
    if not person.is_authenticated or person.pk != disposition.idea.author_id:
        return no(_("Hanya pengusulnya yang dapat melengkapi aspirasi ini."))
    if disposition.state not in WITH_RESIDENT:
        return no(_("Aspirasi ini tidak sedang menunggu kelengkapan."))
    if not disposition.idea.is_published:
        return no(_("Aspirasi ini tidak tayang."))
    return participation_policy.may_take_part(person)


def may_withdraw_note(person: Any, note: Note) -> Decision:
    if person.pk != note.author_id:
        return no(_("Hanya penulisnya yang dapat menarik catatan ini."))
    if note.withdrawn_at is not None:
        return no(_("Catatan ini sudah ditarik."))
    return YES


def works_for(person: Any, unit_id: int | None) -> bool:
    """Whether the person answers for this unit or leads it."""
    return unit_id is not None and any(
        accounts_policy.has_role(person, role, unit_id=unit_id) for role in ("responder", "leader")
    )


def _verifies(person: Any, disposition: Disposition) -> Decision:
    idea = disposition.idea
    if not (decision := participation_policy.may_moderate(person, idea.project)):
        return decision
    if not idea.is_published:
        return no(_("Aspirasi ini tidak tayang."))
    if idea.author_id == person.pk:
        return no(_("Aspirasi Anda sendiri diverifikasi petugas lain."))
    return YES


def may_verify_anything(person: Any) -> Decision:
    """A verifier of any project, unit or the city."""
    if accounts_policy.holds_role(person, "moderator"):
        return YES
    return no(_("Hanya untuk verifikator."))
