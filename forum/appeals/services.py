"""What happens to an appeal: lodged by the author, settled by another moderator."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import services as accounts
from core.policy import require
from core.publishing import Visibility
from forum.appeals import policy
from forum.appeals.models import Appeal
from forum.discussion import services as discussion
from forum.disposition import services as disposition
from forum.moderation import cases
from forum.moderation.models import Case, Ruling

HOURS_TO_SETTLE = 72
HIDES = (Ruling.Decision.HIDE, Ruling.Decision.SUSPEND)


@transaction.atomic
def lodge(*, ruling: Ruling, by: Any, body: str) -> Appeal:
    """Put an appeal on the desk as a case of its own; until it is decided the ruling stands.

    Sent twice it is one appeal: the first is returned.
    """
    # Two sends at once: the second waits here and finds what the first stored.
    Ruling.objects.select_for_update(no_key=True).get(pk=ruling.pk)
    first = Appeal.objects.filter(ruling=ruling).first()
    if first is not None and by.pk == ruling.case.post.author_id:
        return first
    require(policy.may_appeal(by, ruling))
    due_at = timezone.now() + timedelta(hours=HOURS_TO_SETTLE)
    case = Case.objects.create(
        idea=ruling.case.idea,
        reply=ruling.case.reply,
        project=ruling.case.project,
        cause=Case.Cause.APPEAL,
        due_at=due_at,
        urgent_at=due_at,
    )
    appeal = Appeal.objects.create(ruling=ruling, case=case, body=body)
    cases.show(case)
    return appeal


def settle(*, case: Case, ruling: Ruling) -> None:
    """Carry out the decision on an appeal, within the transaction of the ruling.

    Granted: the hidden post comes back, the restriction ends, the warning no longer counts.
    """
    appeal = case.appeal
    granted = ruling.decision == Ruling.Decision.GRANT
    appeal.outcome = Appeal.Outcome.GRANTED if granted else Appeal.Outcome.UPHELD
    appeal.decided_at = ruling.at
    appeal.save(update_fields=["outcome", "decided_at"])
    if not granted:
        return
    first = appeal.ruling
    if first.decision == Ruling.Decision.SUSPEND:
        accounts.end_suspension(
            person=case.post.author, by=ruling.by, case=case.pk, until=_other_suspensions(first)
        )
    if first.decision in HIDES and _still_hidden_by(first):
        if case.reply is not None:
            discussion.publish_reply(reply=case.reply)
        elif case.idea is not None:
            disposition.publish(idea=case.idea, by=ruling.by)


def _other_suspensions(ruling: Ruling) -> datetime | None:
    """Until when other decisions that stand limit the account of this one's author."""
    author = ruling.case.post.author
    rows = Ruling.objects.filter(
        Q(case__idea__author=author) | Q(case__reply__author=author),
        decision=Ruling.Decision.SUSPEND,
    ).exclude(pk=ruling.pk)
    rows = rows.exclude(appeal__outcome=Appeal.Outcome.GRANTED)
    return max((each.at + timedelta(days=each.days or 0) for each in rows), default=None)


def _still_hidden_by(ruling: Ruling) -> bool:
    """Whether it is this ruling, and no later one, that keeps the post out of sight."""
    later = Ruling.objects.filter(
        case__idea=ruling.case.idea,
        case__reply=ruling.case.reply,
        decision__in=(*HIDES, Ruling.Decision.ASK_EDIT),
        pk__gt=ruling.pk,
    )
    return ruling.case.post.visibility == Visibility.HIDDEN and not later.exists()
