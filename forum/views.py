"""Pages of the forum: an aspirasi with its discussion, official answers, reports."""

from __future__ import annotations

import uuid
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

from accounts import policy as accounts_policy
from accounts import selectors as accounts_selectors
from core.http import not_yet, seen_revision, whole_number
from core.policy import require
from core.publishing import Visibility
from core.text import stored_html, to_html
from forum.answers import policy as answers_policy
from forum.answers import rendering as answers_rendering
from forum.answers import selectors as answers_selectors
from forum.answers import services as answers_services
from forum.answers.forms import AnswerForm, PromiseFormSet, RatingForm, StatusForm, promise_initial
from forum.discussion import policy as discussion_policy
from forum.discussion import rendering as discussion_rendering
from forum.discussion import selectors as discussion_selectors
from forum.discussion import services as discussion_services
from forum.discussion.forms import EditReplyForm, ReplyForm
from forum.moderation import policy as moderation_policy
from forum.moderation import selectors as moderation_selectors
from forum.moderation import services as moderation_services
from forum.moderation.forms import FlagForm
from notifications import selectors as notifications_selectors
from notifications import services as notifications_services
from participation import policy as participation_policy
from participation import rendering as participation_rendering
from participation import selectors as participation_selectors
from participation import services as participation_services
from participation.forms import IdeaForm

CHANGES = 100
TOO_OLD = 2000  # past this many changes a page is quicker loaded anew than caught up


# --- Sending an aspirasi ------------------------------------------------------------------------


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit_idea(request: HttpRequest, slug: str) -> HttpResponse:
    """The form of an aspirasi. A closed project says so and keeps what was typed."""
    project = participation_selectors.project_by_slug(request.user, slug)
    may_submit = participation_policy.may_submit_idea(request.user, project)
    form = IdeaForm(
        request.POST or None,
        request.FILES or None,
        person=request.user,
        initial={"client_key": uuid.uuid4()},
    )
    context = {"form": form, "project": project, "may_submit": may_submit}
    if request.method != "POST":
        return render(request, "forum/submit_idea.html", context)
    if not may_submit:
        return render(request, "forum/submit_idea.html", context, status=403)
    if not form.is_valid():
        return not_yet(request, "forum/submit_idea.html", context)
    idea = moderation_services.submit_idea(
        author=request.user,
        project=project,
        draft=form.draft(),
        client_key=form.cleaned_data["client_key"],
        photos=form.cleaned_data["photos"],
    )
    return redirect(f"{reverse('forum:idea', args=[idea.pk])}?terkirim=1")


# --- The page of an aspirasi --------------------------------------------------------------------


@require_safe
@never_cache
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    shown = participation_selectors.idea_for_page(request.user, pk)
    if not participation_policy.may_view_idea(request.user, shown):
        return render(request, "forum/idea_hidden.html", {"idea": shown}, status=410)
    thread = participation_services.thread_key(shown)
    if notifications_selectors.badge(request.user, thread_key=thread).of_thread:
        notifications_services.mark_seen(person=request.user, thread_key=thread)
    return render(request, "forum/idea.html", _idea_context(request, shown))


def _idea_context(request: HttpRequest, shown: Any) -> dict[str, Any]:
    person = request.user
    wanted = whole_number(request.GET.get("balasan"))
    from_order = whole_number(request.GET.get("dari")) or 0
    if wanted is not None:
        from_order = discussion_selectors.place_of(shown, wanted)
    elif request.GET.get("dari") == "akhir":
        from_order = discussion_selectors.last_page(shown)
    html, next_order, starts_late = discussion_rendering.discussion(shown, from_order=from_order)
    supported = shown.reader_supports
    own = discussion_selectors.own_replies(person, shown)
    answer = answers_selectors.answer_to(shown) if shown.answered_at else None
    return {
        "idea": shown,
        "body": to_html(shown.body),
        "steps": participation_rendering.steps(shown),
        "supported": supported,
        "may_support": participation_policy.may_support(person, shown),
        "takes_support": participation_policy.takes_support(shown.project),
        "may_flag": moderation_policy.may_flag(person, shown),
        "may_moderate": participation_policy.may_moderate(person, shown.project),
        "may_answer": answers_policy.may_answer(person, shown),
        "hidden": _why_hidden(person, shown),
        "discussion": html,
        "next_order": next_order,
        "starts_late": starts_late,
        "own_unseen": _own_unseen(own),
        "similar": participation_selectors.similar_to(shown),
        "sent": "terkirim" in request.GET and person.pk == shown.author_id,
        **_answer_context(person, shown, answer, took_part=supported or bool(own)),
        **_composer_context(request, shown),
    }


def _answer_context(person: Any, shown: Any, answer: Any, *, took_part: bool) -> dict[str, Any]:
    """The official answer, what residents think of it, and the form to say so."""
    if answer is None:
        return {"answer": None}
    answer.idea = shown
    may_rate = answers_policy.may_rate(person, answer, took_part=took_part)
    scores, said = answers_selectors.opinions(answer, person)
    return {
        "answer": answer,
        "official": answers_rendering.official(shown, answer),
        "scores": scores,
        "may_rate": may_rate,
        "rating_form": RatingForm(initial=said) if may_rate else None,
    }


