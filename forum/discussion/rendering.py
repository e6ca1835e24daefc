"""Replies as HTML: the same for every reader, rendered once, kept by revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts import selectors as accounts_selectors
from core.live import Fragment
from core.text import stored_html
from forum.discussion import selectors
from forum.discussion.models import Reply
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Idea

KEPT_FOR = 3600


def discussion(idea: Idea, *, from_order: int = 0) -> tuple[SafeString, int | None, bool]:
    """The threads of a page as HTML, where the next page starts, and whether it starts late.

    Every visible change gives the aspirasi a new revision, and every change of a name a new version
    of the names, so what is kept under both is never stale.
    """
    open_ = participation_policy.takes_replies(idea.project)
    names = accounts_selectors.names_version()
    key = f"discussion:{idea.pk}:{idea.revision}:{names}:{from_order}:{open_:d}:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        page = selectors.page(idea, from_order=from_order)
        html = "".join(
            reply_html(thread.reply, children=thread.children, is_open=open_)
            for thread in page.threads
        )
        kept = (html, page.next_order, page.starts_late)
        cache.set(key, kept, KEPT_FOR)
    html, next_order, starts_late = kept
    return stored_html(html), next_order, starts_late


def fragment(reply: Reply, *, is_open: bool) -> Fragment:
    """One reply, without the answers to it: the page keeps those it has."""
    return {
        "id": f"balasan-{reply.pk}",
        "list": f"balasan-{reply.parent_id}-anak" if reply.parent_id else "balasan",
        "order": reply.order or 0,
        "revision": reply.revision,
        "html": reply_html(reply, is_open=is_open),
    }


def reply_html(reply: Reply, *, children: list[Reply] | None = None, is_open: bool) -> str:
    answers = [reply_html(child, is_open=is_open) for child in children or []]
    return render_to_string(
        "forum/_reply.html",
        {
            "reply": reply,
            "body": stored_html(reply.body_html),
            "children": [stored_html(answer) for answer in answers],
            "is_open": is_open,
        },
    )
