"""Promises of official answers: of one project, and what became of one of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.policy import require
from forum.answers import policy, promises, selectors
from forum.answers.forms import PromiseStateForm
from participation import selectors as participation_selectors

FILTERS = (
    ("", gettext_lazy("Semua")),
    ("dekat", gettext_lazy("Dalam 7 hari")),
    ("lewat", gettext_lazy("Lewat tanggal")),
    ("ditepati", gettext_lazy("Ditepati")),
)


@require_safe
@never_cache
def project_promises(request: HttpRequest, slug: str) -> HttpResponse:
    """What the city promised with a date in a project, and whether it kept it."""
    project = participation_selectors.project_by_slug(request.user, slug)
    wanted = request.GET.get("saring", "")
    if wanted not in dict(FILTERS):
        wanted = ""
    page = selectors.promises_of(project, wanted=wanted, cursor=request.GET.get("kursor", ""))
    context = {
        "project": project,
        "page": page,
        "wanted": wanted,
        "filters": FILTERS,
        "first": "kursor" not in request.GET,
    }
    return render(request, "forum/promises.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """One promise with its history; whoever may answer says here what became of it."""
    shown = selectors.commitment_for_page(request.user, pk)
    may_follow_up = policy.may_follow_up(request.user, shown)
    form, status = None, 200
    if request.method == "POST":
        require(may_follow_up)
        form, status = PromiseStateForm(request.POST), 422
        if form.is_valid():
            try:
                promises.follow_up(
                    commitment=shown,
                    by=request.user,
                    state=form.cleaned_data["state"],
                    reason=form.cleaned_data["reason"],
                    due_on=form.cleaned_data["due_on"],
                    seen_version=form.cleaned_data["version"],
                )
            except promises.StalePromise:
                status = 409
                shown = selectors.commitment_for_page(request.user, pk)
                form.data = request.POST.copy()
                form.data["version"] = str(shown.version)
                form.add_stale()
            else:
                messages.success(request, _("Janji diperbarui. Warga yang mengikutinya dikabari."))
                return redirect(reverse("forum:promise", args=[pk]))
    elif may_follow_up:
        form = PromiseStateForm(initial={"state": shown.state, "version": shown.version})
    context = {
        "promise": shown,
        "idea": shown.answer.idea,
        "history": shown.changes.all(),
        "form": form,
    }
    return render(request, "forum/promise.html", context, status=status)
