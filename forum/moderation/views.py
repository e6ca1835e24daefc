"""The moderation desk: the live queue, one case, the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.http import seen_revision
from core.policy import require
from core.publishing import Visibility
from core.text import stored_html, to_html
from forum.discussion import policy as discussion_policy
from forum.discussion import selectors as discussion_selectors
from forum.identity import policy as identity_policy
from forum.moderation import policy, rendering, selectors, services
from forum.moderation.forms import FlagForm, RulingForm
from forum.moderation.models import Case
from participation import policy as participation_policy
from participation import selectors as participation_selectors

CHANGES = 100
QUEUES = ("open", "flagged", "done")


@login_required
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    require(policy.may_use_desk(request.user))
    return render(request, "forum/desk.html", _desk_context(request))


@login_required
@require_safe
@never_cache
def desk_item(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk with one case opened beside the queue."""
    require(policy.may_use_desk(request.user))
    case = selectors.case_for_page(request.user, pk)
    context = {**_desk_context(request, current=case), **_case_context(request, case)}
    return render(request, "forum/desk.html", context)


@login_required
@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a case. Who comes second is told who decided what, and loses nothing typed."""
    require(policy.may_use_desk(request.user))
    case = selectors.case_for_page(request.user, pk)
    form = RulingForm(request.POST)
    if not form.is_valid():
        context = {**_desk_context(request, current=case), **_case_context(request, case, form)}
        return render(request, "forum/desk.html", context, status=422)
    try:
        services.rule(
            case=case,
            seen_version=form.cleaned_data["version"],
            decision=form.cleaned_data["decision"],
            by=request.user,
            rule=form.cleaned_data["rule"],
            message=form.cleaned_data["message"],
        )
    except services.AlreadyDecided:
        case = selectors.case_for_page(request.user, pk)
        context = {
            **_desk_context(request, current=case),
            **_case_context(request, case, form),
            "too_late": True,
        }
        return render(request, "forum/desk.html", context, status=409)
    messages.success(request, _("Keputusan tersimpan."))
    following = selectors.queue(request.user)
    if following:
        return redirect("forum:desk_item", pk=following[0].pk)
    return redirect("forum:desk")


@login_required
@require_safe
@never_cache
def desk_changes(request: HttpRequest) -> JsonResponse:
    """The tickets that changed since a revision; decided ones leave the list."""
    require(policy.may_use_desk(request.user))
    head = selectors.desk_revision()
    changed = selectors.cases_changed_since(request.user, seen_revision(request), limit=CHANGES)
    more = len(changed) == CHANGES
    return JsonResponse(
        {
            "revision": min(changed[-1].revision, head) if more else head,
            "more": more,
            "fragments": [rendering.fragment(case) for case in changed],
        }
    )


@login_required
@require_POST
def examine_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator takes up a reply that nobody reported."""
    reply = discussion_selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, reply.idea_id)
    case = services.examine(target=reply, by=request.user)
    return redirect("forum:desk_item", pk=case.pk)


@login_required
@require_POST
def examine_idea(request: HttpRequest, pk: int) -> HttpResponse:
    """A moderator takes up an aspirasi that nobody reported."""
    idea = participation_selectors.idea_for_page(request.user, pk)
    case = services.examine(target=idea, by=request.user)
    return redirect("forum:desk_item", pk=case.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_idea(request: HttpRequest, pk: int) -> HttpResponse:
    shown = participation_selectors.idea_for_page(request.user, pk)
    return _flag(request, shown, back=reverse("forum:idea", args=[pk]))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def flag_reply(request: HttpRequest, pk: int) -> HttpResponse:
    shown = discussion_selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, shown.idea_id)
    require(discussion_policy.may_view(request.user, shown))
    back = f"{reverse('forum:idea', args=[shown.idea_id])}?balasan={pk}#balasan-{pk}"
    return _flag(request, shown, back=back)


def _flag(request: HttpRequest, target: Any, *, back: str) -> HttpResponse:
    require(policy.may_flag(request.user, target))
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.flag(
            target=target,
            person=request.user,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Terima kasih. Petugas moderasi akan memeriksanya."))
        return redirect(back)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "target": target, "back": back}
    return render(request, "forum/flag.html", context, status=status)


def _desk_context(request: HttpRequest, *, current: Case | None = None) -> dict[str, Any]:
    which = request.GET.get("antrean", "open")
    which = which if which in QUEUES else "open"
    revision = selectors.desk_revision()
    queue = selectors.queue(request.user, which=which)
    return {
        "which": which,
        "revision": revision,
        "counts": selectors.counts(request.user),
        "tickets": [
            stored_html(
                rendering.ticket(
                    case, current=current is not None and case.pk == current.pk, which=which
                )
            )
            for case in queue
        ],
        "live": which == "open",
        "changes_url": reverse("forum:desk_changes"),
    }


def _case_context(
    request: HttpRequest, case: Case, form: RulingForm | None = None
) -> dict[str, Any]:
    post: Any = case.reply or case.idea
    idea = case.reply.idea if case.reply else case.idea
    return {
        "case": case,
        "post": post,
        "idea": idea,
        "body": to_html(post.body),
        "form": form or RulingForm(initial={"version": case.version}),
        "deadline": rendering.deadline(case),
        "may_rule": policy.may_rule(request.user, case),
        "may_reveal": identity_policy.may_reveal(request.user, post),
        "may_answer": idea.is_published
        and participation_policy.may_answer(request.user, case.project),
        "is_held": post.visibility == Visibility.HELD,
        "is_hidden": post.visibility == Visibility.HIDDEN,
        "flags": list(case.flags.all()),
        "rulings": list(case.rulings.all()),
        "similar": participation_selectors.similar_to(idea),
    }
