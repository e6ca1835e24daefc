"""An aspirasi: the form to send one, its page, what changed on it, its history."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import selectors as accounts_selectors
from core import throttle
from core.http import not_yet, seen_revision, whole_number
from core.policy import require
from core.publishing import Visibility
from core.text import to_html
from forum.answers import policy as answers_policy
from forum.answers import rendering as answers_rendering
from forum.answers import selectors as answers_selectors
from forum.answers.forms import RatingForm
from forum.clock import rendering as clock_rendering
from forum.clock import selectors as clock_selectors
from forum.discussion import pages, quotes
from forum.discussion import policy as discussion_policy
from forum.discussion import rendering as discussion_rendering
from forum.discussion import selectors as discussion_selectors
from forum.discussion.forms import ReplyForm
from forum.disposition import policy as disposition_policy
from forum.disposition import selectors as disposition_selectors
from forum.moderation import policy as moderation_policy
from forum.moderation import selectors as moderation_selectors
from forum.moderation import services as moderation_services
from forum.screening import services as screening_services
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
    if wait := throttle.count(request, "idea", once=form.cleaned_data["client_key"]):
        form.add_error(None, wait.error)
        return wait.put_on(not_yet(request, "forum/submit_idea.html", context))
    try:
        idea = moderation_services.submit_idea(
            author=request.user,
            project=project,
            draft=form.draft(),
            client_key=form.cleaned_data["client_key"],
            photos=form.cleaned_data["photos"],
        )
    except screening_services.Blocked as blocked:
        form.add_error(None, blocked.sentences)
        return not_yet(request, "forum/submit_idea.html", context)
    return redirect(f"{reverse('forum:idea', args=[idea.pk])}?terkirim=1")


@login_required
@require_safe
@never_cache
def own_ideas(request: HttpRequest) -> HttpResponse:
    """Everything a person sent, with what a moderator asks to be changed in it."""
    ideas = participation_selectors.own_ideas(request.user)
    asked = moderation_selectors.edits_asked_of(request.user)
    context = {"ideas": [(idea, asked.get(idea.pk)) for idea in ideas]}
    return render(request, "forum/own_ideas.html", context)


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
    return render(request, "forum/idea.html", idea_context(request, shown))


def idea_context(request: HttpRequest, shown: Any) -> dict[str, Any]:
    person = request.user
    supported = shown.reader_supports
    own = discussion_selectors.own_replies(person, shown)
    answer = answers_selectors.answer_to(shown) if shown.answered_at else None
    return {
        "idea": shown,
        "body": to_html(shown.body),
        "steps": participation_rendering.steps(shown),
        **_clock_context(person, shown),
        "supported": supported,
        "may_support": participation_policy.may_support(person, shown),
        "takes_support": participation_rendering.takes_support(shown),
        "merged": participation_selectors.merged_into(shown) if shown.has_merged else [],
        "may_flag": moderation_policy.may_flag(person, shown),
        "may_moderate": participation_policy.may_moderate(person, shown.project),
        "may_change_status": participation_policy.may_change_status(person, shown),
        "may_answer": answers_policy.may_answer(person, shown),
        "hidden": (hidden := _why_hidden(person, shown)),
        "asked_to_edit": moderation_selectors.asks_for_edit(hidden),
        "thread": pages.page(shown, request.GET),
        "advice": _what_to_change(person, shown),
        "own_unseen": _own_unseen(own),
        "similar": participation_selectors.similar_to(shown),
        "sent": "terkirim" in request.GET and person.pk == shown.author_id,
        **_answer_context(person, shown, answer, took_part=supported or bool(own)),
        **composer_context(request, shown),
    }


def _clock_context(person: Any, shown: Any) -> dict[str, Any]:
    """By when it is answered; for its author also what is missing, for the staff the way to it."""
    clocks = clock_selectors.of_idea(shown)
    now = clock_selectors.current(clocks)
    waits = now is not None and (now.paused_at or now.ended_at) and person.pk == shown.author_id
    disposition = disposition_selectors.of_idea(shown) if waits else None
    return {
        "due": clock_rendering.due(clocks),
        "incomplete": disposition
        if disposition and disposition_policy.may_complete(person, disposition)
        else None,
    }


def _answer_context(person: Any, shown: Any, answer: Any, *, took_part: bool) -> dict[str, Any]:
    """The official answer, what residents think of it, and the form to say so."""
    if answer is None:
        return {"answer": None}
    answer.idea = shown
    opinions = answers_selectors.opinions(answer, person)
    may_rate = answers_policy.may_rate(person, answer, took_part=took_part, own=opinions.own)
    return {
        "answer": answer,
        "official": answers_rendering.official(shown, answer),
        "opinions": opinions,
        "may_rate": may_rate,
        "rating_form": RatingForm(initial=opinions.said) if may_rate else None,
    }


def composer_context(
    request: HttpRequest, shown: Any, form: ReplyForm | None = None
) -> dict[str, Any]:
    """The reply form: fresh, or as it was typed."""
    if form is None:
        quoted = discussion_selectors.quotable(shown, whole_number(request.GET.get("kutip")))
        parent_pk = quoted.pk if quoted else whole_number(request.GET.get("balas"))
        first = {
            "client_key": uuid.uuid4(),
            "parent": parent_pk,
            "shown_as": participation_rendering.usual_way(request.user, shown),
        }
        if quoted:
            first |= {"quoted": quoted.pk, "body": quotes.prefill(quoted)}
        form = ReplyForm(initial=first)
    else:
        parent_pk = whole_number(str(form["parent"].value() or ""))
    parent = discussion_selectors.parent_for(shown, parent_pk) if parent_pk else None
    return {
        "idea": shown,
        "reply_form": form,
        "ways": participation_rendering.way_choices(request.user),
        "reply_parent": parent,
        "may_reply": discussion_policy.may_reply(request.user, shown),
        "may_take_stance": not parent and discussion_policy.may_take_stance(request.user, shown),
        "takes_replies": shown.is_published
        and not shown.merged_into_id
        and participation_policy.takes_replies(shown.project),
        "speaks_for": (
            accounts_selectors.unit_of(request.user)  # type: ignore[arg-type]
            if request.user.is_authenticated
            else None
        ),
    }


def _why_hidden(person: Any, shown: Any) -> Any:
    """The ruling that keeps the aspirasi out of sight, for its author and the moderators."""
    if shown.visibility not in (Visibility.HELD, Visibility.HIDDEN):
        return None
    return moderation_selectors.last_hiding([shown], kind="idea").get(shown.pk)


def _what_to_change(person: Any, shown: Any) -> list[str]:
    """For the author of an aspirasi that is being checked: what would let it through."""
    if shown.visibility != Visibility.HELD or person.pk != shown.author_id:
        return []
    found = moderation_selectors.open_findings([shown], kind="idea")
    return screening_services.advice(found.get(shown.pk, []))


def _own_unseen(own: list[Any]) -> list[dict[str, Any]]:
    """A person's own replies that others cannot see, with the ruling where there is one."""
    hidden = [reply for reply in own if reply.visibility == Visibility.HIDDEN]
    held = [reply for reply in own if reply.visibility == Visibility.HELD]
    found = moderation_selectors.open_findings(held, kind="reply")
    unseen = [*held, *hidden]
    rulings = moderation_selectors.last_hiding(unseen, kind="reply")
    return [
        {
            "reply": reply,
            "ruling": (ruling := rulings.get(reply.pk)),
            "asked_to_edit": moderation_selectors.asks_for_edit(ruling),
            "advice": screening_services.advice(found.get(reply.pk, [])),
        }
        for reply in unseen
    ]


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
        fragments.append(clock_rendering.due_fragment(shown))
        fragments.append(participation_rendering.status_fragment(shown))
    if shown.answered_at:
        answer = answers_selectors.answer_to(shown)
        if answer is not None and answer.revision > seen:
            fragments.append(answers_rendering.official_fragment(shown, answer))
    fragments.sort(key=lambda fragment: fragment["revision"])
    more = len(replies) >= CHANGES  # those of one revision come together, also past the limit
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
        "journey": disposition_selectors.public_history(shown),
        "may_moderate": participation_policy.may_moderate(request.user, shown.project),
    }
    return render(request, "forum/idea_history.html", context)
