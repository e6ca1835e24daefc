"""What residents think of an answer: the form, and comments that a moderator looks at."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core import throttle
from core.policy import require
from forum.answers import policy, ratings, selectors
from forum.answers.forms import CheckRequestForm, CommentRulingForm, RatingForm
from forum.discussion import selectors as discussion_selectors
from participation import policy as participation_policy
from participation import selectors as participation_selectors


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
    opinions = selectors.opinions(current, request.user)
    took_part = bool(participation_selectors.supported_by(request.user, [shown])) or bool(
        discussion_selectors.own_replies(request.user, shown)
    )
    require(policy.may_rate(request.user, current, took_part=took_part, own=opinions.own))
    form = RatingForm(initial=opinions.said)
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid() and (wait := throttle.count(request, "rate")):
            form.add_error(None, wait.error)
            context = {"idea": shown, "answer": current, "form": form, "own": opinions.own}
            return wait.put_on(render(request, "forum/rate.html", context))
        if form.is_valid():
            scores = dict(form.cleaned_data)
            ratings.rate_answer(
                answer=current,
                person=request.user,
                comment=scores.pop("comment"),
                scores=scores,
                took_part=took_part,
            )
            messages.success(request, _("Terima kasih, penilaian Anda tersimpan."))
            return redirect(f"{reverse('forum:idea', args=[pk])}#jawaban-resmi")
    context = {"idea": shown, "answer": current, "form": form, "own": opinions.own}
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/rate.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_comment(request: HttpRequest, pk: int, key: UUID) -> HttpResponse:
    """An officer asks a moderator to look at a comment on the answer."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    current = selectors.answer_to(shown)
    if current is None:
        raise Http404("answer")
    current.idea = shown
    require(policy.may_ask_for_check(request.user, current))
    rating = selectors.shown_comment(current, key)
    form = CheckRequestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rating.answer = current
        ratings.ask_for_check(rating=rating, by=request.user, why=form.cleaned_data["why"])
        messages.success(request, _("Terkirim. Petugas moderasi memeriksa komentar itu."))
        return redirect(f"{reverse('forum:idea', args=[pk])}#jawaban-resmi")
    context = {"idea": shown, "comment": rating.shown_comment, "key": key, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/check_comment.html", context, status=status)


@login_required
@require_safe
@never_cache
def comments_to_check(request: HttpRequest) -> HttpResponse:
    """Comments that wait for a moderator: held by the screening, or asked for by an officer."""
    require(policy.may_decide_comments(request.user))
    rows = selectors.comments_to_check(request.user)
    return render(request, "forum/comments.html", {"rulings": rows})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def decide_comment(request: HttpRequest, pk: int) -> HttpResponse:
    require(policy.may_decide_comments(request.user))
    ruling = selectors.ruling_for_page(request.user, pk)
    may_decide = policy.may_decide_comment(
        request.user, ruling.rating.answer, asked_by_id=ruling.asked_by_id
    )
    require(may_decide)
    form, status = CommentRulingForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                ratings.decide_comment(ruling=ruling, by=request.user, **form.cleaned_data)
            except ratings.AlreadyDecided:
                ruling, status = selectors.ruling_for_page(request.user, pk), 409
            else:
                messages.success(request, _("Keputusan tersimpan."))
                return redirect("forum:comments_to_check")
    context = {"ruling": ruling, "form": form}
    return render(request, "forum/comment.html", context, status=status)
