"""A person's own news: the list, what changed in it, the way from a line to what it tells of."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.http import seen_revision
from forum.notify import rendering, sources
from notifications import selectors, services
from notifications.selectors import Line, NoticePage

CHANGES = 100
TOO_OLD = 1000


@login_required
@require_safe
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """The list, newest first, without what this person may no longer see."""
    badge = selectors.badge(request.user)
    page = selectors.newest(request.user, cursor=request.GET.get("kursor", ""))
    context = {
        "badge": badge,
        "rows": [rendering.row(line) for line in _shown(request.user, page)],
        "next_cursor": page.next_cursor,
        "first": "kursor" not in request.GET,
        "unreachable": selectors.is_unreachable(request.user.email),
    }
    return render(request, "forum/notices.html", context)


@login_required
@require_safe
@never_cache
def notice_changes(request: HttpRequest) -> JsonResponse:
    """The lines that changed since a revision, and the number for the badge.

    The revision is read first: what is committed meanwhile comes again next time, never too late.
    """
    badge = selectors.badge(request.user)
    seen = seen_revision(request)
    if badge.revision - seen > TOO_OLD:
        answer = {"revision": badge.revision, "reload": True, "unseen": badge.unseen}
        return JsonResponse(answer, status=410)
    page = selectors.changed_since(request.user, seen, limit=CHANGES)
    shown = {line.notice.pk: line for line in _shown(request.user, page)}
    more = len(page.notices) == CHANGES
    return JsonResponse(
        {
            "revision": page.notices[-1].revision if more else badge.revision,
            "more": more,
            "unseen": badge.unseen,
            "fragments": [
                rendering.fragment(notice, shown.get(notice.pk)) for notice in page.notices
            ],
        }
    )


@login_required
@require_safe
@never_cache
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a line was seen, and go where it leads."""
    notice = selectors.own_notice(request.user, pk)
    services.mark_seen(person=request.user, notices=[notice.pk])
    return redirect(notice.latest.url)


@login_required
@require_POST
def mark_all_seen(request: HttpRequest) -> HttpResponse:
    services.mark_seen(person=request.user)
    messages.success(request, _("Semua kabar ditandai sudah dibaca."))
    return redirect("forum:notices")


def _shown(person: Any, page: NoticePage) -> list[Line]:
    """The lines whose news the person may still see; of the others, the unseen ones are closed.

    Otherwise the badge would go on counting what no list shows.
    """
    shown = selectors.lines(page, sources.visible(person, page.all_events))
    left = {line.notice.pk for line in shown}
    gone = [n.pk for n in page.notices if n.pk not in left and n.seen_at is None]
    if gone:
        services.mark_seen(person=person, notices=gone)
    return shown
