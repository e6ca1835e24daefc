"""Replies as HTML: the same for every reader, rendered once, kept by revision."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import md5
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts import selectors as accounts_selectors
from core.live import Fragment
from core.text import stored_html
from forum.discussion import quotes, selectors
from forum.discussion.models import Reply
from forum.discussion.selectors import Discussion, Thread, Wanted
from participation import policy as participation_policy
from participation.rendering import shown_author

if TYPE_CHECKING:
    from participation.models import Idea

KEPT_FOR = 3600


def discussion(idea: Idea, wanted: Wanted) -> tuple[SafeString, int | None]:
    """The threads of a page as HTML, and where the next page starts."""
    return _kept(idea, f"{wanted}", lambda: _page(idea, selectors.page(idea, wanted), wanted))


def columns(idea: Idea, *, newest_first: bool) -> dict[str, tuple[SafeString, int | None]]:
    """The first threads of each stance as HTML, and where those after them start."""

    def render() -> dict[str, tuple[str, int | None]]:
        found = selectors.by_stance(idea, newest_first=newest_first)
        return {stance: _page(idea, page, Wanted()) for stance, page in found.items()}

    kept = _kept(idea, f"columns:{newest_first:d}", render)
    return {stance: (stored_html(html), next_order) for stance, (html, next_order) in kept.items()}


def stance_counts(idea: Idea) -> dict[str, int]:
    """How many replies carry each stance."""
    counts: dict[str, int] = _kept(idea, "stances", lambda: selectors.stance_counts(idea))
    return counts


def _kept(idea: Idea, what: str, render: Callable[[], Any]) -> Any:
    """What was rendered before, or now.

    Every visible change gives the aspirasi a new revision, and every change of a name a new version
    of the names, so what is kept under both is never stale.
    """
    open_ = participation_policy.takes_replies(idea.project)
    names = accounts_selectors.names_version()
    name = md5(what.encode(), usedforsecurity=False).hexdigest()
    key = f"discussion:{idea.pk}:{idea.revision}:{names}:{name}:{open_:d}:{get_language()}"
    kept = cache.get(key)
    if kept is None:
        kept = render()
        cache.set(key, kept, KEPT_FOR)
    return kept


def _page(idea: Idea, page: Discussion, wanted: Wanted) -> tuple[SafeString, int | None]:
    is_open = participation_policy.takes_replies(idea.project)
    html = "".join(
        reply_html(thread.reply, thread=thread, is_open=is_open, wanted=wanted)
        for thread in page.threads
    )
    return stored_html(html), page.next_order


def fragment(reply: Reply, *, is_open: bool) -> Fragment:
    """One reply, without the answers to it: the page keeps those it has."""
    return {
        "id": f"balasan-{reply.pk}",
        "list": f"balasan-{reply.parent_id}-anak" if reply.parent_id else "balasan",
        "order": reply.order or 0,
        "revision": reply.revision,
        "html": reply_html(reply, is_open=is_open),
    }


def reply_html(
    reply: Reply, *, is_open: bool, thread: Thread | None = None, wanted: Wanted | None = None
) -> str:
    """A reply; with its `thread` also the first answers to it and the way to the others."""
    answers = [reply_html(answer, is_open=is_open) for answer in thread.children] if thread else []
    alone = bool(wanted and wanted.thread)
    return render_to_string(
        "forum/_reply.html",
        {
            "reply": reply,
            "quote": shown_quote(reply),
            "body": stored_html(reply.body_html),
            "children": [stored_html(answer) for answer in answers],
            "more": thread.more if thread else None,
            "starts_late": alone and wanted.from_order is not None,  # type: ignore[union-attr]
            "is_open": is_open,
        },
    )


def shown_quote(reply: Reply) -> quotes.Quote | None:
    return quotes.shown(reply, shown_author(reply.quoted).name) if reply.quoted else None
