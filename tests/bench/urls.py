"""The forum's addresses and the bare ones that it is measured against."""

import json
import time
from html.parser import HTMLParser

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from accounts.models import Person
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from core import live
from forum import views as forum
from forum.sessions import rendering as sessions_rendering
from forum.sessions import selectors as sessions_selectors
from forum.sessions import services as sessions
from forum.sessions.models import Question
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


def answer(request: HttpRequest, pk: int, officer_pk: int) -> JsonResponse:
    """Answer the next question of a session by the forum's own way; says when it was committed."""
    committed: list[float] = []
    waiting = Question.objects.filter(session_id=pk, state="waiting").order_by("pk")
    with transaction.atomic():
        # The first to be called after the commit: rendering and sending come behind it.
        transaction.on_commit(lambda: committed.append(time.monotonic()))
        question = sessions.answer(
            question=sessions_selectors.fresh(waiting[0].pk),
            by=Person.objects.get(pk=officer_pk),
            body=ANSWER,
            seen_version=0,
        )
    return JsonResponse({"began": committed[0], "bytes": len(_frame(question.pk))})


def usual_answer(request: HttpRequest, pk: int) -> JsonResponse:
    """The same bytes as the last answer of a session, sent to a group of all sockets."""
    last = Question.objects.filter(session_id=pk, state="answered").order_by("-place")[0]
    event = {**json.loads(_frame(last.pk)), "type": "news"}
    began = time.monotonic()
    async_to_sync(get_channel_layer().group_send)(GROUP, event)
    return JsonResponse({"began": began, "bytes": len(json.dumps(event))})


def _frame(question_pk: int) -> str:
    shown = sessions_rendering.fragment(sessions_selectors.fresh(question_pk))
    frame = {"type": "push", "revision": shown["revision"], "fragments": [shown]}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


ANSWER = "Terima kasih. Lampu di sisi timur dipasang setelah pengadaan selesai. " * 6


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
    path("bench/answer/<number:pk>/<number:officer_pk>/", answer),
    path("bench/usual-answer/<number:pk>/", usual_answer),
]
