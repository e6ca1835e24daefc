"""Who looks after the word lists and the learnt score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no

if TYPE_CHECKING:
    from participation.models import Project


def may_see_rules(person: Any) -> Decision:
    """Moderators of anything and city admins: whoever decides knows what the screening does."""
    if accounts_policy.holds_role(person, "moderator") or accounts_policy.may_administer(person):
        return YES
    return no(_("Halaman ini untuk petugas moderasi dan admin kota."))


def may_edit_rules(person: Any, project: Project | None = None) -> Decision:
    """For the city: moderators of the city and city admins. For a project: also its moderators."""
    if accounts_policy.may_administer(person):
        return YES
    scope = {"unit_id": project.unit_id, "project_id": project.pk} if project is not None else {}
    if accounts_policy.has_role(person, "moderator", **scope):
        return YES
    return no(_("Daftar untuk seluruh kota diatur petugas moderasi kota atau admin kota."))


def may_reset_score(person: Any) -> Decision:
    return may_edit_rules(person)
