"""Cases on the moderation desk: opened, added to, shown to the moderators who are at it."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts import policy as accounts_policy
from core import live
from forum.discussion.models import Reply
from forum.moderation.models import Case, Desk, Rule
from forum.screening.services import Finding
from participation import selectors as participation

HOURS_TO_DECIDE = 2
TOPIC = "desk"

# What brings a reported case forward in the queue.
PRIVATE_DATA_FIRST = timedelta(days=7)
PERSON_ATTACKED = timedelta(minutes=30)
PER_FLAG, MOST_FLAGS = timedelta(minutes=10), 6


def desk() -> Desk:
    """The row of the city's one desk."""
    return Desk.objects.get_or_create(pk=1)[0]


def urgency(due_at: datetime, *, reasons: Collection[str], flags: int) -> datetime:
    """The place of a case in the queue: its deadline, brought forward by what was reported.

    A post reported for private data comes before everything else that is less than a week late: it
    is being read while it waits. Otherwise each report brings a case 10 minutes forward, an hour
    at most, and an attack on a person another 30 minutes. What was held is read by nobody: only its
    deadline counts. Equal places stand in the order in which the cases were opened.
    """
    forward = PER_FLAG * min(flags, MOST_FLAGS)
    if Rule.PRIVATE_DATA in reasons:
        forward += PRIVATE_DATA_FIRST
    elif Rule.PERSON in reasons:
        forward += PERSON_ATTACKED
    return due_at - forward


@transaction.atomic
def open_case(target: Any, *, cause: str, findings: Sequence[Finding] = ()) -> Case:
    """Put a post on the desk, or add to the case that is not settled yet.

    `target` is an Idea or a Reply. The database knows that a post has one unsettled case: who
    comes second finds the first one's. A case that waits for its author is open again.
    """
    due_at = timezone.now() + timedelta(hours=HOURS_TO_DECIDE)
    rows = Case.objects.select_for_update(no_key=True).exclude(state=Case.State.CLOSED)
    rows = rows.exclude(cause=Case.Cause.APPEAL)
    case, created = rows.get_or_create(
        **_of(target),
        defaults={
            "project": project_of(target),
            "cause": cause,
            "findings": list(findings),
            "due_at": due_at,
            "urgent_at": due_at,
        },
    )
    if not created:
        if case.state == Case.State.WAITING:
            case.state, case.cause, case.edit_until = Case.State.OPEN, cause, None
            case.due_at = case.urgent_at = due_at
            case.findings, case.version = [], case.version + 1
        case.findings = [*case.findings, *findings]
        case.save()
    show(case)
    return case


@transaction.atomic
def text_changed(target: Any) -> None:
    """What a moderator has read is not what stands there any more: nobody decides on it unread."""
    rows = Case.objects.select_for_update(no_key=True).filter(**_of(target), state=Case.State.OPEN)
    for case in rows.exclude(cause=Case.Cause.APPEAL):
        case.version += 1
        case.save(update_fields=["version"])
        show(case)


def lock(pks: Iterable[int]) -> list[Case]:
    """Lock cases in the order of their numbers, so that no two of us wait for each other."""
    rows = Case.objects.select_for_update(no_key=True).filter(pk__in=set(pks))
    return list(rows.order_by("pk"))


def show(case: Case) -> None:
    """Count the change of a case and tell the moderators that there is something to fetch.

    Late in the transaction: the case is locked before the desk, everywhere.
    """
    revision = live.bump(desk())
    Case.objects.filter(pk=case.pk).update(revision=revision)
    case.revision = revision
    live.poke(TOPIC, revision)


def count_flag(case: Case) -> None:
    """Count one more report and bring the case forward."""
    reasons = set(case.flags.values_list("reason", flat=True))
    Case.objects.filter(pk=case.pk).update(
        flag_count=F("flag_count") + 1,
        urgent_at=urgency(case.due_at, reasons=reasons, flags=case.flag_count + 1),
    )
    case.refresh_from_db(fields=["flag_count", "urgent_at"])


def is_first_post(author: Any, project: Any) -> bool:
    """Whether the project wants this to be looked at: nothing of the author was ever public.

    Asked only where the project checks first posts; a civil servant is known.
    """
    if not project.first_posts_checked or accounts_policy.is_asn(author):
        return False
    replied = Reply.objects.filter(author=author, order__isnull=False)
    return not (participation.has_published(author) or replied.exists())


def _of(target: Any) -> dict[str, Any]:
    return {"reply": target} if hasattr(target, "idea_id") else {"idea": target}


def project_of(target: Any) -> Any:
    return target.idea.project if hasattr(target, "idea_id") else target.project
