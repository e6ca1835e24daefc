"""The forum's addresses and the bare ones that it is measured against."""

import time
from html.parser import HTMLParser

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from core import live
from forum import views as forum
from participation.models import Idea
from tests.bench.usual import GROUP

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def rows(request: HttpRequest) -> HttpResponse:
    """One query, 30 rows, a plain template: as little as a page of rows can be in Django."""
    columns = ("id", "title", "body", "support_count", "reply_count", "status", "published_at")
    found = Idea.objects.filter(visibility="published").order_by("-published_at", "-id")
    return render(request, "bench/rows.html", {"rows": found.values(*columns)[:30]})


def text(request: HttpRequest, pk: int) -> HttpResponse:
    """The words of an aspirasi's page and nothing else: no styles, no scripts, no pictures."""
    return render(request, "bench/text.html", {"lines": _words(request, pk)})


def broadcast(request: HttpRequest, pk: int) -> JsonResponse:
    """Send a 2 KB reply to who watches an aspirasi, by the forum's own way; says when it began."""
    began = time.monotonic()
    live.push(f"idea.{pk}", 1, lambda: [_reply()])
    return JsonResponse({"began": began})


def usual_broadcast(request: HttpRequest) -> JsonResponse:
    """The same reply to a group that every socket is a member of."""
    began = time.monotonic()
    event = {"type": "news", "revision": 1, "fragments": [_reply()]}
    async_to_sync(get_channel_layer().group_send)(GROUP, event)
    return JsonResponse({"began": began})


def _reply() -> live.Fragment:
    html = "<li>" + "Setuju, sekalian lampunya. " * 75 + "</li>"
    return {"id": "balasan-1", "list": "balasan", "order": 1, "revision": 1, "html": html}


class _Lines(HTMLParser):
    """The visible texts of a page, in order."""

    silent = ("script", "style", "title", "option")

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.silent:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not self.open:
            self.lines.append(" ".join(data.split()))


_known: dict[int, list[str]] = {}


def _words(request: HttpRequest, pk: int) -> list[str]:
    if pk not in _known:
        parser = _Lines()
        parser.feed(forum.idea(request, pk).content.decode())
        _known[pk] = parser.lines
    return _known[pk]


urlpatterns = [
    *urlpatterns,
    path("bench/rows/", rows),
    path("bench/text/<number:pk>/", text),
    path("bench/broadcast/<number:pk>/", broadcast),
    path("bench/usual-broadcast/", usual_broadcast),
]
