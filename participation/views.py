"""Pages of projects and aspirasi that need nothing from the discussion."""

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core import throttle
from core.http import seen_revision
from core.text import staff_html
from participation import forms, policy, rendering, selectors, services
from participation.forms import FilterChoices
from participation.models import Idea, Stage, Status
from participation.selectors import IdeaFilter, SinceVisit

CHANGES = 100


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    projects = selectors.projects_by_deadline(request.user)
    return render(
        request,
        "participation/home.html",
        {
            "projects": projects[:4],
            "project_count": len(projects),
            "changes": selectors.latest_changes(request.user),
            "figures": selectors.city_figures(),
            "since": _since_last_visit(request),
        },
    )


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "participation/project_list.html",
        {"projects": selectors.projects_by_deadline(request.user)},
    )


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """A project: its stages and the list of its aspirasi."""
    shown = selectors.project_by_slug(request.user, slug)
    choices = forms.filter_choices()
    wanted = forms.read_filter(request.GET, choices, project=shown)
    context = _list_context(request, wanted, choices)
    return render(
        request,
        "participation/project.html",
        {
            **context,
            "project": shown,
            "stages": _stages(shown),
            "takes_ideas": policy.takes_ideas(shown),
            "may_submit": policy.may_submit_idea(request.user, shown),
            "live": not (wanted.count or wanted.cursor) and wanted.sort == "newest",
            "follow": selectors.follow_of(request.user, shown),
            "since": _since_last_visit(request, shown),
        },
    )


