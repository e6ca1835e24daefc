"""The officers' desk of a session: what is asked, who is at it, what a moderator holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.http import seen_revision
from core.policy import require
from core.publishing import Visibility
from core.text import to_html
from forum.sessions import policy, rendering, selectors, services
from forum.sessions.forms import AloudForm, AnswerForm, HideForm, SkipForm
from forum.sessions.models import Question, Session
from participation.rendering import shown_author

CHANGES = 100
TOO_OLD = 2000

FORMS: dict[str, type[forms.Form]] = {
    "jawab": AnswerForm,
    "lisan": AloudForm,
    "lewati": SkipForm,
    "sembunyikan": HideForm,
}


@login_required
@require_safe
@never_cache
def session_desk(request: HttpRequest, pk: int) -> HttpResponse:
    session = selectors.session_for_page(request.user, pk)
    require(policy.may_use_desk(request.user, session))
    return render(request, "forum/sessions/desk.html", _desk_context(request, session))


@login_required
@require_safe
@never_cache
def session_desk_item(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """The desk with one question opened beside the lists."""
    question = selectors.question_for_page(request.user, pk, question_pk)
    require(policy.may_use_desk(request.user, question.session))
    return _item(request, question)


@login_required
@require_safe
@never_cache
def session_desk_changes(request: HttpRequest, pk: int) -> JsonResponse:
    """The tickets that changed since a revision; hidden ones leave their list."""
    session = selectors.session_for_page(request.user, pk)
    require(policy.may_use_desk(request.user, session))
    seen = seen_revision(request)
    if session.desk_revision - seen > TOO_OLD:
        return JsonResponse({"revision": session.desk_revision, "reload": True}, status=410)
    changed = selectors.desk_changed_since(session, seen, limit=CHANGES)
    more = len(changed) == CHANGES
    return JsonResponse(
        {
            "revision": min(changed[-1].desk_revision, session.desk_revision)
            if more
            else session.desk_revision,
            "more": more,
            "fragments": [rendering.ticket_fragment(question) for question in changed],
        }
    )


@login_required
@require_POST
def handle_question(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """Take up, let go, answer, skip; release or hide. What is typed stays when it cannot be.

    Who comes second is told who was first (409), and sees the question as it is now.
    """
    question = selectors.question_for_page(request.user, pk, question_pk)
    require(policy.may_use_desk(request.user, question.session))
    action = request.POST.get("tindakan", "")
    form = FORMS[action](request.POST) if action in FORMS else None
    if form is not None and not form.is_valid():
        return _item(request, question, action=action, form=form, status=422)
    carry_out = ACTIONS.get(action)
    if carry_out is None:
        return _item(request, question, status=422)
    try:
        said = carry_out(question, request.user, form.cleaned_data if form else {})
    except services.TakenByColleague as taken:
        stale = isinstance(taken, services.StaleAnswer)
        taken.question.session = question.session
        if stale and form is not None:
            typed = request.POST.copy()
            typed["version"] = str(getattr(getattr(taken.question, "answer", None), "version", 0))
            form.data = typed
        return _item(
            request, taken.question, action=action, form=form, status=409,
            too_late=True, stale=stale,
        )  # fmt: skip
    messages.success(request, said)
    stays = action in ("ambil", "terbitkan", "lepas", "jawab")
    if stays:
        return redirect("forum:session_desk_item", pk=pk, question_pk=question_pk)
    return redirect("forum:session_desk", pk=pk)


def _take_up(question: Question, by: Any, data: dict[str, Any]) -> str:
    services.take_up(question=question, by=by)
    return _("Semua melihat bahwa Anda menjawab pertanyaan ini.")


def _let_go(question: Question, by: Any, data: dict[str, Any]) -> str:
    services.let_go(question=question, by=by)
    return _("Pertanyaan kembali ke antrean.")


def _answer(question: Question, by: Any, data: dict[str, Any]) -> str:
    services.answer(question=question, by=by, body=data["body"], seen_version=data["version"])
    return _("Jawaban sudah tayang.")


def _aloud(question: Question, by: Any, data: dict[str, Any]) -> str:
    services.answer_aloud(question=question, by=by, note=data["note"])
    return _("Ditandai sudah dijawab lisan.")


def _skip(question: Question, by: Any, data: dict[str, Any]) -> str:
    services.skip(question=question, by=by, reason=data["reason"])
    return _("Pertanyaan dilewati. Penanya membaca alasannya.")


def _release(question: Question, by: Any, data: dict[str, Any]) -> str:
    if services.release_question(question=question, by=by):
        return _("Pertanyaan sudah tayang.")
    return _("Rekan Anda sudah menerbitkannya.")


def _hide(question: Question, by: Any, data: dict[str, Any]) -> str:
    done = services.hide_question(
        question=question, by=by, rule=data["rule"], message=data["message"]
    )
    return _("Pertanyaan disembunyikan.") if done else _("Rekan Anda sudah menyembunyikannya.")


ACTIONS: dict[str, Callable[[Question, Any, dict[str, Any]], str]] = {
    "ambil": _take_up,
    "lepas": _let_go,
    "jawab": _answer,
    "lisan": _aloud,
    "lewati": _skip,
    "terbitkan": _release,
    "sembunyikan": _hide,
}


def _item(
    request: HttpRequest,
    question: Question,
    *,
    action: str = "",
    form: forms.Form | None = None,
    status: int = 200,
    too_late: bool = False,
    stale: bool = False,
) -> HttpResponse:
    person, session = request.user, question.session
    standing = getattr(question, "answer", None)
    fresh = {
        "jawab": AnswerForm(
            initial={
                "body": standing.body if standing else "",
                "version": standing.version if standing else 0,
            }
        ),
        "lisan": AloudForm(),
        "lewati": SkipForm(),
        "sembunyikan": HideForm(),
    }
    if action and form is not None:
        fresh[action] = form  # type: ignore[assignment]
    context = {
        **_desk_context(request, session, current=question.pk),
        "question": question,
        "shown": shown_author(question),
        "body": to_html(question.body),
        "held": question.visibility == Visibility.HELD,
        "hidden": question.visibility == Visibility.HIDDEN,
        "mine": question.officer_id == person.pk,
        "standing": standing,
        "forms": fresh,
        "shown_form": action,
        "too_late": too_late,
        "stale": stale,
        "may_handle": policy.may_handle(person, question),
        "may_judge": policy.may_judge(person, question),
        "may_let_go": question.officer_id == person.pk
        or policy.may_schedule(person, session.project),
        "history": selectors.history(question),
        "hiding": selectors.last_hiding([question]).get(question.pk),
    }
    return render(request, "forum/sessions/desk.html", context, status=status)


def _desk_context(
    request: HttpRequest, session: Session, *, current: int | None = None
) -> dict[str, Any]:
    desk = selectors.desk(session)
    lists = desk.questions
    return {
        "session": session,
        "when": rendering.when(session),
        "state": session.state_now,
        "question": None,
        "held_tickets": rendering.tickets(desk.held, current=current),
        "now_tickets": rendering.tickets(lists.now, current=current),
        "queue_tickets": rendering.tickets(lists.queue, current=current),
        "record_tickets": rendering.tickets(lists.record, current=current),
        "more": bool(lists.next_queue),
        "may_direct": policy.may_direct(request.user, session),
        "may_edit": policy.may_edit(request.user, session),
    }
