"""Sessions: the project's list, the page, the presenter's screen, asking, supporting, rating."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from accounts import selectors as accounts_selectors
from core import throttle
from core.http import not_yet, seen_revision
from core.policy import Refused, require
from core.publishing import Visibility
from core.search import normal_form
from core.text import to_html
from forum.answers.forms import RatingForm
from forum.moderation.models import Rule
from forum.screening.services import Blocked
from forum.sessions import calendar, news, policy, rendering, selectors, services
from forum.sessions.forms import CancelForm, PlanForm, QuestionForm, plan_initial
from forum.sessions.models import Question, Session
from notifications import selectors as notifications_selectors
from notifications import services as notifications_services
from participation import selectors as participation_selectors
from participation.rendering import ShownAs, usual_way, way_choices

CHANGES = 100
TOO_OLD = 2000  # past this many changes a page is quicker loaded anew than caught up


# --- The project's sessions ----------------------------------------------------------------------


@require_safe
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions of a project, and a search in what was answered in them."""
    project = participation_selectors.project_by_slug(request.user, slug)
    plan = selectors.of_project(project)
    query = request.GET.get("q", "").strip()[:200]
    found = []
    if normal_form(query):
        found = selectors.found_in([*plan.now, *plan.coming, *plan.past], query)
    context = {
        "project": project,
        "plan": plan,
        "lists": [
            (_("Sedang berlangsung"), _cards(plan.now)),
            (_("Akan datang"), _cards(plan.coming)),
            (_("Sudah selesai"), _cards(plan.past)),
        ],
        "query": query,
        "found": rendering.rows(found, supported=set()),
        "may_schedule": policy.may_schedule(request.user, project),
    }
    return render(request, "forum/sessions/list.html", context)


