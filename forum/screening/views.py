"""The pages of the screening, for moderators and city admins: word lists, the learnt score."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.http import not_yet, whole_number
from core.policy import require
from forum.screening import policy, score, selectors, services
from forum.screening.forms import TryForm, WordRuleForm
from forum.screening.models import WordRule
from participation import selectors as participation_selectors

SHOWN_WORDS = 15


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def word_rules(request: HttpRequest) -> HttpResponse:
    """The lists; a POST tries a text and stores nothing."""
    require(policy.may_see_rules(request.user))
    which = request.GET.get("daftar", "")
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    page = min(max(whole_number(request.GET.get("halaman")) or 1, 1), 1000)
    rules = selectors.rules_for_page(request.user, which=which, query=query, page=page)
    form = TryForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "rules": rules[: selectors.PAGE],
        "next_page": page + 1 if len(rules) > selectors.PAGE else None,
        "page": page,
        "which": which,
        "query": query,
        "lists": [("", _("Semua")), *WordRule.List.choices, ("off", _("Tidak dipakai"))],
        "form": form,
        "may_edit_city": policy.may_edit_rules(request.user),
    }
    if request.method != "POST":
        return render(request, "forum/word_rules.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/word_rules.html", context)
    tried = services.screen(form.cleaned_data["text"], author=request.user, kind="")
    return render(request, "forum/word_rules.html", {**context, "tried": tried})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_word_rule(request: HttpRequest) -> HttpResponse:
    require(policy.may_see_rules(request.user))
    return _edit(request, None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def word_rule(request: HttpRequest, pk: int) -> HttpResponse:
    require(policy.may_see_rules(request.user))
    rule = selectors.rule_for_page(request.user, pk)
    require(policy.may_edit_rules(request.user, rule.project))
    return _edit(request, rule)


def _edit(request: HttpRequest, rule: WordRule | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = WordRuleForm(sent, person=request.user, rule=rule)
    context = {"form": form, "rule": rule}
    if request.method != "POST":
        return render(request, "forum/word_rule.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/word_rule.html", context)
    services.save_rule(by=request.user, rule=rule, **form.cleaned_data)
    messages.success(request, _("Tersimpan. Berlaku mulai tulisan berikutnya."))
    return redirect("forum:word_rules")


@login_required
@require_safe
@never_cache
def learnt_score(request: HttpRequest) -> HttpResponse:
    """What the score learnt, how well, where it is used."""
    require(policy.may_see_rules(request.user))
    newest = selectors.score_in_force()
    weighed = sorted((newest.weights if newest else {}).items(), key=lambda pair: -pair[1])
    projects = selectors.projects_for(request.user)
    context = {
        "newest": newest,
        "fewest": score.FEWEST,
        "for_hiding": [pair for pair in weighed if pair[1] > 0][:SHOWN_WORDS],
        "against_hiding": [pair for pair in reversed(weighed) if pair[1] < 0][:SHOWN_WORDS],
        "switches": selectors.score_switches(projects),
        "may_reset": policy.may_reset_score(request.user),
    }
    return render(request, "forum/learnt_score.html", context)


@login_required
@require_POST
def reset_score(request: HttpRequest) -> HttpResponse:
    services.reset_score(by=request.user)
    messages.success(
        request, _("Skor sudah dikosongkan. Hanya keputusan mulai sekarang yang dipelajari.")
    )
    return redirect("forum:learnt_score")


@login_required
@require_POST
def switch_score(request: HttpRequest, slug: str) -> HttpResponse:
    project = participation_selectors.project_by_slug(request.user, slug)
    is_on = request.POST.get("pakai") == "ya"
    services.switch_score(project=project, is_on=is_on, by=request.user)
    messages.success(
        request,
        _("Skor dipakai di proyek ini.") if is_on else _("Skor tidak dipakai di proyek ini."),
    )
    return redirect("forum:learnt_score")
