"""Opening who is behind a post; who opened mine; the auditors' log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.http import not_yet
from core.policy import require
from core.sheets import csv_response
from forum.discussion import selectors as discussion_selectors
from forum.identity import policy, selectors, services
from forum.identity.forms import RevealForm, read_log_filter
from forum.identity.models import Ground
from participation import selectors as participation_selectors

MOST = 200


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_idea(request: HttpRequest, pk: int) -> HttpResponse:
    post = participation_selectors.idea_for_page(request.user, pk)
    return _reveal(request, post, title=post.title, back=reverse("forum:idea", args=[pk]))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_reply(request: HttpRequest, pk: int) -> HttpResponse:
    post = discussion_selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, post.idea_id)
    back = reverse("forum:reply_detail", args=[pk])
    return _reveal(request, post, title=post.idea.title, back=back)


def _reveal(request: HttpRequest, post: Any, *, title: str, back: str) -> HttpResponse:
    """A GET asks; a POST answers once, on a page that no cache, session or redirect ever holds."""
    require(policy.may_reveal(request.user, post))
    form = RevealForm(request.POST or None)
    context = {"form": form, "post": post, "title": title, "back": back}
    if request.method != "POST":
        return render(request, "forum/reveal.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/reveal.html", context)
    try:
        revealed = services.reveal(
            post=post,
            by=request.user,
            ground=form.cleaned_data["ground"],
            reason=form.cleaned_data["reason"],
        )
    except services.TooManyReveals:
        form.add_too_many()
        return render(request, "forum/reveal.html", context, status=429)
    return render(request, "forum/revealed.html", {**context, "revealed": revealed})


@login_required
@require_safe
@never_cache
def own_reveals(request: HttpRequest) -> HttpResponse:
    """Who opened the identity behind the reader's own posts, when and why."""
    return render(
        request, "forum/own_reveals.html", {"reveals": selectors.about(request.user)[:MOST]}
    )


@login_required
@require_safe
@never_cache
def identity_log(request: HttpRequest) -> HttpResponse:
    """The log for auditors. With ?periksa the chain is computed anew."""
    require(policy.may_read_log(request.user))
    wanted = read_log_filter(request.GET)
    page, next_cursor = selectors.log_page(wanted)
    query = request.GET.copy()
    for name in ("kursor", "periksa"):
        query.pop(name, None)
    context = {
        "wanted": wanted,
        "reveals": page,
        "next_cursor": next_cursor,
        "query": query.urlencode(),
        "officers": selectors.officers(),
        "grounds": Ground.choices,
        "chain": selectors.check_chain() if "periksa" in request.GET else None,
    }
    return render(request, "forum/identity_log.html", context)


@login_required
@require_safe
@never_cache
def identity_log_csv(request: HttpRequest) -> HttpResponse:
    """The log as the filter leaves it, one row a look, with the fingerprints."""
    require(policy.may_read_log(request.user))
    wanted = read_log_filter(request.GET)
    head = [
        _("Nomor"), _("Waktu"), _("Petugas"), _("Perangkat daerah"), _("Tulisan"), _("Alasan"),
        _("Penjelasan"), _("Kode keutuhan"),
    ]  # fmt: skip
    rows = (
        [
            row.number,
            timezone.localtime(row.at).isoformat(timespec="seconds"),
            row.by.display_name,
            row.unit.name if row.unit else "",
            row.post_name,
            row.get_ground_display(),
            row.reason,
            row.fingerprint,
        ]
        for row in selectors.log(wanted)
    )
    return csv_response(f"identitas-{timezone.localdate():%Y-%m-%d}.csv", [head, *rows])
