"""The form of an appeal."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import throttle
from core.http import not_yet
from core.policy import require
from forum.appeals import policy, services
from forum.appeals.forms import AppealForm
from forum.moderation import selectors


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """The author says why a decision is wrong. Too late, or not one's own: refused, text kept."""
    ruling = selectors.ruling_for_page(request.user, pk)
    may_appeal = policy.may_appeal(request.user, ruling)
    is_author = ruling.case.post.author_id == request.user.pk
    if is_author and hasattr(ruling, "appeal"):
        # Sent twice, or opened in a second window: there is one appeal, and its page.
        return redirect("forum:ruling", pk=pk)
    context = {"ruling": ruling, "until": policy.appeal_until(ruling), "may_appeal": may_appeal}
    if request.method != "POST":
        require(may_appeal)
        return render(request, "forum/appeal.html", {**context, "form": AppealForm()})
    form = AppealForm(request.POST)
    if form.is_valid() and not may_appeal:
        form.add_error(None, str(may_appeal.reason))
        return render(request, "forum/appeal.html", {**context, "form": form}, status=403)
    if not form.is_valid():
        return not_yet(request, "forum/appeal.html", {**context, "form": form})
    if wait := throttle.count(request, "appeal"):
        form.add_error(None, wait.error)
        return wait.put_on(render(request, "forum/appeal.html", {**context, "form": form}))
    services.lodge(ruling=ruling, by=request.user, body=form.cleaned_data["body"])
    messages.success(request, _("Keberatan Anda terkirim. Petugas lain akan memutuskannya."))
    return redirect("forum:ruling", pk=pk)
