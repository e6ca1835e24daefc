"""Who may report a post, sit at the desk, decide a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from core.publishing import Visibility
from forum.appeals import policy as appeals_policy
from forum.moderation.models import Case, Ruling
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


def may_decide(person: Any, case: Case, decision: str) -> Decision:
    """One of the decisions that fit the post as it is now; limiting an account is the city's."""
    if not (answer := may_rule(person, case)):
        return answer
    if decision not in decisions_for(case):
        if case.cause == Case.Cause.APPEAL:
            return no(_("Keberatan diputuskan satu per satu: diterima, atau keputusan tetap."))
        return no(
            _(
                "Keputusan ini tidak cocok lagi dengan keadaan tulisan. Muat ulang "
                "halaman, lalu pilih lagi."
            )
        )
    if decision == Ruling.Decision.SUSPEND:
        return accounts_policy.may_suspend(person, case.post.author)
    return YES


def decisions_for(case: Case) -> tuple[Ruling.Decision, ...]:
    """What can be decided on the post as it is now."""
    choice = Ruling.Decision
    if case.cause == Case.Cause.APPEAL:
        return choice.GRANT, choice.UPHOLD
    match case.post.visibility:
        case Visibility.HELD:
            found = [choice.PUBLISH, choice.HIDE, choice.ASK_EDIT, choice.SUSPEND]
        case Visibility.PUBLISHED:
            found = [choice.KEEP, choice.HIDE, choice.ASK_EDIT, choice.WARN, choice.SUSPEND]
        case Visibility.HIDDEN:
            return choice.RESTORE, choice.HIDE, choice.SUSPEND
        case _withdrawn:
            return (choice.KEEP,)
    if case.idea is not None:
        found.append(choice.SPLIT if case.idea.merged_into_id else choice.MERGE)
    return tuple(found)


def may_revise(person: Any, case: Case) -> Decision:
    """The author, once, within the days that the moderator's request gives."""
    if not person.is_authenticated or person.pk != case.post.author_id:
        return no(_("Hanya penulisnya yang dapat memperbaiki tulisan ini."))
    unread = case.post.visibility in (Visibility.HELD, Visibility.HIDDEN)
    if case.state != Case.State.WAITING or case.edit_until is None or not unread:
        return no(_("Tulisan ini tidak sedang menunggu perbaikan."))
    if timezone.now() > case.edit_until:
        return no(_("Waktu untuk memperbaiki tulisan ini sudah lewat."))
    return participation_policy.may_take_part(person)


def may_rule(person: Any, case: Case) -> Decision:
    """A moderator of the project, not on a post of one's own nor on an appeal against oneself."""
    if not (decision := participation_policy.may_moderate(person, case.project)):
        return decision
    if case.post.author_id == person.pk:
        return no(_("Tulisan Anda sendiri diperiksa petugas lain."))
    if case.cause == Case.Cause.APPEAL:
        return appeals_policy.may_settle(person, case)
    return YES
