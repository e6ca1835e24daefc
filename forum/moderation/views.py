"""The moderation desk: the live queue, one case, the decision."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import throttle
from core.http import not_yet, seen_revision, whole_number
from core.policy import require
from core.publishing import Visibility
from core.text import stored_html, to_html
from forum.appeals import policy as appeals_policy
from forum.appeals import selectors as appeals_selectors
from forum.discussion import policy as discussion_policy
from forum.discussion import rendering as discussion_rendering
from forum.discussion import selectors as discussion_selectors
from forum.disposition import policy as disposition_policy
from forum.disposition import selectors as disposition_selectors
from forum.identity import policy as identity_policy
from forum.moderation import policy, rendering, selectors, services
from forum.moderation.forms import (
    BulkForm,
    FlagForm,
    ReviseIdeaForm,
    ReviseReplyForm,
    RulingForm,
    TakeOverForm,
)
from forum.moderation.models import Case, Ruling
from participation import policy as participation_policy
from participation import selectors as participation_selectors

CHANGES = 100


@login_required
@require_safe
@never_cache
def desk(request: HttpRequest) -> HttpResponse:
    require(policy.may_use_desk(request.user))
    services.come_to_desk(person=request.user)
    return render(request, "forum/desk.html", _desk_context(request))


@login_required
@require_safe
@never_cache
def desk_item(request: HttpRequest, pk: int) -> HttpResponse:
    """The desk with one case opened beside the queue. Who opens it holds it for a while."""
    require(policy.may_use_desk(request.user))
    services.come_to_desk(person=request.user, case=selectors.case_for_page(request.user, pk))
    case = selectors.case_for_page(request.user, pk)
    return render(request, "forum/desk.html", _page(request, case))


@require_POST
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a case. Who comes second is told who decided what, and loses nothing typed."""
    if not request.user.is_authenticated:
        return _signed_out(request, reverse("forum:desk_item", args=[pk]))
    require(policy.may_use_desk(request.user))
    case = selectors.case_for_page(request.user, pk)
    form = RulingForm(request.POST)
    into = _into(request, case, form) if form.is_valid() else None
    if not form.is_valid():
        return render(request, "forum/desk.html", _page(request, case, form), status=422)
    decision = form.cleaned_data["decision"]
    answer = policy.may_decide(request.user, case, decision)
    if case.is_open and policy.may_rule(request.user, case) and not answer:
        form.add_error(None, str(answer.reason))
        return render(request, "forum/desk.html", _page(request, case, form), status=422)
    try:
        services.rule(
            case=case,
            seen_version=form.cleaned_data["version"],
            decision=decision,
            by=request.user,
            rule=form.cleaned_data["rule"],
            message=form.cleaned_data["message"],
            days=form.cleaned_data["days"] if decision == Ruling.Decision.SUSPEND else None,
            into=into,
        )
    except services.AlreadyDecided as error:
        case = selectors.case_for_page(request.user, pk)
        if error.case.is_open:
            form.add_error(None, services.TEXT_CHANGED)
        context = {**_page(request, case, form), "too_late": not error.case.is_open}
        return render(request, "forum/desk.html", context, status=409)
    except services.HeldByColleague as error:
        case = selectors.case_for_page(request.user, pk)
        form.add_error(
            None,
            _("%(name)s memegang perkara ini. Keputusan Anda belum disimpan.")
            % {"name": error.case.claimed_by.display_name},
        )
        return render(request, "forum/desk.html", _page(request, case, form), status=409)
    messages.success(request, _("Keputusan tersimpan."))
    return _go_on(request, case)


def _into(request: HttpRequest, case: Case, form: RulingForm) -> Any:
    """The aspirasi that a merger leads to; an error at its field when it cannot."""
    if form.cleaned_data["decision"] != Ruling.Decision.MERGE or case.idea is None:
        return None
    into = participation_selectors.merge_target(request.user, form.cleaned_data["into"])
    answer = participation_policy.may_merge(request.user, case.idea, into)
    if not answer and case.is_open:
        form.add_error("into", str(answer.reason))
    return into


def _go_on(request: HttpRequest, case: Case) -> HttpResponse:
    """The next case of the same queue; the focus goes to its heading, not to nowhere."""
    which = _which(request)
    following = selectors.following(request.user, which=which, beside=case.pk)
    query = {"selesai": case.pk} if which == "open" else {"antrean": which, "selesai": case.pk}
    if following:
        page, place = reverse("forum:desk_item", args=[following.pk]), "judul"
    else:
        page, place = reverse("forum:desk"), "antre"
    return redirect(f"{page}?{urlencode(query)}#{place}")


