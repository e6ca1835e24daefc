"""Replies: written, read alone, changed, taken back."""

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
from django_htmx.http import trigger_client_event

from core import throttle
from core.http import not_yet
from core.policy import require
from core.publishing import Visibility
from core.text import stored_html
from forum.discussion import history, mentions, policy, rendering, selectors, services
from forum.discussion.forms import EditReplyForm, ReplyForm
from forum.moderation import policy as moderation_policy
from forum.moderation import selectors as moderation_selectors
from forum.screening.services import Blocked, advice
from forum.views import composer_context, idea_context
from participation import policy as participation_policy
from participation import selectors as participation_selectors
from participation.rendering import usual_way


@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a reply. With htmx the answer is a fresh form; the reply itself comes by the stream.

    Who was signed out meanwhile gets the text back with the way to sign in, not a sign-in page
    in its place.
    """
    shown = participation_selectors.idea_for_page(request.user, pk)
    form = ReplyForm(request.POST)
    decision = policy.may_reply(request.user, shown)
    if not decision:
        form.is_valid()
        form.add_error(None, str(decision.reason))
        return _composer_again(request, shown, form, status=403)
    parent = None
    if form.is_valid() and form.cleaned_data["parent"]:
        parent = selectors.parent_for(shown, form.cleaned_data["parent"])
        if parent is None:
            form.add_parent_gone()
    quoted = None
    if form.is_valid() and form.cleaned_data["quoted"]:
        quoted = selectors.quotable(shown, form.cleaned_data["quoted"])
        form.take_quote(quoted)
    if not form.is_valid():
        return _composer_again(request, shown, form, status=422)
    if wait := throttle.count(request, "reply", once=form.cleaned_data["client_key"]):
        form.add_error(None, wait.error)
        return wait.put_on(_composer_again(request, shown, form, status=429))
    try:
        posted = services.submit_reply(
            author=request.user,
            idea=shown,
            body=form.cleaned_data["body"],
            parent=parent,
            shown_as=form.cleaned_data["shown_as"] or usual_way(request.user, shown),
            stance=form.cleaned_data["stance"],
            quoted=quoted,
            quote=form.cleaned_data.get("quote", ""),
            client_key=form.cleaned_data["client_key"],
        )
    except Blocked as blocked:
        form.add_error("body", blocked.sentences)
        return _composer_again(request, shown, form, status=422)
    services.note_written(person=request.user, idea=shown)
    posted.refresh_from_db(fields=["visibility"])
    if request.htmx:  # type: ignore[attr-defined]
        context = {**composer_context(request, shown), "held": not posted.is_published}
        context["reply_parent"] = None
        if not posted.is_published:
            found = moderation_selectors.open_findings([posted], kind="reply")
            context["advice"] = advice(found.get(posted.pk, []))
        response = render(request, "forum/_composer.html", context)
        node = f"balasan-{posted.pk}" if posted.is_published else None
        return trigger_client_event(response, "rembuk:posted", {"id": node})
    if not posted.is_published:
        messages.info(request, _("Balasan Anda tersimpan dan sedang diperiksa petugas."))
        return redirect(f"{reverse('forum:idea', args=[pk])}#tulis")
    return redirect(f"{reverse('forum:idea', args=[pk])}?balasan={posted.pk}#balasan-{posted.pk}")


def _composer_again(
    request: HttpRequest, shown: Any, form: ReplyForm, *, status: int
) -> HttpResponse:
    """What was typed and what is missing: the form alone for htmx, else the whole page.

    For htmx a refusal is a 422 as well: it is the one answer that is swapped into the page.
    """
    if request.htmx:  # type: ignore[attr-defined]
        context = composer_context(request, shown, form)
        return render(request, "forum/_composer.html", context, status=422)
    if not participation_policy.may_view_idea(request.user, shown):
        return render(request, "forum/idea_hidden.html", {"idea": shown}, status=410)
    context = {**idea_context(request, shown), **composer_context(request, shown, form)}
    return render(request, "forum/idea.html", context, status=status)


@login_required
@require_POST
def writing(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody is writing a reply. Says nothing back, also when it is too soon to note again."""
    if services.may_note_writing(request.user, pk):
        shown = participation_selectors.idea_for_page(request.user, pk)
        services.note_writing(person=request.user, idea=shown)
    return HttpResponse(status=204)