def _composer_context(
    request: HttpRequest, shown: Any, form: ReplyForm | None = None
) -> dict[str, Any]:
    """The reply form: fresh, or as it was typed."""
    if form is None:
        parent_pk = whole_number(request.GET.get("balas"))
        form = ReplyForm(initial={"client_key": uuid.uuid4(), "parent": parent_pk})
    else:
        parent_pk = whole_number(str(form["parent"].value() or ""))
    parent = discussion_selectors.parent_for(shown, parent_pk) if parent_pk else None
    return {
        "idea": shown,
        "reply_form": form,
        "reply_parent": parent,
        "may_reply": discussion_policy.may_reply(request.user, shown),
        "takes_replies": shown.is_published and participation_policy.takes_replies(shown.project),
        "speaks_for": (
            accounts_selectors.unit_of(request.user)  # type: ignore[arg-type]
            if request.user.is_authenticated
            else None
        ),
    }


def _why_hidden(person: Any, shown: Any) -> Any:
    """The ruling that hid the aspirasi, for its author and the moderators."""
    if shown.visibility != Visibility.HIDDEN:
        return None
    return moderation_selectors.last_hiding([shown], kind="idea").get(shown.pk)


def _own_unseen(own: list[Any]) -> list[dict[str, Any]]:
    """A person's own replies that others cannot see, with the ruling where there is one."""
    hidden = [reply for reply in own if reply.visibility == Visibility.HIDDEN]
    rulings = moderation_selectors.last_hiding(hidden, kind="reply")
    held = [reply for reply in own if reply.visibility == Visibility.HELD]
    return [{"reply": reply, "ruling": rulings.get(reply.pk)} for reply in [*held, *hidden]]


@require_safe
@never_cache
def idea_changes(request: HttpRequest, pk: int) -> JsonResponse:
    """What changed on the page of an aspirasi since a revision, in the order of change.

    The head is read first: whatever is committed meanwhile comes again next time, never too late.
    """
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_view_idea(request.user, shown))
    seen = seen_revision(request)
    if shown.revision - seen > TOO_OLD:
        return JsonResponse({"revision": shown.revision, "reload": True}, status=410)
    replies = discussion_selectors.changed_since(shown, seen, limit=CHANGES)
    is_open = participation_policy.takes_replies(shown.project)
    fragments = [discussion_rendering.fragment(reply, is_open=is_open) for reply in replies]
    if shown.status_revision > seen:
        fragments.append(participation_rendering.steps_fragment(shown))
    if shown.answered_at:
        answer = answers_selectors.answer_to(shown)
        if answer is not None and answer.revision > seen:
            fragments.append(answers_rendering.official_fragment(shown, answer))
    fragments.sort(key=lambda fragment: fragment["revision"])
    more = len(replies) == CHANGES
    return JsonResponse(
        {
            "revision": min(replies[-1].revision, shown.revision) if more else shown.revision,
            "more": more,
            "fragments": fragments,
        }
    )


@require_safe
def idea_history(request: HttpRequest, pk: int) -> HttpResponse:
    shown = participation_selectors.idea_for_page(request.user, pk)
    require(participation_policy.may_view_idea(request.user, shown))
    context = {
        "idea": shown,
        "history": participation_selectors.history(shown),
        "may_moderate": participation_policy.may_moderate(request.user, shown.project),
    }
    return render(request, "forum/idea_history.html", context)


# --- Replies ------------------------------------------------------------------------------------


