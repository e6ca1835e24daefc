"""Cases on the moderation desk: opened, added to, shown to the moderators who are at it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core import live
from forum.moderation.models import Case, Desk
from forum.screening.services import Finding

HOURS_TO_DECIDE = 2
TOPIC = "desk"


def desk() -> Desk:
    """The row of the city's one desk."""
    return Desk.objects.get_or_create(pk=1)[0]


@transaction.atomic
def open_case(target: Any, *, cause: str, findings: Sequence[Finding] = ()) -> Case:
    """Put a post on the desk, or add to the case that is already open for it.

    `target` is an Idea or a Reply. Serialised by the desk's row, so that a post never has two open
    cases.
    """
    Desk.objects.select_for_update().get(pk=desk().pk)
    case, created = Case.objects.get_or_create(
        **_of(target),
        state=Case.State.OPEN,
        defaults={
            "project": project_of(target),
            "cause": cause,
            "findings": list(findings),
            "due_at": timezone.now() + timedelta(hours=HOURS_TO_DECIDE),
        },
    )
    if not created and findings:
        case.findings = [*case.findings, *findings]
        case.save(update_fields=["findings"])
    show(case)
    return case


def show(case: Case) -> None:
    """Count the change of a case and tell the moderators that there is something to fetch."""
    revision = live.bump(desk())
    Case.objects.filter(pk=case.pk).update(revision=revision)
    case.revision = revision
    live.poke(TOPIC, revision)


def count_flag(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(flag_count=F("flag_count") + 1)
    case.refresh_from_db(fields=["flag_count"])


def _of(target: Any) -> dict[str, Any]:
    return {"reply": target} if hasattr(target, "idea_id") else {"idea": target}


def project_of(target: Any) -> Any:
    return target.idea.project if hasattr(target, "idea_id") else target.project
