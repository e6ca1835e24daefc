"""Who may report a post, sit at the desk, decide a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from forum.moderation.models import Case
from participation import policy as participation_policy

if TYPE_CHECKING:
    from forum.discussion.models import Reply
    from participation.models import Idea


def may_flag(person: Any, target: Idea | Reply) -> Decision:
    """Any signed-in person, a public post that is not the person's own."""
    if not target.is_published:
        return no(_("Tulisan ini sudah tidak tayang."))
    if not (decision := participation_policy.may_take_part(person)):
        return decision
    if person.pk == target.author_id:
        return no(_("Ini tulisan Anda sendiri."))
    return YES


def may_use_desk(person: Any) -> Decision:
    """A moderator of anything: what the desk shows is narrowed to what the person moderates."""
    if accounts_policy.holds_role(person, "moderator"):
        return YES
    return no(_("Meja moderasi hanya untuk petugas moderasi."))


def may_rule(person: Any, case: Case) -> Decision:
    """A moderator of the project, not on a post of one's own."""
    if not (decision := participation_policy.may_moderate(person, case.project)):
        return decision
    post = case.reply or case.idea
    if post is not None and post.author_id == person.pk:
        return no(_("Tulisan Anda sendiri diperiksa petugas lain."))
    return YES
