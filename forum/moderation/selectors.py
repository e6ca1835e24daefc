"""What the moderation desk shows, and why a post of one's own is not public."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import policy as accounts_policy
from forum.moderation.models import Case, Desk, Ruling

if TYPE_CHECKING:
    from forum.discussion.models import Reply
    from participation.models import Idea

MOST = 200


def cases_visible_to(person: Any) -> QuerySet[Case]:
    """The cases of what the person moderates: the city, some units, some projects."""
    rows = Case.objects.select_related(
        "project__unit",
        "idea__village",
        "idea__author__village",
        "idea__category",
        "reply__author__village",
        "reply__idea__village",
        "reply__as_unit",
        "decided_by",
    )
    scope = accounts_policy.scope_of(person, "moderator")
    if scope is None:
        return rows.none()
    units, projects = scope
    if units is None:
        return rows
    return rows.filter(Q(project__unit_id__in=units) | Q(project_id__in=projects or ()))


def queue(person: Any, *, which: str = "open") -> list[Case]:
    """Open cases by deadline; `which`: open, flagged, or done (decided today, newest first)."""
    rows = cases_visible_to(person)
    if which == "done":
        midnight = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
        return list(
            rows.filter(state=Case.State.CLOSED, decided_at__gte=midnight).order_by("-decided_at")[
                :MOST
            ]
        )
    rows = rows.filter(state=Case.State.OPEN)
    if which == "flagged":
        rows = rows.filter(flag_count__gt=0)
    return list(rows.order_by("due_at", "id")[:MOST])


def counts(person: Any) -> dict[str, int]:
    """Open cases in all and those that residents reported."""
    rows = cases_visible_to(person).filter(state=Case.State.OPEN).order_by()
    return {"open": rows.count(), "flagged": rows.filter(flag_count__gt=0).count()}


def case_for_page(person: Any, pk: int) -> Case:
    case = (
        cases_visible_to(person)
        .prefetch_related(
            "flags",
            "idea__photos",
            "project__phases",
            Prefetch("rulings", Ruling.objects.select_related("by")),
        )
        .filter(pk=pk)
        .first()
    )
    if case is None:
        raise Http404("case")
    return case


def cases_changed_since(person: Any, revision: int, *, limit: int) -> list[Case]:
    return list(
        cases_visible_to(person).filter(revision__gt=revision).order_by("revision", "id")[:limit]
    )


def desk_revision() -> int:
    return Desk.objects.filter(pk=1).values_list("revision", flat=True).first() or 0


def last_hiding(posts: list[Idea] | list[Reply], *, kind: str) -> dict[int, Ruling]:
    """By post id, the ruling that hid it. `kind`: "idea" or "reply"."""
    if not posts:
        return {}
    rulings = (
        Ruling.objects.filter(
            **{f"case__{kind}__in": [post.pk for post in posts]}, decision=Ruling.Decision.HIDE
        )
        .select_related("by", "case")
        .order_by("id")
    )
    return {getattr(ruling.case, f"{kind}_id"): ruling for ruling in rulings}
