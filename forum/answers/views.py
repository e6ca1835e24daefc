"""Official answers: what waits for one, the form, the status, the rating."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policy as accounts_policy
from core.policy import require
from core.text import to_html
from forum.answers import policy, selectors, services
from forum.answers.forms import AnswerForm, PromiseFormSet, RatingForm, StatusForm, promise_initial
from forum.discussion import selectors as discussion_selectors
from forum.disposition import services as disposition_services
from participation import policy as participation_policy
from participation import selectors as participation_selectors


@login_required
@require_safe
@never_cache
def answer_queue(request: HttpRequest) -> HttpResponse:
    """The aspirasi that wait for an official answer of this person's unit."""
    require(accounts_policy.may_use_staff_pages(request.user))
    waiting = participation_selectors.waiting_for(request.user)
    return render(request, "forum/answer_queue.html", {"ideas": waiting})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer officially, or change the answer that stands."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(policy.may_answer(request.user, shown))
    current = selectors.answer_to(shown)
    stale = False
    if request.method != "POST":
        initial = {"version": 0}
        if current is not None:
            initial = {
                "body": current.body,
                "status": shown.status,
                "version": current.version,
            }  # type: ignore[dict-item]
        form = AnswerForm(initial=initial)
        rows = PromiseFormSet(initial=promise_initial(current), prefix="janji")
    else:
        form = AnswerForm(request.POST)
        rows = PromiseFormSet(request.POST, initial=promise_initial(current), prefix="janji")
        if form.is_valid() & rows.is_valid():
            try:
                services.publish_answer(
                    idea=shown,
                    officer=request.user,
                    body=form.cleaned_data["body"],
                    promises=rows.promises(),
                    status=form.cleaned_data["status"],
                    seen_version=form.cleaned_data["version"],
                )
            except services.StaleAnswer:
                stale = True
                current = selectors.answer_to(shown)
                form.data = {**form.data.dict(), "version": current.version if current else 0}  # type: ignore[attr-defined]
                form.add_stale()
            else:
                messages.success(request, _("Jawaban resmi sudah tayang."))
                return redirect(f"{reverse('forum:idea', args=[pk])}#jawaban-resmi")
    context = {"idea": shown, "body": to_html(shown.body), "form": form, "rows": rows}
    context |= {"current": current, "stale": stale}
    status = 200 if request.method != "POST" else 409 if stale else 422
    return render(request, "forum/answer.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: HttpRequest, pk: int) -> HttpResponse:
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_change_status(request.user, shown))
    form = StatusForm(request.POST or None, initial={"status": shown.status})
    if request.method == "POST" and form.is_valid():
        disposition_services.change_status(
            idea=shown,
            status=form.cleaned_data["status"],
            by=request.user,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("Status sudah diperbarui."))
        return redirect("forum:idea", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/change_status.html", {"idea": shown, "form": form}, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what an official answer was worth. One rating per person; it can be changed."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_view_idea(request.user, shown))
    current = selectors.answer_to(shown)
    if current is None:
        return redirect("forum:idea", pk=pk)
    current.idea = shown
    took_part = bool(participation_selectors.supported_by(request.user, [shown])) or bool(
        discussion_selectors.own_replies(request.user, shown)
    )
    require(policy.may_rate(request.user, current, took_part=took_part))
    form = RatingForm(initial=selectors.opinions(current, request.user)[1])
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid():
            services.rate_answer(
                answer=current,
                person=request.user,
                scores=form.cleaned_data,
                took_part=took_part,
            )
            messages.success(request, _("Terima kasih, penilaian Anda tersimpan."))
            return redirect(f"{reverse('forum:idea', args=[pk])}#jawaban-resmi")
    context = {"idea": shown, "answer": current, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/rate.html", context, status=status)