def _cards(found: list[Session]) -> list[dict[str, Any]]:
    return [
        {
            "session": session,
            "when": rendering.when(session),
            "starts_in": rendering.starts_in(session),
            "units": sorted({row.unit.label for row in session.session_officers.all()}),
        }
        for session in found
    ]


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def schedule_session(request: HttpRequest, slug: str) -> HttpResponse:
    project = participation_selectors.project_by_slug(request.user, slug)
    require(policy.may_schedule(request.user, project))
    form = PlanForm(request.POST or None, initial={"officers": [request.user.pk]})
    context = {"form": form, "project": project, "session": None}
    if request.method != "POST":
        return render(request, "forum/sessions/plan.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/sessions/plan.html", context)
    session = services.schedule_session(project=project, by=request.user, plan_=form.plan())
    messages.success(request, _("Sesi dijadwalkan. Pengikut proyek diberi tahu."))
    return redirect("forum:session", pk=session.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = selectors.session_for_page(request.user, pk)
    require(policy.may_edit(request.user, session))
    form = PlanForm(request.POST or None, session=session, initial=plan_initial(session))
    context = {"form": form, "project": session.project, "session": session}
    if request.method != "POST":
        return render(request, "forum/sessions/plan.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/sessions/plan.html", context)
    try:
        services.edit_session(
            session=session,
            by=request.user,
            plan_=form.plan(),
            seen_version=form.cleaned_data["version"],
        )
    except services.StalePlan:
        session = selectors.session_for_page(request.user, pk)
        typed = request.POST.copy()
        typed["version"] = str(session.version)
        form.data = typed
        form.add_stale()
        return render(request, "forum/sessions/plan.html", context, status=409)
    messages.success(request, _("Perubahan tersimpan."))
    return redirect("forum:session", pk=pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_session(request: HttpRequest, pk: int) -> HttpResponse:
    session = selectors.session_for_page(request.user, pk)
    require(policy.may_edit(request.user, session))
    form = CancelForm(request.POST or None)
    context = {"form": form, "session": session, "when": rendering.when(session)}
    if request.method != "POST":
        return render(request, "forum/sessions/cancel.html", context)
    if not form.is_valid():
        return not_yet(request, "forum/sessions/cancel.html", context)
    services.cancel_session(session=session, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("Sesi dibatalkan. Pengikut proyek diberi tahu."))
    return redirect("forum:session", pk=pk)


@login_required
@require_POST
def direct_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a session before its hour, or close it early."""
    session = selectors.session_for_page(request.user, pk)
    require(policy.may_direct(request.user, session))
    if request.POST.get("sesi") == "buka":
        services.open_session(session=session, by=request.user)
        messages.success(request, _("Sesi dibuka."))
    else:
        services.close_session(session=session, by=request.user)
        messages.success(request, _("Sesi ditutup. Pertanyaan dan jawabannya tetap bisa dibaca."))
    return redirect("forum:session_desk", pk=pk)


@require_safe
def session_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The session as a file for a calendar."""
    session = selectors.session_for_page(request.user, pk)
    address = request.build_absolute_uri(reverse("forum:session", args=[pk]))
    content = calendar.calendar(session, url=address, host=request.get_host().split(":")[0])
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tanya-{pk}.ics"'
    return response


# --- The page ------------------------------------------------------------------------------------


@require_safe
@never_cache
def session(request: HttpRequest, pk: int) -> HttpResponse:
    shown = selectors.session_for_page(request.user, pk)
    thread = news.thread_key(shown)
    if notifications_selectors.badge(request.user, thread_key=thread).of_thread:
        notifications_services.mark_seen(person=request.user, thread_key=thread)
    return render(request, "forum/sessions/session.html", _context(request, shown))


def _context(
    request: HttpRequest, shown: Session, form: QuestionForm | None = None
) -> dict[str, Any]:
    person = request.user
    query = request.GET.get("q", "").strip()[:200]
    cursors = {
        "queue_cursor": request.GET.get("antrean", ""),
        "record_cursor": request.GET.get("rekaman", ""),
    }
    supported = selectors.supported_by(person, shown)
    context: dict[str, Any] = {
        "session": shown,
        "project": shown.project,
        "head": rendering.head(shown),
        "query": query,
        # Over, little happens any more: no line is kept open for it.
        "live": not (query or any(cursors.values()) or shown.is_over),
        "may_use_desk": policy.may_use_desk(person, shown),
        "may_edit": policy.may_edit(person, shown),
        **ask_context(request, shown, form),
    }
    if normal_form(query):
        found = selectors.found_in([shown], query)
        return {**context, "found": rendering.rows(found, supported=supported)}
    page = selectors.questions(shown, **cursors)
    for question in [*page.now, *page.queue, *page.record]:
        question.session = shown
    return {
        **context,
        "found": None,
        "now": rendering.rows(page.now, supported=supported),
        "queue": rendering.rows(page.queue, supported=supported),
        "record": rendering.rows(page.record, supported=supported),
        "next_queue": page.next_queue,
        "next_record": page.next_record,
        "first_page": not any(cursors.values()),
    }


def ask_context(
    request: HttpRequest, shown: Session, form: QuestionForm | None = None
) -> dict[str, Any]:
    """The form for a question, fresh or as it was typed, and the person's own questions."""
    own = selectors.own_questions(request.user, shown)
    hidings = selectors.last_hiding(own)
    unseen = [
        {
            "question": question,
            "hiding": hidings.get(question.pk),
            "rule": _rule_of(hidings.get(question.pk)),
        }
        for question in own
        if question.visibility in (Visibility.HELD, Visibility.HIDDEN)
    ]
    waiting = [q for q in own if q.is_published and q.state in selectors.UNSETTLED]
    return {
        "session": shown,
        "ask_form": form
        or QuestionForm(
            initial={"client_key": uuid.uuid4(), "shown_as": _usual_way(request.user, own)}
        ),
        "ways": way_choices(request.user),
        "speaks_for": accounts_selectors.unit_of(request.user)  # type: ignore[arg-type]
        if request.user.is_authenticated
        else None,
        "may_ask": policy.may_ask(
            request.user, shown, open_questions=selectors.open_questions(own)
        ),
        "takes_questions": policy.takes_questions(shown),
        "own_unseen": unseen,
        "own_waiting": waiting,
    }


def _usual_way(person: Any, own: list[Question]) -> str:
    """How a person appears who has not chosen: as in the last question here.

    Otherwise the second question of a hidden author, sent in a hurry, would carry the name.
    """
    return usual_way(person, own[-1]) if own else str(ShownAs.NAME)


def _rule_of(hiding: Any) -> str:
    return str(Rule(hiding.rule).label) if hiding and hiding.rule in Rule.values else ""


@require_safe
@never_cache
def session_screen(request: HttpRequest, pk: int) -> HttpResponse:
    """For a projector: the question being answered and the next ones, large, nothing to press."""
    shown = selectors.session_for_page(request.user, pk)
    page = selectors.questions(shown)
    context = {
        "session": shown,
        "state": shown.state_now,
        "when": rendering.when(shown),
        "now": rendering.rows(page.now, supported=set()),
        "queue": rendering.rows(page.queue, supported=set()),
        "more": bool(page.next_queue),
        "address": f"{request.get_host()}{reverse('forum:session', args=[pk])}",
    }
    return render(request, "forum/sessions/screen.html", context)


@require_safe
@never_cache
def session_changes(request: HttpRequest, pk: int) -> JsonResponse:
    """What changed in a session since a revision, in the order of change.

    The head is read first: whatever is committed meanwhile comes again next time, never too late.
    """
    shown = selectors.session_for_page(request.user, pk)
    seen = seen_revision(request)
    if shown.revision - seen > TOO_OLD:
        return JsonResponse({"revision": shown.revision, "reload": True}, status=410)
    changed = selectors.changed_since(shown, seen, limit=CHANGES)
    fragments = [rendering.fragment(question) for question in changed]
    if shown.head_revision > seen:
        fragments.append(rendering.head_fragment(shown))
    fragments.sort(key=lambda fragment: fragment["revision"])
    more = len(changed) == CHANGES
    return JsonResponse(
        {
            # One change may be of several questions: what is left of it comes with the next answer.
            "revision": max(seen, min(changed[-1].revision - 1, shown.revision))
            if more
            else shown.revision,
            "more": more,
            "fragments": fragments,
        }
    )


# --- Asking and supporting -----------------------------------------------------------------------


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a question. With htmx the answer is a fresh form; the question comes by the stream.

    Who was signed out meanwhile gets the text back with the way to sign in.
    """
    shown = selectors.session_for_page(request.user, pk)
    own = selectors.own_questions(request.user, shown)
    form = QuestionForm(request.POST)
    valid = form.is_valid()
    if not request.user.is_authenticated:
        form.add_error(None, _("Masuk dulu untuk ikut serta."))
        return _ask_again(request, shown, form, status=403)
    if not valid:
        return _ask_again(request, shown, form, status=422)
    if wait := throttle.count(request, "question", once=form.cleaned_data["client_key"]):
        form.add_error(None, wait.error)
        return wait.put_on(_ask_again(request, shown, form, status=429))
    try:
        posted = services.ask(
            session=shown,
            author=request.user,
            body=form.cleaned_data["body"],
            shown_as=form.cleaned_data["shown_as"] or _usual_way(request.user, own),
            client_key=form.cleaned_data["client_key"],
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return _ask_again(request, shown, form, status=403)
    except Blocked as blocked:
        form.add_error("body", blocked.sentences)
        return _ask_again(request, shown, form, status=422)
    anchor = f"tanya-{posted.pk}" if posted.is_published else "milik-saya"
    if _by_htmx(request):
        response = render(request, "forum/sessions/_ask.html", ask_context(request, shown))
        node = f"tanya-{posted.pk}" if posted.is_published else None
        return trigger_client_event(response, "rembuk:posted", {"id": node})
    if posted.is_published:
        messages.success(request, _("Pertanyaan Anda masuk antrean."))
    else:
        messages.info(request, _("Pertanyaan Anda tersimpan dan sedang diperiksa petugas."))
    return redirect(f"{reverse('forum:session', args=[pk])}?terkirim=1#{anchor}")


def _ask_again(
    request: HttpRequest, shown: Session, form: QuestionForm, *, status: int
) -> HttpResponse:
    """What was typed and what is missing: the form alone for htmx, else the whole page.

    For htmx a refusal is a 422 as well: it is the one answer that is swapped into the page.
    """
    if _by_htmx(request):
        context = ask_context(request, shown, form)
        return render(request, "forum/sessions/_ask.html", context, status=422)
    return render(
        request, "forum/sessions/session.html", _context(request, shown, form), status=status
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support_question(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """Support a question or take the support back.

    A GET (after signing in on the way) asks once more, so that a link never supports by itself.
    """
    question = selectors.question_for_page(request.user, pk, question_pk)
    if not request.user.is_authenticated:
        door = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
        return HttpResponseClientRedirect(door) if _by_htmx(request) else redirect(door)
    supported = question.pk in selectors.supported_by(request.user, question.session)
    decision = policy.may_support(request.user, question)
    if request.method != "POST" or not decision:
        context = {"question": question, "supported": supported, "may_support": decision}
        status = 200 if request.method != "POST" else 403
        if not question.is_published:
            context, status = {**context, "question": None, "session": question.session}, 410
        response = render(request, "forum/sessions/support.html", context, status=status)
        if request.method == "POST" and _by_htmx(request):
            # The button has no room for the reason: the browser goes to the page that has.
            response["HX-Redirect"] = request.path
        return response
    if wait := throttle.count(request, "support"):
        if _by_htmx(request):
            messages.warning(request, wait.sentence)
            return wait.put_on(HttpResponseClientRedirect(request.path))
        context = {"question": question, "supported": supported, "may_support": decision}
        page = render(request, "forum/sessions/support.html", {**context, "wait": wait})
        return wait.put_on(page)
    if request.POST.get("dukung", "ya") == "ya":
        services.support(question=question, person=request.user)
        supported = True
    else:
        services.withdraw_support(question=question, person=request.user)
        supported = False
    if _by_htmx(request):
        question.refresh_from_db(fields=["support_count"])
        context = {"question": question, "session": question.session, "supported": supported}
        return render(request, "forum/sessions/_support.html", context)
    return redirect(f"{reverse('forum:session', args=[pk])}#tanya-{question.pk}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rate_answer(request: HttpRequest, pk: int, question_pk: int) -> HttpResponse:
    """What residents think of a written answer, and the form to say so. One rating per person."""
    question = selectors.question_for_page(request.user, pk, question_pk)
    if not question.is_published or question.state != Question.State.ANSWERED:
        return redirect("forum:session", pk=pk)
    took_part = selectors.took_part(request.user, question.session)
    may_rate = policy.may_rate(request.user, question, took_part=took_part)
    if request.method == "POST":
        require(may_rate)
    scores, said = selectors.opinions(question, request.user)
    form = RatingForm(request.POST) if request.method == "POST" else RatingForm(initial=said)
    wait = None
    if request.method == "POST" and form.is_valid() and (wait := throttle.count(request, "rate")):
        form.add_error(None, wait.error)
    if request.method == "POST" and form.is_valid():
        services.rate(
            question=question,
            person=request.user,
            scores=form.cleaned_data,
            took_part=took_part,
        )
        messages.success(request, _("Terima kasih, penilaian Anda tersimpan."))
        return redirect(f"{reverse('forum:session', args=[pk])}#tanya-{question.pk}")
    context = {
        "question": question,
        "session": question.session,
        "row": rendering.question_html(question),
        "body": to_html(question.body),
        "scores": scores,
        "may_rate": may_rate,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    page = render(request, "forum/sessions/rate.html", context, status=status)
    return wait.put_on(page) if wait else page


def _by_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]