@require_safe
def project_about(request: HttpRequest, slug: str) -> HttpResponse:
    shown = selectors.project_by_slug(request.user, slug)
    return render(
        request,
        "participation/project_about.html",
        {
            "project": shown,
            "description": staff_html(shown.description),
            "stages": _stages(shown),
            "takes_ideas": policy.takes_ideas(shown),
            "may_submit": policy.may_submit_idea(request.user, shown),
            "follow": selectors.follow_of(request.user, shown),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow a project, mute it, or neither."""
    shown = selectors.project_by_slug(request.user, slug)
    if request.method != "POST":
        context = {"project": shown, "follow": selectors.follow_of(request.user, shown)}
        return render(request, "participation/follow.html", context)
    if wait := throttle.count(request, "follow"):
        context = {"project": shown, "follow": selectors.follow_of(request.user, shown)}
        page = render(request, "participation/follow.html", {**context, "wait": wait})
        return wait.put_on(page)
    match request.POST.get("pilihan"):
        case "ikuti":
            services.follow(project=shown, person=request.user)
            messages.success(request, _("Anda mengikuti proyek ini."))
        case "bisukan":
            services.mute(project=shown, person=request.user)
            messages.success(request, _("Proyek ini dibisukan."))
        case _other:
            services.unfollow(project=shown, person=request.user)
            messages.success(request, _("Anda tidak lagi mengikuti atau membisukan proyek ini."))
    return redirect("participation:project", slug=slug)


@login_required
@require_safe
@never_cache
def follows(request: HttpRequest) -> HttpResponse:
    """The projects that a person follows or has muted."""
    context = {"follows": selectors.own_follows(request.user)}
    return render(request, "participation/follows.html", context)


@require_safe
@never_cache
def project_changes(request: HttpRequest, slug: str) -> JsonResponse:
    """The rows of a project's list that changed since a revision."""
    shown = selectors.project_by_slug(request.user, slug)
    changed = selectors.ideas_changed_since(shown, seen_revision(request), limit=CHANGES)
    for idea in changed:
        idea.project = shown
    more = len(changed) == CHANGES
    return JsonResponse(
        {
            "revision": changed[-1].project_revision if more else shown.revision,
            "more": more,
            "fragments": [rendering.row_fragment(idea) for idea in changed],
        }
    )


@require_safe
def idea_list(request: HttpRequest) -> HttpResponse:
    """All aspirasi of the city: filter, sort, search."""
    choices = forms.filter_choices()
    wanted = forms.read_filter(request.GET, choices)
    context = _list_context(request, wanted, choices)
    return render(request, "participation/idea_list.html", context)


@require_safe
def choose_project(request: HttpRequest) -> HttpResponse:
    """Which project is the aspirasi for? With one open project the question is not asked."""
    open_projects = [
        shown for shown in selectors.projects_by_deadline(request.user) if policy.takes_ideas(shown)
    ]
    if len(open_projects) == 1:
        return redirect("forum:submit_idea", slug=open_projects[0].slug)
    return render(request, "participation/choose_project.html", {"projects": open_projects})


@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """Support an aspirasi or take the support back.

    A GET (after signing in on the way) asks once more, so that a link never supports by itself.
    """
    idea = selectors.idea_for_page(request.user, pk)
    if not request.user.is_authenticated:
        door = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}"
        return HttpResponseClientRedirect(door) if _by_htmx(request) else redirect(door)
    if not policy.may_view_idea(request.user, idea):
        return render(request, "forum/idea_hidden.html", {"idea": idea}, status=410)
    supported = bool(selectors.supported_by(request.user, [idea]))
    if request.method != "POST":
        return render(
            request,
            "participation/support.html",
            {
                "idea": idea,
                "supported": supported,
                "may_support": policy.may_support(request.user, idea),
            },
        )
    decision = policy.may_support(request.user, idea)
    if not decision:
        context = {"idea": idea, "supported": supported, "may_support": decision}
        response = render(request, "participation/support.html", context, status=403)
        if _by_htmx(request):
            # The button has no room for the reason: the browser goes to the page that has.
            response["HX-Redirect"] = request.path
        return response
    if wait := throttle.count(request, "support"):
        if _by_htmx(request):
            messages.warning(request, wait.sentence)
            return wait.put_on(HttpResponseClientRedirect(request.path))
        context = {"idea": idea, "supported": supported, "may_support": decision, "wait": wait}
        return wait.put_on(render(request, "participation/support.html", context))
    if request.POST.get("dukung", "ya") == "ya":
        services.support(idea=idea, person=request.user)
        supported = True
    else:
        services.withdraw_support(idea=idea, person=request.user)
        supported = False
    if _by_htmx(request):
        wide = request.POST.get("bentuk") == "lebar"
        context = {"idea": idea, "supported": supported, "takes_support": True, "wide": wide}
        return render(request, "participation/_support.html", context)
    return redirect(_back(request, idea))


@login_required
@require_POST
def move_support(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one's own support to the aspirasi that this one was merged into."""
    idea = selectors.idea_for_page(request.user, pk)
    into = idea.merged_into
    if services.move_support(idea=idea, person=request.user):
        messages.success(request, _("Dukungan Anda sudah pindah ke aspirasi ini."))
    return redirect("forum:idea", pk=into.pk if into else pk)


@require_safe
def photo(request: HttpRequest, key: UUID) -> HttpResponse:
    """A photo, for whoever may see its aspirasi. nginx sends the file where it is configured."""
    shown = selectors.photo_by_key(key)
    if not policy.may_view_idea(request.user, shown.idea):
        raise Http404("photo")
    if settings.MEDIA_ACCEL_PREFIX:
        response = HttpResponse(content_type="image/webp")
        response["X-Accel-Redirect"] = f"{settings.MEDIA_ACCEL_PREFIX}{shown.file.name}"
    else:
        response = FileResponse(shown.file.open(), content_type="image/webp")
    response["Cache-Control"] = "private, max-age=600"
    return response


def _since_last_visit(request: HttpRequest, shown: Any = None) -> SinceVisit | None:
    """What changed since the person's last visit, or since a day that the browser remembers."""
    asked = request.GET.get("sejak_tanggal", "")
    moment: datetime | None = None
    if request.user.is_authenticated:
        moment = services.note_visit(person=request.user, project=shown)
    if asked:
        try:
            day = date.fromisoformat(asked)
        except ValueError:
            day = None
        if day is not None and day.year > 2000:
            moment = timezone.make_aware(datetime.combine(day, time.min))
    if moment is None:
        return None
    return selectors.changed_since(request.user, moment, project=shown)


def _list_context(
    request: HttpRequest, wanted: IdeaFilter, choices: FilterChoices
) -> dict[str, Any]:
    page = selectors.list_ideas(request.user, wanted)
    supported = selectors.supported_by(request.user, page.ideas)
    with_project = wanted.project is None
    total = selectors.count_ideas(request.user, wanted, page)
    return {
        "wanted": wanted,
        "rows": rendering.rows(page.ideas, supported=supported, with_project=with_project),
        "total": min(total, 1000),
        "total_is_more": total > 1000,
        "next_url": _with(request, kursor=page.next_cursor) if page.next_cursor else "",
        "first_url": _with(request, kursor="") if wanted.cursor else "",
        "chips": _chips(request, wanted, choices),
        "villages": choices.villages,
        "categories": choices.categories,
        "statuses": Status.choices,
        "sorts": forms.SORT_CHOICES,
    }


def _chips(
    request: HttpRequest, wanted: IdeaFilter, choices: FilterChoices
) -> list[dict[str, str]]:
    """The filters that are set, each with the address of the list without it."""
    chips = [
        ("q", f"“{wanted.query}”" if wanted.query else ""),
        ("kelurahan", choices.village_names.get(wanted.village, "")),
        ("kategori", dict(choices.categories).get(wanted.category, "")),
        ("status", str(dict(Status.choices).get(wanted.status, ""))),
    ]
    return [
        {"label": label, "url": _with(request, **{name: "", "kursor": ""})}
        for name, label in chips
        if label
    ]


def _with(request: HttpRequest, **changes: str) -> str:
    """This address with some query values changed; '' removes one."""
    query = QueryDict(mutable=True)
    query.update(
        {name: value for name, value in {**request.GET.dict(), **changes}.items() if value}
    )
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _stages(shown: Any) -> list[dict[str, Any]]:
    """The five stages with their phase (or None) and state: done, now or ''."""
    current = shown.phase
    phases = {phase.stage: phase for phase in shown.phases.all()}
    position = current.position if current else 0
    return [
        {
            "label": label,
            "phase": phases.get(value),
            "state": "done" if n < position else "now" if n == position else "",
        }
        for n, (value, label) in enumerate(Stage.choices, start=1)
    ]


def _by_htmx(request: HttpRequest) -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _back(request: HttpRequest, idea: Idea) -> str:
    """Where a plain POST came from, if that is one of our own lists; else the aspirasi."""
    came_from = request.headers.get("referer", "")
    own = url_has_allowed_host_and_scheme(
        came_from, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    page = reverse("forum:idea", args=[idea.pk])
    if not own or "/dukung/" in came_from or page in came_from:
        return page
    return f"{came_from.split('#')[0]}#aspirasi-{idea.pk}"
