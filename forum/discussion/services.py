"""What happens to a reply: submitted, published, edited, hidden, taken back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core import live, publishing, text
from core.live import Fragment
from core.policy import require
from core.publishing import Visibility
from forum.clock import services as clock
from forum.discussion import mentions, policy, rendering, selectors
from forum.discussion.models import Mention, Reply, ReplyVersion
from forum.disposition import services as disposition
from forum.moderation import cases
from forum.notify import news
from forum.screening import services as screening
from participation import policy as participation_policy
from participation import services as participation

if TYPE_CHECKING:
    from participation.models import Idea


# Past this many rows a change is fetched instead of pushed.
MOST_PUSHED = 10
MOST_WRITING = 20


class StaleEdit(Exception):
    """The text was changed elsewhere since this form was opened."""


@transaction.atomic
def submit_reply(
    *,
    author: Any,
    idea: Idea,
    body: str,
    client_key: UUID,
    parent: Reply | None = None,
    shown_as: str = "name",
    stance: str = "",
    quoted: Reply | None = None,
    quote: str = "",
) -> Reply:
    """Store a reply, held; screen it; publish it, or put it on the moderation desk.

    A civil servant always speaks under name and unit. The same client key from the same author
    gives the first reply back, with the newer text. `parent` must be a published top-level reply
    of the aspirasi. A `stance` is kept where it may be taken, else dropped. `quote` must be a
    passage of `quoted`, a published reply of the aspirasi. Raises screening.Blocked, with nothing
    stored, when the text goes back to its writer.
    """
    require(policy.may_reply(author, idea))
    unit = accounts_selectors.unit_of(author)
    named = mentions.named_in(body, idea=idea, author=author)
    reply = Reply(
        idea=idea,
        parent=parent,
        author=author,
        client_key=client_key,
        body=body,
        body_html=text.to_html(body, names=[name.typed for name in named]),
        quoted=quoted if quote else None,
        quote=quote,
        shown_as="name" if unit else shown_as,
        as_unit=unit,
        stance=stance if parent is None and policy.may_take_stance(author, idea) else "",
    )
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError:
        first = Reply.objects.filter(author=author, client_key=client_key).first()
        if first is None:
            raise
        return _sent_again(first, body)
    _note_mentions(reply, named)
    screened = _screened(reply, author)
    if screened.holds:
        cases.open_case(reply, cause="held", findings=screened.findings)
    elif cases.is_first_post(author, idea.project):
        cases.open_case(reply, cause="first", findings=screened.findings)
    else:
        publish_reply(reply=reply)
        if screened.flags:
            cases.open_case(reply, cause="screened", findings=screened.findings)
    return reply


def _screened(reply: Reply, by: Any) -> screening.Screening:
    """What the screening says of a reply as it is now; raises Blocked."""
    project = reply.idea.project
    post = {"author": by, "project": project, "kind": "reply", "post_id": reply.pk}
    screened = screening.check(reply.body, **post)
    screening.remember(reply.body, **post)
    return screened


def note_writing(*, person: Any, idea: Idea) -> None:
    """Somebody is writing a reply: shown to the other readers as a count for eight seconds.

    At most once in four seconds a person, and twenty times in two seconds a page: what more would
    tell, the count tells already. Never stored.
    """
    require(policy.may_reply(person, idea))
    moment = f"writing:{idea.pk}:{int(time.time() / 2)}"
    cache.add(moment, 0, 10)
    if cache.incr(moment) <= MOST_WRITING:
        live.tell_writing(idea.topic, person.pk)


def may_note_writing(person: Any, idea_pk: int) -> bool:
    """Whether it is time to note again that this person writes. Asked before anything is read."""
    return cache.add(f"writing:{idea_pk}:by:{person.pk}", 1, 4)


def note_written(*, person: Any, idea: Idea) -> None:
    """The reply is sent: if that was told, it is over."""
    if cache.delete(f"writing:{idea.pk}:by:{person.pk}"):
        live.tell_writing(idea.topic, person.pk, over=True)


def _sent_again(first: Reply, body: str) -> Reply:
    """The answer to the first send was lost. What the author changed since counts as an edit."""
    if first.body != body and policy.may_edit(first.author, first):
        edit_reply(reply=first, by=first.author, body=body, seen_version=first.version)
    return first


@transaction.atomic
def publish_reply(*, reply: Reply) -> bool:
    """Make a reply public, or public again. False when somebody else already did."""
    since = (Visibility.HELD, Visibility.HIDDEN)
    is_first_response = disposition.replied(reply=reply)
    if not _move(reply, to=Visibility.PUBLISHED, since=since, replies=1):
        return False
    if is_first_response:
        clock.show(reply.idea)
    news.reply_published(reply)
    news.mentioned(reply)
    return True


@transaction.atomic
def hide_reply(*, reply: Reply) -> bool:
    """Leave a tombstone in the place of a reply. False when it was not in sight."""
    return _take_out_of_sight(reply, to=Visibility.HIDDEN)


@transaction.atomic
def edit_reply(*, reply: Reply, by: Any, body: str, seen_version: int) -> None:
    """Change the text within the time to edit; the old text stays in the history.

    Raises StaleEdit when another window was faster. A text that the screening stops is taken out
    of sight until a moderator has looked at it.
    """
    require(policy.may_edit(by, reply))
    _lock(reply)
    reply.refresh_from_db(fields=["visibility", "body"])
    old, was_public = reply.body, reply.is_published
    named = mentions.named_in(body, idea=reply.idea, author=by)
    changed = Reply.objects.filter(pk=reply.pk, version=seen_version).update(
        body=body,
        body_html=text.to_html(body, names=[name.typed for name in named]),
        edited_at=timezone.now(),
        version=seen_version + 1,
    )
    if not changed:
        raise StaleEdit
    ReplyVersion.objects.create(
        reply=reply, body=old, is_open=was_public and _may_stay_readable(reply, old, by)
    )
    _note_mentions(reply, named)
    reply.refresh_from_db()
    screened = _screened(reply, by)
    if screened.holds:
        _move(reply, to=Visibility.HELD, since=(Visibility.PUBLISHED,), replies=-1)
        cases.open_case(reply, cause="held", findings=screened.findings)
    elif reply.is_published:
        news.mentioned(reply)
        _announce(reply, participation.count_change(reply.idea))
        if screened.flags:
            cases.open_case(reply, cause="screened", findings=screened.findings)
    cases.text_changed(reply)


def _may_stay_readable(reply: Reply, old: str, by: Any) -> bool:
    """Whether everybody may go on reading a text that was changed.

    Only one that others have answered or quoted, and only when the screening finds nothing in it:
    what a resident takes out of a text is often a telephone number.
    """
    return selectors.was_answered(reply) and not screening.findings(old, author=by)


def _note_mentions(reply: Reply, named: list[mentions.Named]) -> None:
    """Store whom the text names now; who stays named stays stored."""
    people = {person for name in named for person in name.people}
    reply.mentions.exclude(person__in=people).delete()
    Mention.objects.bulk_create(
        [Mention(reply=reply, person_id=person) for person in people], ignore_conflicts=True
    )


@transaction.atomic
def close_version(*, version: ReplyVersion, by: Any) -> bool:
    """Leave an earlier text to its author and the moderators; False when it already was theirs.

    That there was a change, and when, stays to be seen.
    """
    require(policy.may_read_every_version(by, version.reply))
    open_ = ReplyVersion.objects.filter(pk=version.pk, is_open=True, closed_at=None)
    return bool(open_.update(closed_by=by, closed_at=timezone.now()))


@transaction.atomic
def revise_reply(*, reply: Reply, body: str) -> None:
    """Store what an author was asked to change, of a reply that nobody else can read."""
    old = reply.body
    named = mentions.named_in(body, idea=reply.idea, author=reply.author)
    changed = Reply.objects.filter(pk=reply.pk).exclude(visibility=Visibility.PUBLISHED)
    if changed.update(
        body=body,
        body_html=text.to_html(body, names=[name.typed for name in named]),
        edited_at=timezone.now(),
        version=F("version") + 1,
    ):
        ReplyVersion.objects.create(reply=reply, body=old)
        _note_mentions(reply, named)
    reply.refresh_from_db()


@transaction.atomic
def withdraw_reply(*, reply: Reply, by: Any) -> bool:
    """The author takes a reply back; a tombstone stays. False when it was already gone."""
    require(policy.may_withdraw(by, reply))
    return _take_out_of_sight(reply, to=Visibility.WITHDRAWN)


def _take_out_of_sight(reply: Reply, *, to: Visibility) -> bool:
    """Public: leaves a tombstone, seen live. Held: nobody saw it, nobody is told."""
    if _move(reply, to=to, since=(Visibility.PUBLISHED,), replies=-1):
        return True
    return publishing.claim(reply, to=to, since=(Visibility.HELD,))


def _move(reply: Reply, *, to: Visibility, since: tuple[Visibility, ...], replies: int) -> bool:
    """Move a reply into or out of sight as one change of the page; False when it already was.

    Last in the transaction.
    """
    _lock(reply)
    if not Reply.objects.filter(pk=reply.pk, visibility__in=since).exists():
        return False
    revision = participation.count_change(reply.idea, replies=replies)
    publishing.claim(
        reply, to=to, since=since, revision=revision, order=Coalesce("order", revision)
    )
    _announce(reply, revision)
    return True


def _lock(reply: Reply) -> None:
    """Lock a reply and those that quote it, before the aspirasi, in every service.

    So no two of them wait for each other. What is hidden or changed is hidden in the quotes too.
    """
    # A stronger lock would block the database's own look at the source when a quote is saved twice.
    rows = Reply.objects.select_for_update(no_key=True)
    rows = rows.filter(Q(pk=reply.pk) | Q(quoted=reply.pk))
    list(rows.order_by("pk").values_list("pk", flat=True))


def _announce(reply: Reply, revision: int) -> None:
    """Note the change at a reply and at those that quote it, and send them to who is reading."""
    quotes = Reply.objects.filter(quoted=reply.pk, order__isnull=False)
    keys = [reply.pk, *quotes.values_list("pk", flat=True)]
    Reply.objects.filter(pk__in=keys).update(revision=revision)
    if len(keys) > MOST_PUSHED:
        live.poke(reply.idea.topic, revision)
        return
    is_open = participation_policy.takes_replies(reply.idea.project)

    def fragments() -> list[Fragment]:
        return [rendering.fragment(selectors.fresh(key), is_open=is_open) for key in keys]

    live.push(reply.idea.topic, revision, fragments)
