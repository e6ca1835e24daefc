"""The staff's tasks: the list, one aspirasi with its acts and notes; and what a resident adds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import selectors as accounts_selectors
from core.http import whole_number
from core.policy import Decision, require
from core.text import to_html
from forum.answers import policy as answers_policy
from forum.clock import selectors as clock_selectors
from forum.disposition import news, policy, selectors, services
from forum.disposition.forms import (
    ActForm,
    AssignForm,
    CompletionForm,
    HandOverForm,
    NoteForm,
    RefuseForm,
    ReturnForm,
    RouteForm,
)
from forum.disposition.models import Disposition, State
from notifications import selectors as notifications_selectors
from notifications import services as notifications_services
from participation import selectors as participation_selectors


class Act(NamedTuple):
    """One thing that can be done with a task: who may, by which form, through which service."""

    form: type[ActForm]
    may: Callable[[Any, Disposition], Decision]
    do: Callable[..., None]


def _route(form: Any, **common: Any) -> None:
    data = form.cleaned_data
    supporting = [form.units[pk] for pk in data["supporting"]]
    services.route(
        unit=form.units[data["unit"]], supporting=supporting, reason=data["reason"], **common
    )


def _assign(form: Any, **common: Any) -> None:
    data = form.cleaned_data
    services.assign(officer=form.officers[data["officer"]], reason=data["reason"], **common)


def _hand_over(form: Any, **common: Any) -> None:
    data = form.cleaned_data
    services.hand_over(unit=form.units[data["unit"]], reason=data["reason"], **common)


ACTS = {
    "verifikasi": Act(ActForm, policy.may_verify, lambda form, **c: services.verify(**c)),
    "kembalikan": Act(
        ReturnForm,
        policy.may_verify,
        lambda form, **c: services.return_to_resident(missing=form.cleaned_data["missing"], **c),
    ),
    "teruskan": Act(RouteForm, policy.may_route, _route),
    "tugaskan": Act(AssignForm, policy.may_assign, _assign),
    "alihkan": Act(HandOverForm, policy.may_assign, _hand_over),
    "tolak": Act(
        RefuseForm,
        policy.may_assign,
        lambda form, **c: services.refuse(reason=form.cleaned_data["reason"], **c),
    ),
}


@login_required
@require_safe
@never_cache
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for this person, in tabs, the nearest due date first."""
    require(policy.may_use_tasks(request.user))
    rules = clock_selectors.time_rules()
    verifies = policy.may_verify_anything(request.user)
    usual = "verifikasi" if verifies else "saya"
    tab = request.GET.get("tab", usual)
    units = list(accounts_selectors.units())
    chosen = request.GET.get("unit", "")
    unit = next((each for each in units if each.slug == chosen), None)
    page = selectors.tasks(
        request.user,
        tab=tab if tab in selectors.TABS else usual,
        unit=unit,
        cursor=request.GET.get("kursor", ""),
        today=rules.today,
    )
    context = {
        "tab": tab if tab in selectors.TABS else usual,
        "tabs": [
            (name, label, page.counts[name])
            for name, label in (
                ("verifikasi", _("Perlu verifikasi")),
                ("saya", _("Milik saya")),
                ("menunggu", _("Menunggu")),
                ("lewat", _("Lewat batas")),
            )
            if verifies or name != "verifikasi"
        ],
        "unit": unit,
        "units": units,
        "rows": [(task, _ring(task, rules)) for task in page.tasks],
        "next_cursor": page.next_cursor,
        "first": "kursor" not in request.GET,
    }
    return render(request, "forum/tasks.html", context)


@login_required
@require_safe
@never_cache
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """One aspirasi as the offices see it: where it is, what can be done, what was done, notes."""
    require(policy.may_use_tasks(request.user))
    shown = selectors.task_for_page(request.user, pk)
    thread = news.thread_key(pk)
    if notifications_selectors.badge(request.user, thread_key=thread).of_thread:
        notifications_services.mark_seen(person=request.user, thread_key=thread)
    return render(request, "forum/task.html", _task_context(request, shown))


@login_required
@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Move it on. Who comes second is told who did what, and keeps what was typed."""
    require(policy.may_use_tasks(request.user))
    shown = selectors.task_for_page(request.user, pk)
    if act not in ACTS:
        raise Http404("act")
    chosen = ACTS[act]
    form = chosen.form(request.POST, task=shown)
    seen = whole_number(request.POST.get("version"))
    if seen is not None and seen != shown.version:
        # Asked first: what somebody else did may have taken the right or the choice away.
        return _again(request, shown, act, form, overtaken=True)
    require(chosen.may(request.user, shown))
    if not form.is_valid():
        return _again(request, shown, act, form, overtaken=False)
    try:
        chosen.do(
            form,
            disposition=shown,
            by=request.user,
            seen_version=form.cleaned_data["version"],
        )
    except services.Overtaken:
        shown = selectors.task_for_page(request.user, pk)
        return _again(request, shown, act, form, overtaken=True)
    messages.success(request, _("Tersimpan."))
    return redirect("forum:task", pk=pk)


@login_required
@require_POST
def write_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Note something for colleagues."""
    require(policy.may_use_tasks(request.user))
    shown = selectors.task_for_page(request.user, pk)
    form = NoteForm(request.POST, colleagues=selectors.colleagues(shown))
    if not form.is_valid():
        return render(
            request, "forum/task.html", _task_context(request, shown, note_form=form), status=422
        )
    note = services.write_note(
        disposition=shown,
        by=request.user,
        body=form.cleaned_data["body"],
        client_key=form.cleaned_data["client_key"],
        mentions=form.cleaned_data["mentions"],
    )
    return redirect(f"{reverse('forum:task', args=[pk])}#catatan-{note.pk}")


