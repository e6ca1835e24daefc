"""What people read of a discussion: threads in the order of publication, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import Http404

from core.publishing import Visibility
from forum.discussion.models import Reply, ReplyVersion, Stance
from participation import selectors as participation

if TYPE_CHECKING:
    from participation.models import Idea

THREADS = 20  # threads on a page
ANSWERS = 10  # answers below a thread on such a page; a thread with more has pages of its own
ANSWERS_ALONE = 50  # answers on such a page

# What the row of a reply shows of others.
SHOWN = ("author__village", "as_unit", "quoted__author__village", "quoted__as_unit")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a discussion a reader asked for; all of it from the beginning by default.

    `stance` is one of Stance, `thread` the key of a top-level reply whose answers are wanted,
    `from_order` where the page starts.
    """

    newest_first: bool = False
    stance: str = ""
    thread: int | None = None
    from_order: int | None = None


@dataclass(slots=True)
class Thread:
    """A top-level reply and the answers to it; `more` is where those not shown begin."""

    reply: Reply
    children: list[Reply] = field(default_factory=list)
    more: int | None = None


@dataclass(slots=True)
class Discussion:
    """One page of a discussion. `next_order` is where the next page starts; None at the end."""

    threads: list[Thread]
    next_order: int | None = None


def rows(idea: Idea) -> QuerySet[Reply]:
    """Every reply that ever was public; those not public now are tombstones."""
    return Reply.objects.filter(idea=idea, order__isnull=False).select_related(*SHOWN)


def visible_to(person: Any) -> QuerySet[Reply]:
    """The published replies below aspirasi that the person may see."""
    return Reply.objects.filter(
        visibility=Visibility.PUBLISHED, idea__in=participation.visible_to(person)
    ).select_related("author__village", "as_unit")


def page(idea: Idea, wanted: Wanted) -> Discussion:
    """The threads from `from_order` on, each with its first answers."""
    if wanted.thread is not None:
        return _one_thread(idea, wanted.thread, wanted.from_order or 0)
    found, next_order = _threads(idea, wanted)
    return Discussion(_with_answers(idea, found), next_order)


def by_stance(idea: Idea, *, newest_first: bool) -> dict[str, Discussion]:
    """The first threads of each stance."""
    found = {
        stance: _threads(idea, Wanted(newest_first=newest_first, stance=stance))
        for stance in Stance.values
    }
    every = _with_answers(idea, [reply for replies, _next in found.values() for reply in replies])
    threads = {thread.reply.pk: thread for thread in every}
    return {
        stance: Discussion([threads[reply.pk] for reply in replies], next_order)
        for stance, (replies, next_order) in found.items()
    }


def _threads(idea: Idea, wanted: Wanted) -> tuple[list[Reply], int | None]:
    """The top-level replies of a page, and where the next page starts.

    Among those of a stance there are no tombstones: they would tell what the hidden text said.
    """
    found = rows(idea).filter(parent__isnull=True)
    if wanted.stance:
        found = found.filter(visibility=Visibility.PUBLISHED, stance=wanted.stance)
    if wanted.from_order is not None:
        side = "lte" if wanted.newest_first else "gte"
        found = found.filter(**{f"order__{side}": wanted.from_order})
    shown = list(found.order_by("-order" if wanted.newest_first else "order")[: THREADS + 1])
    return shown[:THREADS], shown[THREADS].order if len(shown) > THREADS else None


def _with_answers(idea: Idea, replies: list[Reply]) -> list[Thread]:
    """The threads with their first answers, in one query however long they are."""
    threads = {reply.pk: Thread(reply) for reply in replies}
    if threads:
        place = Window(RowNumber(), partition_by=F("parent_id"), order_by=F("order").asc())
        answers = rows(idea).filter(parent_id__in=threads).annotate(place=place)
        for answer in answers.filter(place__lte=ANSWERS + 1).order_by("order"):
            thread = threads[answer.parent_id]  # type: ignore[index]
            if len(thread.children) < ANSWERS:
                thread.children.append(answer)
            else:
                thread.more = answer.order
    return list(threads.values())


