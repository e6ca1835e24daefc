"""What happens to a reply: submitted, published, edited, hidden, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import selectors as accounts_selectors
from core import live, publishing, text
from core.live import Fragment
from core.policy import require
from core.publishing import Visibility
from forum.discussion import policy, rendering, selectors
from forum.discussion.models import Reply, ReplyVersion
from forum.moderation import cases, screening
from forum.notify import news
from participation import policy as participation_policy
from participation import services as participation

if TYPE_CHECKING:
    from participation.models import Idea


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
) -> Reply:
    """Store a reply, held; screen it; publish it, or put it on the moderation desk.

    A civil servant always speaks under name and unit. The same client key from the same author
    gives the first reply back, with the newer text. `parent` must be a published top-level reply
    of the aspirasi.
    """
    require(policy.may_reply(author, idea))
    unit = accounts_selectors.unit_of(author)
    reply = Reply(
        idea=idea,
        parent=parent,
        author=author,
        client_key=client_key,
        body=body,
        body_html=text.to_html(body),
        shown_as="name" if unit else shown_as,
        as_unit=unit,
    )
    try:
        with transaction.atomic():
            reply.save()
    except IntegrityError:
        first = Reply.objects.filter(author=author, client_key=client_key).first()
        if first is None:
            raise
        return _sent_again(first, body)
    findings = screening.findings(body, author=author)
    if findings:
        cases.open_case(reply, cause="held", findings=findings)
    elif cases.is_first_post(author, idea.project):
        cases.open_case(reply, cause="first")
    else:
        publish_reply(reply=reply)
    return reply


def _sent_again(first: Reply, body: str) -> Reply:
    """The answer to the first send was lost. What the author changed since counts as an edit."""
    if first.body != body and policy.may_edit(first.author, first):
        edit_reply(reply=first, by=first.author, body=body, seen_version=first.version)
    return first


@transaction.atomic
def publish_reply(*, reply: Reply) -> bool:
    """Make a reply public, or public again. False when somebody else already did."""
    since = (Visibility.HELD, Visibility.HIDDEN)
    if not _move(reply, to=Visibility.PUBLISHED, since=since, replies=1):
        return False
    news.reply_published(reply)
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
    old = reply.body
    changed = Reply.objects.filter(pk=reply.pk, version=seen_version).update(
        body=body,
        body_html=text.to_html(body),
        edited_at=timezone.now(),
        version=seen_version + 1,
    )
    if not changed:
        raise StaleEdit
    ReplyVersion.objects.create(reply=reply, body=old)
    reply.refresh_from_db()
    findings = screening.findings(body, author=by)
    if findings:
        _move(reply, to=Visibility.HELD, since=(Visibility.PUBLISHED,), replies=-1)
        cases.open_case(reply, cause="held", findings=findings)
    elif reply.is_published:
        revision = participation.count_change(reply.idea)
        Reply.objects.filter(pk=reply.pk).update(revision=revision)
        _push(reply, revision)


@transaction.atomic
def revise_reply(*, reply: Reply, body: str) -> None:
    """Store what an author was asked to change, of a reply that nobody else can read."""
    old = reply.body
    changed = Reply.objects.filter(pk=reply.pk).exclude(visibility=Visibility.PUBLISHED)
    if changed.update(
        body=body,
        body_html=text.to_html(body),
        edited_at=timezone.now(),
        version=F("version") + 1,
    ):
        ReplyVersion.objects.create(reply=reply, body=old)
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

    The reply is locked first, then the aspirasi, in every service: no two of them wait for each
    other. Last in the transaction.
    """
    rows = Reply.objects.select_for_update(no_key=True).filter(pk=reply.pk, visibility__in=since)
    if rows.values_list("pk", flat=True).first() is None:
        return False
    revision = participation.count_change(reply.idea, replies=replies)
    publishing.claim(
        reply, to=to, since=since, revision=revision, order=Coalesce("order", revision)
    )
    _push(reply, revision)
    return True


def _push(reply: Reply, revision: int) -> None:
    """Send the row to who is reading, after commit."""
    is_open = participation_policy.takes_replies(reply.idea.project)

    def fragments() -> list[Fragment]:
        return [rendering.fragment(selectors.fresh(reply.pk), is_open=is_open)]

    live.push(reply.idea.topic, revision, fragments)