@login_required
@require_POST
def withdraw_note(request: HttpRequest, pk: int) -> HttpResponse:
    note = selectors.note_for_page(request.user, pk)
    services.withdraw_note(note=note, by=request.user)
    messages.success(request, _("Catatan ditarik."))
    return redirect("forum:task", pk=note.disposition.idea_id)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def complete_idea(request: HttpRequest, pk: int) -> HttpResponse:
    """The author adds what was missing. Too late or twice: said so, and what was typed stays."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    disposition = selectors.of_idea(shown)
    if disposition is None or shown.author_id != request.user.pk:
        raise Http404("disposition")
    may_complete = policy.may_complete(request.user, disposition)
    form = CompletionForm(
        request.POST or None, request.FILES or None, initial={"version": disposition.version}
    )
    context = {
        "idea": shown,
        "disposition": disposition,
        "form": form,
        "may_complete": may_complete,
        "closed": disposition.state == State.CLOSED,
    }
    if request.method != "POST":
        return render(request, "forum/complete_idea.html", context)
    if not may_complete:
        return render(request, "forum/complete_idea.html", context, status=409)
    if not form.is_valid():
        return render(request, "forum/complete_idea.html", context, status=422)
    try:
        services.complete(
            disposition=disposition,
            by=request.user,
            seen_version=form.cleaned_data["version"],
            text=form.cleaned_data["text"],
            photos=form.cleaned_data["photos"],
        )
    except services.Overtaken:
        disposition = context["disposition"] = selectors.of_idea(shown)
        context["may_complete"] = policy.may_complete(request.user, disposition)
        form.data = {**form.data.dict(), "version": disposition.version}  # type: ignore[attr-defined,union-attr]
        form.add_error(None, _("Ada perubahan sejak halaman ini dibuka. Baca lagi, lalu kirim."))
        return render(request, "forum/complete_idea.html", context, status=409)
    messages.success(request, _("Terima kasih. Petugas melanjutkan pemeriksaan."))
    return redirect("forum:idea", pk=pk)


def _again(
    request: HttpRequest, shown: Disposition, act: str, form: ActForm, *, overtaken: bool
) -> HttpResponse:
    """The page with the form as it was filled in: 422, or 409 with who did what."""
    form.task = shown
    if overtaken:
        form.renewed()
    context = _task_context(request, shown, acted=(act, form))
    context["overtaken"] = list(shown.changes.all())[-1] if overtaken else None
    return render(request, "forum/task.html", context, status=409 if overtaken else 422)


def _task_context(
    request: HttpRequest,
    shown: Disposition,
    *,
    acted: tuple[str, ActForm] | None = None,
    note_form: NoteForm | None = None,
) -> dict[str, Any]:
    person = request.user
    forms = {name: each.form(task=shown) for name, each in ACTS.items() if each.may(person, shown)}
    if shown.state != State.RECEIVED:
        forms.pop("verifikasi", None)
    lost = None
    if acted:
        name, form = acted
        if name in forms:
            forms[name] = form
        else:
            lost = form
    clocks = clock_selectors.of_idea(shown.idea)
    clock = clock_selectors.current(clocks)
    rules = clock_selectors.time_rules()
    return {
        "task": shown,
        "idea": shown.idea,
        "body": to_html(shown.idea.body),
        "clock": clock,
        "ring": rules.ring(clock) if clock and clock.is_running else None,
        "acts": forms,
        "opened": acted[0] if acted else request.GET.get("tindakan", ""),
        "lost": lost,
        "may_answer": answers_policy.may_answer(person, shown.idea),
        "changes": list(shown.changes.all()),
        "notes": list(shown.notes.all()),
        "note_form": note_form
        or NoteForm(
            initial={"client_key": uuid.uuid4()},
            colleagues=_others(selectors.colleagues(shown), person),
        ),
    }


def _others(people: list[Any], person: Any) -> list[Any]:
    return [each for each in people if each.pk != person.pk]


def _ring(task: Disposition, rules: clock_selectors.TimeRules) -> dict[str, Any] | None:
    clocks = {clock.step: clock for clock in task.idea.clocks.all()}
    clock = clock_selectors.current(clocks)
    return rules.ring(clock) if clock is not None and clock.is_running else None
