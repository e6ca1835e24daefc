"""Questions and the head of a session as HTML, the same for every reader; officers' tickets."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import selectors as accounts_selectors
from core.live import Fragment
from core.publishing import Visibility
from core.text import stored_html, to_html
from forum.sessions.models import Question, Session
from participation.rendering import shown_author

KEPT_FOR = 3600
NOW, QUEUE, RECORD = "sedang", "antrean", "terjawab"


def list_of(question: Question) -> str:
    """The DOM id of the list in which a question stands."""
    if question.is_waiting:
        return QUEUE
    return NOW if question.state == Question.State.BEING_ANSWERED else RECORD


def order_of(question: Question) -> int:
    """The place within that list: the queue by supports, the others by when they came there."""
    return question.queue_order if question.is_waiting else question.place


def fragment(question: Question) -> Fragment:
    """A question as it is now; hidden, it leaves a tombstone where it is shown."""
    return {
        "id": f"tanya-{question.pk}",
        "list": list_of(question) if question.is_published else None,
        "order": order_of(question),
        "revision": question.revision,
        "html": question_html(question),
    }


def question_html(question: Question, *, supported: bool = False) -> SafeString:
    """One question. `supported` presses its button: for a page, never for a fragment."""
    answer = getattr(question, "answer", None)
    return render_to_string(
        "forum/sessions/_question.html",
        {
            "question": question,
            "session": question.session,
            "shown": shown_author(question),
            "body": to_html(question.body),
            "answer": answer if question.state == Question.State.ANSWERED else None,
            "answer_body": stored_html(answer.body_html) if answer else "",
            "order": order_of(question),
            "supported": supported,
        },
    )


# --- The head ------------------------------------------------------------------------------------


def head_fragment(session: Session) -> Fragment:
    """What the session is, when, who answers."""
    return {
        "id": "sesi",
        "list": None,
        "order": 0,
        "revision": session.head_revision,
        "html": head(session),
    }


def head(session: Session) -> SafeString:
    reasons = session.history.filter(new=Session.State.CANCELLED).order_by("-id")
    return render_to_string(
        "forum/sessions/_head.html",
        {
            "session": session,
            "state": session.state_now,
            "when": when(session),
            "starts_in": starts_in(session),
            "description": to_html(session.description),
            "officers": list(session.session_officers.all()),
            "cancelled": reasons.first() if session.is_cancelled else None,
        },
    )


def when(session: Session) -> str:
    """ "Kamis, 26 November, 19.00-20.00 WIB", in the city's own time; the year when it differs."""
    city = accounts_selectors.city()
    zone = ZoneInfo(city.time_zone)
    start, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    this_year = timezone.now().astimezone(zone).year
    pattern = _("l, j F") if start.year == this_year else _("l, j F Y")
    day, clock = formats.date_format(start, pattern), _("H.i")
    begins, ends = formats.date_format(start, clock), formats.date_format(end, clock)
    if start.date() != end.date():
        ends = f"{formats.date_format(end, pattern)}, {ends}"
        return f"{day}, {begins} - {ends} {city.time_zone_label}"
    return f"{day}, {begins}-{ends} {city.time_zone_label}"


def starts_in(session: Session) -> str:
    """ "dalam 2 jam": whole days from two days on, whole hours from one hour on, else minutes.

    Empty when the session is not to come. The browser counts on in the same way.
    """
    if not session.is_scheduled:
        return ""
    minutes = max(1, int((session.starts_at - timezone.now()).total_seconds() // 60))
    if minutes < 60:
        return ngettext("dalam %(n)d menit", "dalam %(n)d menit", minutes) % {"n": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("dalam %(n)d jam", "dalam %(n)d jam", hours) % {"n": hours}
    days = hours // 24
    return ngettext("dalam %(n)d hari", "dalam %(n)d hari", days) % {"n": days}


# --- The desk ------------------------------------------------------------------------------------


def desk_list_of(question: Question) -> str | None:
    """The DOM id of the officers' list; None when the question is in none."""
    if question.visibility == Visibility.HELD:
        return "meja-ditahan"
    if question.is_published:
        return f"meja-{list_of(question)}"
    return None


def ticket_fragment(question: Question) -> Fragment:
    place = desk_list_of(question)
    held = question.visibility == Visibility.HELD
    return {
        "id": f"tiket-{question.pk}",
        "list": place,
        "order": question.pk if held else order_of(question),
        "revision": question.desk_revision,
        "html": ticket(question) if place else "",
    }


def ticket(question: Question, *, current: bool = False) -> SafeString:
    held = question.visibility == Visibility.HELD
    return render_to_string(
        "forum/sessions/_ticket.html",
        {
            "question": question,
            "shown": shown_author(question),
            "order": question.pk if held else order_of(question),
            "held": held,
            "current": current,
        },
    )


def rows(questions: list[Question], *, supported: set[int]) -> list[SafeString]:
    """The rows of questions, from the cache where they are unchanged.

    Every visible change gives a question a new revision, so what is kept under it is never stale;
    at the beginning of an hour a thousand readers ask for the same rows.
    """
    names = accounts_selectors.names_version() if questions else ""
    keys = [_row_key(question, question.pk in supported, names) for question in questions]
    kept = cache.get_many(keys)
    fresh = {
        key: question_html(question, supported=question.pk in supported)
        for key, question in zip(keys, questions, strict=True)
        if key not in kept
    }
    cache.set_many(fresh, KEPT_FOR)
    kept |= fresh
    return [stored_html(kept[key]) for key in keys]


def _row_key(question: Question, supported: bool, names: str) -> str:
    flags = f"{supported:d}{question.session.is_over:d}"
    version = f"{question.revision}.{question.support_count}"
    return f"question-row:{question.pk}:{version}:{names}:{flags}:{get_language()}"


def tickets(questions: list[Question], *, current: Any = None) -> list[SafeString]:
    return [stored_html(ticket(question, current=question.pk == current)) for question in questions]