@require_POST
def rule_many(request: HttpRequest) -> HttpResponse:
    """Decide the ticked cases alike, and say what came of each."""
    if not request.user.is_authenticated:
        return _signed_out(request, reverse("forum:desk"))
    require(policy.may_use_desk(request.user))
    form = BulkForm(request.POST, most=services.MOST_AT_ONCE)
    if not form.is_valid():
        context = {**_desk_context(request, bulk=form), "bulk_open": True}
        return render(request, "forum/desk.html", context, status=422)
    outcomes = services.rule_many(
        chosen=form.chosen(),
        decision=form.cleaned_data["decision"],
        by=request.user,
        broken_rule=form.cleaned_data["rule"],
        message=form.cleaned_data["message"],
    )
    done = sum(outcome.what == outcome.DONE for outcome in outcomes)
    context = {**_desk_context(request), "outcomes": outcomes, "done": done}
    return render(request, "forum/desk.html", context)


@login_required
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a case go for a colleague."""
    require(policy.may_use_desk(request.user))
    case = selectors.case_for_page(request.user, pk)
    if services.release(case=case, by=request.user):
        messages.success(request, _("Perkara dilepas. Rekan Anda bisa memegangnya."))
    return redirect(f"{reverse('forum:desk')}#antre")


@login_required
@require_POST
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a case from the colleague who holds it, with a reason."""
    require(policy.may_use_desk(request.user))
    case = selectors.case_for_page(request.user, pk)
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        context = {**_page(request, case), "take_over_form": form}
        return render(request, "forum/desk.html", context, status=422)
    taken = services.take_over(
        case=case,
        by=request.user,
        held_by=form.cleaned_data["pemegang"],
        reason=form.cleaned_data["alasan"],
    )
    if taken:
        messages.success(request, _("Perkara sekarang Anda pegang."))
    else:
        messages.info(request, _("Pemegangnya sudah berganti. Periksa dulu sebelum memutuskan."))
    return redirect(f"{reverse('forum:desk_item', args=[pk])}#judul")


def _signed_out(request: HttpRequest, back: str) -> HttpResponse:
    """The session ended while something was typed: the text is shown, with the way back in.

    A sign-in page in its place would lead to an address that takes no GET, and the text be gone.
    """
    context = {"typed": request.POST.get("message", "")[:5000], "back": back}
    return render(request, "forum/desk_signed_out.html", context, status=403)


@login_required
@require_safe
@never_cache
def desk_changes(request: HttpRequest) -> JsonResponse:
    """The tickets that changed since a revision; what is not of this queue leaves the list.

    With them the number of each queue, who is at the desk, and who holds a case that may be open.
    """
    require(policy.may_use_desk(request.user))
    services.stay_at_desk(person=request.user)
    which = _which(request)
    head = selectors.desk_revision()
    changed = selectors.cases_changed_since(request.user, seen_revision(request), limit=CHANGES)
    more = len(changed) == CHANGES
    revision = min(changed[-1].revision, head) if more else head
    fragments = [rendering.fragment(case, which=which, reader=request.user) for case in changed]
    fragments += [rendering.hold_fragment(case, reader=request.user) for case in changed]
    fragments.append(rendering.queues_fragment(request.user, which=which, revision=revision))
    return JsonResponse({"revision": revision, "more": more, "fragments": fragments})


# --- What the author reads of it ----------------------------------------------------------------