def _one_thread(idea: Idea, pk: int, from_order: int) -> Discussion:
    """A thread with its answers from `from_order` on; Http404 when it is none of this aspirasi."""
    reply = rows(idea).filter(pk=pk, parent__isnull=True).first()
    if reply is None:
        raise Http404("thread")
    answers = rows(idea).filter(parent=reply, order__gte=from_order)
    found = list(answers.order_by("order")[: ANSWERS_ALONE + 1])
    more = found[ANSWERS_ALONE].order if len(found) > ANSWERS_ALONE else None
    return Discussion([Thread(reply, found[:ANSWERS_ALONE], more)])


def place_of(idea: Idea, reply_pk: int) -> Wanted:
    """The page that shows a reply: the first one when it is there, or when the reply is unknown."""
    reply = rows(idea).filter(pk=reply_pk).select_related("parent").first()
    if reply is None:
        return Wanted()
    if reply.parent is not None:
        beyond = _order_at(rows(idea).filter(parent=reply.parent), ANSWERS)
        if beyond is not None and (reply.order or 0) >= beyond:
            return Wanted(thread=reply.parent_id, from_order=reply.order)
    top = reply.parent or reply
    beyond = _order_at(rows(idea).filter(parent__isnull=True), THREADS)
    late = beyond is not None and (top.order or 0) >= beyond
    return Wanted(from_order=top.order) if late else Wanted()


def _order_at(replies: QuerySet[Reply], place: int) -> int | None:
    """The order of the reply that stands at a place, counted from 0; None when there are fewer."""
    orders = replies.order_by("order").values_list("order", flat=True)
    return next(iter(orders[place : place + 1]), None)


def last_page(idea: Idea) -> Wanted:
    """The page with the newest threads."""
    newest = rows(idea).filter(parent__isnull=True).order_by("-order")
    orders = list(newest.values_list("order", flat=True)[: THREADS + 1])
    return Wanted(from_order=orders[THREADS - 1]) if len(orders) > THREADS else Wanted()


def stance_counts(idea: Idea) -> dict[str, int]:
    """How many published replies carry each stance."""
    found = (
        Reply.objects.filter(idea=idea, parent__isnull=True, visibility=Visibility.PUBLISHED)
        .exclude(stance="")
        .order_by()
        .values_list("stance")
        .annotate(Count("pk"))
    )
    return dict.fromkeys(Stance.values, 0) | dict(found)


def changed_since(idea: Idea, revision: int, *, limit: int) -> list[Reply]:
    """Replies that changed after a revision, in the order of change; tombstones included.

    Those that changed together come together, also past the limit: whoever asks for what came
    after them would miss the rest.
    """
    changed = rows(idea).filter(revision__gt=revision).order_by("revision", "id")
    found = list(changed[:limit])
    if len(found) == limit:
        last = found[-1]
        found += rows(idea).filter(revision=last.revision, pk__gt=last.pk).order_by("id")
    return found


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
        Reply.objects.select_related("idea__project__unit", "idea__author", "parent", *SHOWN)
        .prefetch_related("idea__project__phases", "versions")
        .filter(pk=pk)
        .first()
    )
    if reply is None:
        raise Http404("reply")
    return reply


def fresh(pk: int) -> Reply:
    """A reply as it is now, with what its row shows."""
    return Reply.objects.select_related(*SHOWN).get(pk=pk)


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


def quotable(idea: Idea, pk: int | None) -> Reply | None:
    """A published reply of this aspirasi; None when there is none."""
    if pk is None:
        return None
    return (
        Reply.objects.filter(pk=pk, idea=idea, visibility=Visibility.PUBLISHED)
        .select_related("author__village")
        .first()
    )


def version_of(reply: Reply, pk: int) -> ReplyVersion:
    version = ReplyVersion.objects.select_related("reply__idea__project").filter(reply=reply, pk=pk)
    if (found := version.first()) is None:
        raise Http404("version")
    return found


def was_answered(reply: Reply) -> bool:
    """Whether somebody else has publicly answered a reply, or quoted it."""
    follows = Q(parent=reply.pk) | Q(quoted=reply.pk)
    if reply.parent_id:
        follows |= Q(parent=reply.parent_id, order__gt=reply.order or 0)
    others = Reply.objects.filter(follows, idea_id=reply.idea_id, order__isnull=False)
    return others.exclude(author_id=reply.author_id).exists()
