"""A person's news as one mail: text and HTML, by place and thread, with a way out of it.

Subject and preview say that there is news and of which kind, nothing else: they stand on locked
screens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from accounts import selectors as accounts
from notifications import times
from notifications.categories import SUBJECTS, Cadence, Category
from notifications.models import Event

SALT = "notifications.unsubscribe"
# The head colour and the link colours of each city's pages; mail programs read no stylesheet.
COLOURS = {
    "pontianak": {"head": "#0a4b47", "link": "#0b5f59", "link_dark": "#73cfc1"},
    "salatiga": {"head": "#24491a", "link": "#34611f", "link_dark": "#a4d287"},
    "tanjungbalai": {"head": "#2a3669", "link": "#34437f", "link_dark": "#aebcf4"},
}


@dataclass(slots=True)
class Piece:
    """One piece of news in a thread."""

    text: str
    by: str
    at: datetime


@dataclass(slots=True)
class Thread:
    """The news of one thread, newest first."""

    title: str
    url: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(slots=True)
class Place:
    """The threads of one place, the one with the newest news first."""

    title: str
    threads: dict[str, Thread] = field(default_factory=dict)


def compose(
    person: Any,
    news: Sequence[tuple[Event, str]],
    *,
    cadence: str,
    number: int,
    connection: BaseEmailBackend | None = None,
) -> EmailMultiAlternatives:
    """The mail with this news (newest first, each with who is behind it), in the person's language.

    `number` names the mail: sent again after an accident it carries the same Message-ID.
    """
    categories = sorted({event.category for event, _by in news})
    with (
        translation.override(person.language or settings.LANGUAGE_CODE),
        timezone.override(times.zone()),
    ):
        way_out = absolute(reverse("notifications:unsubscribe", args=[token(person, categories)]))
        context = {
            "person": person,
            "city": accounts.city(),
            "places": _by_place(news),
            "count": len(news),
            "cadence": cadence,
            "labels": [str(Category(category).label) for category in categories],
            "colours": COLOURS.get(accounts.city().theme, COLOURS["pontianak"]),
            "site": absolute(""),
            "unsubscribe_url": way_out,
        }
        message = EmailMultiAlternatives(
            subject=subject([event for event, _by in news], cadence),
            body=render_to_string("emails/news.txt", context),
            from_email=settings.BOUNCE_EMAIL,
            to=[person.email],
            connection=connection,
            headers={
                "From": settings.DEFAULT_FROM_EMAIL,
                "Message-ID": f"<kabar.{number}@{_domain()}>",
                "List-Id": f"{accounts.city().name} <kabar.{_domain()}>",
                "List-Unsubscribe": f"<{way_out}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
                "Precedence": "bulk",
            },
        )
        message.attach_alternative(render_to_string("emails/news.html", context), "text/html")
    return message


def token(person: Any, categories: Sequence[str]) -> str:
    """What the way out of a mail carries: whose mail it is, and of which kinds."""
    return signing.Signer(salt=SALT).sign(".".join([str(person.pk), *categories]))


def read_token(value: str) -> tuple[int, list[str]] | None:
    """Whose mail and which kinds; None when not made here. It never expires: mail is kept."""
    try:
        person_id, *categories = signing.Signer(salt=SALT).unsign(value).split(".")
    except signing.BadSignature:
        return None
    return int(person_id), [name for name in categories if name in Category.values]


def absolute(path: str) -> str:
    """An address of this forum as it is written in mail."""
    return f"{settings.SITE_ORIGINS[0]}{path}"


def _by_place(news: Sequence[tuple[Event, str]]) -> list[Place]:
    places: dict[str, Place] = {}
    for event, by in news:
        place = places.setdefault(event.place_title, Place(event.place_title))
        url = absolute(event.url)
        thread = place.threads.setdefault(event.thread_key, Thread(event.thread_title, url))
        thread.pieces.append(Piece(event.text, by, event.created_at))
    return list(places.values())


def subject(events: Sequence[Event], cadence: str) -> str:
    """What stands on the outside: which kind of news, or how many pieces of it."""
    if len(events) == 1:
        return str(SUBJECTS[Category(events[0].category)])
    counted = {"number": len(events)}
    if cadence == Cadence.WEEKLY:
        return (
            ngettext("%(number)d kabar minggu ini", "%(number)d kabar minggu ini", len(events))
            % counted
        )
    return (
        ngettext("%(number)d kabar untuk Anda", "%(number)d kabar untuk Anda", len(events))
        % counted
    )


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