@require_POST
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a reply. With htmx the answer is a fresh form; the reply itself comes by the stream.

    Who was signed out meanwhile gets the text back with the way to sign in, not a sign-in page
    in its place.
    """
    shown = participation_selectors.idea_for_page(request.user, pk)
    form = ReplyForm(request.POST)
    decision = discussion_policy.may_reply(request.user, shown)
    if not decision:
        form.is_valid()
        form.add_error(None, str(decision.reason))
        return _composer_again(request, shown, form, status=403)
    parent = None
    if form.is_valid() and form.cleaned_data["parent"]:
        parent = discussion_selectors.parent_for(shown, form.cleaned_data["parent"])
        if parent is None:
            form.add_parent_gone()
    if not form.is_valid():
        return _composer_again(request, shown, form, status=422)
    posted = discussion_services.submit_reply(
        author=request.user,
        idea=shown,
        body=form.cleaned_data["body"],
        parent=parent,
        shown_as="pseudonym" if form.cleaned_data["pseudonym"] else "name",
        client_key=form.cleaned_data["client_key"],
    )
    posted.refresh_from_db(fields=["visibility"])
    if request.htmx:  # type: ignore[attr-defined]
        context = {**_composer_context(request, shown), "held": not posted.is_published}
        context["reply_parent"] = None
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
        context = _composer_context(request, shown, form)
        return render(request, "forum/_composer.html", context, status=422)
    if not participation_policy.may_view_idea(request.user, shown):
        return render(request, "forum/idea_hidden.html", {"idea": shown}, status=410)
    context = {**_idea_context(request, shown), **_composer_context(request, shown, form)}
    return render(request, "forum/idea.html", context, status=status)


@require_safe
@never_cache
def reply_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One reply with its earlier texts and what this person may do with it."""
    shown = discussion_selectors.reply_for_page(pk)
    person = request.user
    participation_selectors.idea_for_page(person, shown.idea_id)
    context = {
        "reply": shown,
        "body": stored_html(shown.body_html),
        "idea": shown.idea,
        "may_view": discussion_policy.may_view(person, shown),
        "may_edit": discussion_policy.may_edit(person, shown),
        "versions": _earlier_texts(person, shown),
        "may_withdraw": discussion_policy.may_withdraw(person, shown),
        "may_flag": moderation_policy.may_flag(person, shown),
        "may_moderate": participation_policy.may_moderate(person, shown.idea.project),
        "hidden": moderation_selectors.last_hiding([shown], kind="reply").get(pk)
        if shown.visibility == Visibility.HIDDEN
        else None,
    }
    status = 200 if context["may_view"] else 410
    return render(request, "forum/reply_detail.html", context, status=status)


def _earlier_texts(person: Any, shown: Any) -> list[Any]:
    """For the author and the moderators: what somebody took out of a text may be private."""
    own = person.is_authenticated and person.pk == shown.author_id
    if own or participation_policy.may_moderate(person, shown.idea.project):
        return list(shown.versions.all())
    return []


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one's reply within the time to edit, or take it back."""
    shown = discussion_selectors.reply_for_page(pk)
    participation_selectors.idea_for_page(request.user, shown.idea_id)
    if request.method == "POST" and "tarik" in request.POST:
        discussion_services.withdraw_reply(reply=shown, by=request.user)
        messages.success(request, _("Balasan Anda sudah dihapus."))
        return redirect("forum:idea", pk=shown.idea_id)
    decision = discussion_policy.may_edit(request.user, shown)
    if request.method != "POST":
        require(decision)
        form = EditReplyForm(initial={"body": shown.body, "version": shown.version})
        return render(request, "forum/edit_reply.html", {"form": form, "reply": shown})
    form = EditReplyForm(request.POST)
    valid = form.is_valid()
    if not decision:
        form.add_error(None, str(decision.reason))
        context = {"form": form, "reply": shown}
        return render(request, "forum/edit_reply.html", context, status=403)
    if valid:
        try:
            discussion_services.edit_reply(
                reply=shown,
                by=request.user,
                body=form.cleaned_data["body"],
                seen_version=form.cleaned_data["version"],
            )
        except discussion_services.StaleEdit:
            shown = discussion_selectors.reply_for_page(pk)
            form.data = {**form.data.dict(), "version": shown.version}  # type: ignore[attr-defined]
            form.add_stale(shown.body)
            context = {"form": form, "reply": shown}
            return render(request, "forum/edit_reply.html", context, status=409)
        return redirect(f"{reverse('forum:idea', args=[shown.idea_id])}?balasan={pk}#balasan-{pk}")
    return not_yet(request, "forum/edit_reply.html", {"form": form, "reply": shown})


# --- Official answers ---------------------------------------------------------------------------


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
    require(answers_policy.may_answer(request.user, shown))
    current = answers_selectors.answer_to(shown)
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
                answers_services.publish_answer(
                    idea=shown,
                    officer=request.user,
                    body=form.cleaned_data["body"],
                    promises=rows.promises(),
                    status=form.cleaned_data["status"],
                    seen_version=form.cleaned_data["version"],
                )
            except answers_services.StaleAnswer:
                stale = True
                current = answers_selectors.answer_to(shown)
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
        participation_services.change_status(
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
    current = answers_selectors.answer_to(shown)
    if current is None:
        return redirect("forum:idea", pk=pk)
    current.idea = shown
    took_part = bool(participation_selectors.supported_by(request.user, [shown])) or bool(
        discussion_selectors.own_replies(request.user, shown)
    )
    require(answers_policy.may_rate(request.user, current, took_part=took_part))
    form = RatingForm(initial=answers_selectors.opinions(current, request.user)[1])
    if request.method == "POST":
        form = RatingForm(request.POST)
        if form.is_valid():
            answers_services.rate_answer(
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


# --- Reports ------------------------------------------------------------------------------------


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
    back = f"{reverse('forum:idea', args=[shown.idea_id])}?balasan={pk}#balasan-{pk}"
    return _flag(request, shown, back=back)


def _flag(request: HttpRequest, target: Any, *, back: str) -> HttpResponse:
    require(moderation_policy.may_flag(request.user, target))
    form = FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        moderation_services.flag(
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
