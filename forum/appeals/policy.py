"""Who may appeal against a ruling, and who may decide the appeal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from core.publishing import Visibility
from forum.moderation.models import Ruling

if TYPE_CHECKING:
    from forum.moderation.models import Case

APPEAL_DAYS = 14
APPEALABLE = (Ruling.Decision.HIDE, Ruling.Decision.WARN, Ruling.Decision.SUSPEND)


def appeal_until(ruling: Ruling) -> datetime:
    """The last moment at which the author may appeal: 14 days after the decision."""
    return ruling.at + timedelta(days=APPEAL_DAYS)


def may_appeal(person: Any, ruling: Ruling) -> Decision:
    """The author, once, within 14 days, against hiding, a warning or a restriction.

    A restricted person may: it is the one thing that must stay open to somebody who may not write.
    """
    if not (person.is_authenticated and person.pk == ruling.case.post.author_id):
        return no(_("Hanya penulisnya yang dapat mengajukan keberatan."))
    if ruling.decision not in APPEALABLE:
        return no(_("Keberatan tidak bisa diajukan atas keputusan ini."))
    if hasattr(ruling, "appeal"):
        return no(_("Keberatan atas keputusan ini sudah diajukan."))
    if ruling.case.post.visibility == Visibility.WITHDRAWN:
        return no(_("Tulisan ini sudah Anda hapus."))
    if timezone.now() > appeal_until(ruling):
        return no(_("Batas 14 hari untuk mengajukan keberatan sudah lewat."))
    return YES


def may_settle(person: Any, case: Case) -> Decision:
    """Anybody who moderates the project but the one whose decision it is about.

    What limited an account is the city's to undo, as it was the city's to decide.
    """
    first = case.appeal.ruling
    if first.by_id == person.pk:
        return no(_("Keberatan atas keputusan Anda diputuskan petugas lain."))
    if first.decision == Ruling.Decision.SUSPEND:
        return accounts_policy.may_suspend(person, case.post.author)
    return YES
