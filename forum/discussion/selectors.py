"""What people read of a discussion: threads in the order of publication, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import Http404

from core.publishing import Visibility
from forum.discussion.models import Reply
from participation import selectors as participation

if TYPE_CHECKING:
    from participation.models import Idea

THREADS = 50  # top-level replies on a page
CHILDREN = 500  # answers to them, together


@dataclass(slots=True)
class Thread:
    """A top-level reply and the answers to it."""

    reply: Reply
    children: list[Reply] = field(default_factory=list)


@dataclass(slots=True)
class Discussion:
    """One page of a discussion. `next_order` is where the next page starts; None at the end."""

    threads: list[Thread]
    next_order: int | None = None
    starts_late: bool = False


def rows(idea: Idea) -> QuerySet[Reply]:
    """Every reply that ever was public; those not public now are tombstones."""
    return Reply.objects.filter(idea=idea, order__isnull=False).select_related(
        "author__village", "as_unit"
    )


def visible_to(person: Any) -> QuerySet[Reply]:
    """The published replies below aspirasi that the person may see."""
    return Reply.objects.filter(
        visibility=Visibility.PUBLISHED, idea__in=participation.visible_to(person)
    ).select_related("author__village", "as_unit")


def page(idea: Idea, *, from_order: int = 0) -> Discussion:
    """The threads whose first reply stands at `from_order` or later."""
    found = list(
        rows(idea)
        .filter(parent__isnull=True, order__gte=from_order)
        .order_by("order")[: THREADS + 1]
    )
    threads = {reply.pk: Thread(reply) for reply in found[:THREADS]}
    if threads:
        children = rows(idea).filter(parent_id__in=threads).order_by("order")[:CHILDREN]
        for child in children:
            threads[child.parent_id].children.append(child)  # type: ignore[index]
    return Discussion(
        threads=list(threads.values()),
        next_order=found[THREADS].order if len(found) > THREADS else None,
        starts_late=from_order > 0,
    )


def place_of(idea: Idea, reply_pk: int) -> int:
    """Where the page that shows a reply starts: the order of its thread, 0 when unknown."""
    reply = rows(idea).filter(pk=reply_pk).select_related("parent").first()
    if reply is None:
        return 0
    top = reply.parent or reply
    before = rows(idea).filter(parent__isnull=True, order__lt=top.order or 0)
    return 0 if before.count() < THREADS else top.order or 0


def last_page(idea: Idea) -> int:
    """Where a page with the newest threads starts: the order of the first of them."""
    newest = rows(idea).filter(parent__isnull=True).order_by("-order")
    orders = list(newest.values_list("order", flat=True)[: THREADS + 1])
    return orders[THREADS - 1] or 0 if len(orders) > THREADS else 0


def changed_since(idea: Idea, revision: int, *, limit: int) -> list[Reply]:
    """Replies that changed after a revision, in the order of change; tombstones included."""
    return list(rows(idea).filter(revision__gt=revision).order_by("revision", "id")[:limit])


def own_replies(person: Any, idea: Idea) -> list[Reply]:
    """A person's own replies to an aspirasi, public or not."""
    if not person.is_authenticated:
        return []
    return list(
        Reply.objects.filter(idea=idea, author=person)
        .only("id", "visibility", "body", "created_at", "idea_id", "author_id")
        .order_by("id")
    )


def reply_for_page(pk: int) -> Reply:
    reply = (
        Reply.objects.select_related(
            "idea__project__unit", "idea__author", "author__village", "as_unit", "parent"
        )
        .prefetch_related("idea__project__phases", "versions")
        .filter(pk=pk)
        .first()
    )
    if reply is None:
        raise Http404("reply")
    return reply


def fresh(pk: int) -> Reply:
    """A reply as it is now, with what its row shows."""
    return Reply.objects.select_related("author__village", "as_unit").get(pk=pk)


def parent_for(idea: Idea, pk: int | None) -> Reply | None:
    """The thread that an answer joins: the reply itself, or its parent when it is an answer."""
    if pk is None:
        return None
    reply = (
        Reply.objects.filter(pk=pk, idea=idea, visibility=Visibility.PUBLISHED)
        .select_related("author__village", "as_unit", "parent__author__village", "parent__as_unit")
        .first()
    )
    return (reply.parent or reply) if reply else None