@login_required
@require_safe
@never_cache
def participants(request: HttpRequest, pk: int) -> JsonResponse:
    """Names of this discussion that begin like `?q=`, for who is writing a reply."""
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(policy.may_reply(request.user, shown))
    start = request.GET.get("q", "")[:80].replace("\x00", "")
    return JsonResponse({"names": mentions.offers(shown, start)})


@require_safe
@never_cache
def reply_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One reply with its earlier texts and what this person may do with it."""
    shown = selectors.reply_for_page(pk)
    person = request.user
    participation_selectors.idea_for_page(person, shown.idea_id)
    context = {
        "reply": shown,
        "body": stored_html(shown.body_html),
        "quote": rendering.shown_quote(shown),
        "idea": shown.idea,
        "idea_title": _title_above(person, shown),
        "own": person.is_authenticated and person.pk == shown.author_id,
        "may_view": policy.may_view(person, shown),
        "may_edit": policy.may_edit(person, shown),
        "changes": history.changes(shown, whole=bool(policy.may_read_every_version(person, shown))),
        "may_close": policy.may_read_every_version(person, shown),
        "edits": shown.version - 1,
        "may_withdraw": policy.may_withdraw(person, shown),
        "may_flag": moderation_policy.may_flag(person, shown),
        "may_moderate": participation_policy.may_moderate(person, shown.idea.project),
        "hidden": moderation_selectors.last_hiding([shown], kind="reply").get(pk)
        if shown.visibility == Visibility.HIDDEN
        else None,
    }
    status = 200 if context["may_view"] else 410
    return render(request, "forum/reply_detail.html", context, status=status)


def _title_above(person: Any, shown: Any) -> str:
    """Where a reply belongs, for its crumbs: an aspirasi that was hidden is only a number."""
    may_view = participation_policy.may_view_idea(person, shown.idea)
    return str(shown.idea.title if may_view else shown.idea.number)


@login_required
@require_POST
def close_version(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Take an earlier text out of what everybody may read."""
    shown = selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, shown.idea_id)
    services.close_version(version=selectors.version_of(shown, version), by=request.user)
    messages.success(request, _("Teks lama itu sekarang hanya bisa dibaca penulis dan petugas."))
    return redirect("forum:reply_detail", pk=pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's reply within the time to edit, or take it back."""
    shown = selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, shown.idea_id)
    if request.method == "POST" and "tarik" in request.POST:
        services.withdraw_reply(reply=shown, by=request.user)
        messages.success(request, _("Balasan Anda sudah dihapus."))
        return redirect("forum:idea", pk=shown.idea_id)
    decision = policy.may_edit(request.user, shown)
    context = {
        "reply": shown,
        "idea_title": _title_above(request.user, shown),
        "answered": selectors.was_answered(shown),
    }
    if request.method != "POST":
        require(decision)
        form = EditReplyForm(initial={"body": shown.body, "version": shown.version})
        return render(request, "forum/edit_reply.html", {**context, "form": form})
    form = EditReplyForm(request.POST)
    valid = form.is_valid()
    if not decision:
        form.add_error(None, str(decision.reason))
        return render(request, "forum/edit_reply.html", {**context, "form": form}, status=403)
    if valid and (wait := throttle.count(request, "edit")):
        form.add_error(None, wait.error)
        return wait.put_on(not_yet(request, "forum/edit_reply.html", {**context, "form": form}))
    if valid:
        try:
            services.edit_reply(
                reply=shown,
                by=request.user,
                body=form.cleaned_data["body"],
                seen_version=form.cleaned_data["version"],
            )
        except Blocked as blocked:
            form.add_error("body", blocked.sentences)
            return not_yet(request, "forum/edit_reply.html", {**context, "form": form})
        except services.StaleEdit:
            shown = selectors.reply_for_page(pk)
            form.data = {**form.data.dict(), "version": shown.version}  # type: ignore[attr-defined]
            form.add_stale(shown.body)
            context |= {"form": form, "reply": shown}
            return render(request, "forum/edit_reply.html", context, status=409)
        return redirect(f"{reverse('forum:idea', args=[shown.idea_id])}?balasan={pk}#balasan-{pk}")
    return not_yet(request, "forum/edit_reply.html", {**context, "form": form})
