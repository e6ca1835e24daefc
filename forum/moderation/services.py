"""What happens at the desk: a post is screened, reported, examined, decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.policy import require
from forum.discussion import services as discussion
from forum.disposition import services as disposition
from forum.moderation import cases, policy, screening
from forum.moderation.models import Case, Flag, Ruling
from forum.notify import news
from participation import policy as participation_policy
from participation import services as participation

if TYPE_CHECKING:
    from core.photos import Picture
    from forum.discussion.models import Reply
    from participation.models import Idea, Project
    from participation.services import IdeaDraft


class AlreadyDecided(Exception):
    """Another moderator was faster; `case` is as it is now, with who decided."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"case {case.pk} is decided")
        self.case = case


@transaction.atomic
def submit_idea(
    *,
    author: Any,
    project: Project,
    draft: IdeaDraft,
    client_key: UUID,
    photos: Sequence[Picture] = (),
) -> Idea:
    """Receive an aspirasi, screen it, publish it, or put it on the desk.

    In a project that is moderated beforehand every aspirasi goes to the desk first.
    """
    idea, is_new = participation.receive_idea(
        author=author, project=project, draft=draft, client_key=client_key, photos=photos
    )
    if not is_new:
        return idea
    findings = screening.findings(draft.title, draft.body, draft.place, author=author)
    if findings or project.premoderated:
        cases.open_case(idea, cause=Case.Cause.HELD, findings=findings)
    else:
        disposition.open_for(idea=idea)
        participation.publish_idea(idea=idea, by=None)
    return idea


@transaction.atomic
def flag(*, target: Idea | Reply, person: Any, reason: str, note: str = "") -> Case:
    """A resident reports a post; it stays public until a moderator decides. Once per person."""
    require(policy.may_flag(person, target))
    case = cases.open_case(target, cause=Case.Cause.FLAGGED)
    _row, is_new = Flag.objects.get_or_create(
        case=case, person=person, defaults={"reason": reason, "note": note}
    )
    if is_new:
        cases.count_flag(case)
    return case


@transaction.atomic
def examine(*, target: Idea | Reply, by: Any) -> Case:
    """A moderator opens a case on a post without a report, to hide or restore it."""
    project = cases.project_of(target)
    require(participation_policy.may_moderate(by, project))
    return cases.open_case(target, cause=Case.Cause.EXAMINED)


@transaction.atomic
def rule(
    *,
    case: Case,
    seen_version: int,
    decision: str,
    by: Any,
    rule: str = "",
    message: str = "",
) -> Ruling:
    """Decide a case, once.

    Raises AlreadyDecided when somebody else decided since `seen_version` was read. Hiding names
    the rule and carries a message to the author.
    """
    require(policy.may_rule(by, case))
    claimed = Case.objects.filter(pk=case.pk, version=seen_version, state=Case.State.OPEN).update(
        state=Case.State.CLOSED,
        version=seen_version + 1,
        decided_by=by,
        decided_at=timezone.now(),
    )
    if not claimed:
        raise AlreadyDecided(Case.objects.select_related("decided_by", "project").get(pk=case.pk))
    case.refresh_from_db(fields=["state", "version", "decided_by", "decided_at"])
    ruling = Ruling.objects.create(case=case, decision=decision, rule=rule, message=message, by=by)
    _carry_out(case, ruling)
    news.case_decided(case, ruling)
    cases.show(case)
    return ruling


def _carry_out(case: Case, ruling: Ruling) -> None:
    hides = ruling.decision == Ruling.Decision.HIDE
    shows = ruling.decision in (Ruling.Decision.PUBLISH, Ruling.Decision.RESTORE)
    if case.reply is not None and hides:
        discussion.hide_reply(reply=case.reply)
    elif case.reply is not None and shows:
        discussion.publish_reply(reply=case.reply)
    elif case.idea is not None and hides:
        participation.hide_idea(idea=case.idea, by=ruling.by, reason=ruling.message)
    elif case.idea is not None and shows:
        disposition.open_for(idea=case.idea)
        participation.publish_idea(idea=case.idea, by=ruling.by)