@login_required
@require_safe
@never_cache
def ruling(request: HttpRequest, pk: int) -> HttpResponse:
    """A decision as its author reads it: what, by which rule, about which text, what now."""
    shown = selectors.ruling_for_page(request.user, pk)
    may_revise = policy.may_revise(request.user, shown.case)
    context = {
        "ruling": shown,
        "case": shown.case,
        "post": shown.case.post,
        "is_author": shown.case.post.author_id == request.user.pk,
        "may_revise": selectors.asks_for_edit(shown) and may_revise,
        "text": to_html(shown.post_text),
        "appeal": getattr(shown, "appeal", None),
        "settled": appeals_selectors.answer_to(shown),
        "may_appeal": appeals_policy.may_appeal(request.user, shown),
        "appeal_until": appeals_policy.appeal_until(shown),
    }
    return render(request, "forum/ruling.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The author changes a text as a moderator asked; it goes back to the same case."""
    asked = selectors.ruling_for_page(request.user, pk)
    case, post = asked.case, asked.case.post
    kind = ReviseIdeaForm if case.idea else ReviseReplyForm
    may_revise = policy.may_revise(request.user, case)
    context = {"ruling": asked, "case": case, "post": post, "may_revise": may_revise}
    if request.method != "POST":
        require(may_revise)
        names = ("title", "body", "place") if case.idea else ("body",)
        form = kind(initial={name: getattr(post, name) for name in names})
        return render(request, "forum/revise.html", {**context, "form": form})
    form = kind(request.POST)
    if form.is_valid() and not may_revise:
        form.add_error(None, str(may_revise.reason))
        return render(request, "forum/revise.html", {**context, "form": form}, status=403)
    if not form.is_valid():
        return not_yet(request, "forum/revise.html", {**context, "form": form})
    services.revise(case=case, by=request.user, **form.cleaned_data)
    messages.success(
        request, _("Perbaikan terkirim. Petugas memeriksanya, sasarannya dalam 2 jam.")
    )
    return redirect("forum:idea", pk=case.idea_id or case.reply.idea_id)


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
    context = {"form": form, "target": target, "back": back}
    if request.method == "POST" and form.is_valid():
        if wait := throttle.count(request, "flag"):
            form.add_error(None, wait.error)
            return wait.put_on(render(request, "forum/flag.html", context))
        services.flag(
            target=target,
            person=request.user,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )
        messages.success(request, _("Terima kasih. Petugas moderasi akan memeriksanya."))
        return redirect(back)
    status = 422 if request.method == "POST" else 200
    return render(request, "forum/flag.html", context, status=status)


def _which(request: HttpRequest) -> str:
    which = request.GET.get("antrean", "open")
    return which if which in selectors.QUEUES else "open"


def _page(request: HttpRequest, case: Case, form: RulingForm | None = None) -> dict[str, Any]:
    return {**_desk_context(request, current=case), **_case_context(request, case, form)}


def _desk_context(
    request: HttpRequest, *, current: Case | None = None, bulk: BulkForm | None = None
) -> dict[str, Any]:
    """The queue. The revision is read first: what is committed meanwhile comes again, not late."""
    which, cursor = _which(request), request.GET.get("kursor", "")
    revision = selectors.desk_revision()
    page = selectors.queue(request.user, which=which, cursor=cursor)
    picked = {pk for pk, _version in bulk.chosen()} if bulk else set()
    if request.GET.get("pilih") == "semua":
        picked = {case.pk for case in page.cases}
    query = "" if which == "open" else f"?antrean={which}"
    return {
        "which": which,
        "query": query,
        "revision": revision,
        "tickets": [
            stored_html(
                rendering.ticket(
                    case,
                    current=current is not None and case.pk == current.pk,
                    which=which,
                    picked=case.pk in picked,
                    reader=request.user,
                )
            )
            for case in page.cases
        ],
        "next_cursor": page.next_cursor,
        "picked": len(picked),
        "bulk": bulk or BulkForm(most=services.MOST_AT_ONCE),
        "bulk_open": bool(picked),
        "live": which != "done" and not cursor,
        "changes_url": f"{reverse('forum:desk_changes')}{query}",
        "done_case": whole_number(request.GET.get("selesai")),
        **rendering.queues_context(request.user, which=which),
    }


def _case_context(
    request: HttpRequest, case: Case, form: RulingForm | None = None
) -> dict[str, Any]:
    post: Any = case.post
    idea = case.reply.idea if case.reply else case.idea
    may_rule = policy.may_rule(request.user, case)
    choices = policy.decisions_for(case) if may_rule and case.is_open else ()
    return {
        "case": case,
        "post": post,
        "idea": idea,
        "body": to_html(post.body),
        "quote": discussion_rendering.shown_quote(post) if case.reply else None,
        "form": form or RulingForm(initial={"version": case.version}),
        "deadline": rendering.deadline(case),
        "may_reveal": identity_policy.may_reveal(request.user, post),
        "urgency": rendering.why_urgent(case),
        "may_rule": may_rule,
        "choices": choices,
        "may_suspend": policy.may_decide(request.user, case, Ruling.Decision.SUSPEND),
        "may_answer": idea.is_published
        and participation_policy.may_answer(request.user, case.project),
        "may_route": _may_route(request.user, case, idea),
        "is_held": post.visibility == Visibility.HELD,
        "is_hidden": post.visibility == Visibility.HIDDEN,
        "flags": list(case.flags.all()),
        "rulings": list(case.rulings.all()),
        "takeovers": list(case.takeovers.all()),
        "similar": participation_selectors.similar_to(idea),
        "record": selectors.author_record(post.author, beside=case.pk),
        "earlier": selectors.earlier_cases(case),
        "hold": stored_html(rendering.hold(case, reader=request.user)),
        "held_by": case.holder if case.is_open and case.holder != request.user else None,
        "take_over_form": TakeOverForm(initial={"pemegang": case.claimed_by_id}),
    }


def _may_route(person: Any, case: Case, idea: Any) -> bool:
    """Whether the person may pass the aspirasi on to an office, in one query at most."""
    if not idea.is_published:
        return False
    idea.project = case.project  # read with the case; the aspirasi of a reply comes without it
    task = disposition_selectors.of_idea(idea)
    return task is not None and bool(disposition_policy.may_route(person, task))
