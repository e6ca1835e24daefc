"""A ruling as its author reads it, and the appeal against it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core.text import to_html
from forum.appeals import policy, selectors, services
from forum.appeals.forms import AppealForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ruling(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided on a post, by which rule, on which text; the author may appeal here.

    An appeal that comes too late, or twice, is refused with the text kept.
    """
    shown = selectors.ruling_for_page(request.user, pk)
    may_appeal = policy.may_appeal(request.user, shown)
    form = AppealForm(request.POST or None)
    status = 200
    if request.method == "POST":
        is_own = shown.case.post.author_id == request.user.pk
        sent_again = is_own and hasattr(shown, "appeal")
        if form.is_valid() and (may_appeal or sent_again):
            services.lodge(ruling=shown, by=request.user, body=form.cleaned_data["body"])
            messages.success(
                request, _("Keberatan Anda terkirim. Petugas lain akan memutuskannya.")
            )
            return redirect("forum:ruling", pk=pk)
        if not may_appeal:
            form.add_error(None, str(may_appeal.reason))
        status = 422 if may_appeal else 403
    context = {
        "ruling": shown,
        "post": shown.case.post,
        "idea": shown.case.reply.idea if shown.case.reply else shown.case.idea,
        "text": to_html(shown.post_text or shown.case.post.body),
        "is_author": shown.case.post.author_id == request.user.pk,
        "may_appeal": may_appeal,
        "until": policy.appeal_until(shown),
        "appeal": getattr(shown, "appeal", None),
        "answer": selectors.answer_to(shown),
        "form": form,
    }
    return render(request, "forum/ruling.html", context, status=status)
