"""Is the server well, what happened when it was not, and the pages about the forum itself."""

import logging
import secrets
from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.background import oldest_ready
from core.policy import Refused
from core.schedule import oldest_due

log = logging.getLogger(__name__)

PAGES = ("cara-kerja", "aturan", "privasi", "aksesibilitas")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up. Asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve: database, channel layer, migrations. 503 when it cannot.

    Background work that waits is told, but a web process is not taken out of service for it.
    """
    findings = {
        "database": _finding(_ask_database),
        "migrations": _finding(_ask_migrations),
        "channel_layer": _finding(_ask_channel_layer),
    }
    well = all(finding == "ok" for finding in findings.values())
    findings["background_work"] = _finding(_ask_background_work)
    return JsonResponse({"ready": well, **findings}, status=200 if well else 503)


def _finding(ask: Any) -> str:
    try:
        ask()
    except Exception as error:
        log.error("readyz: %s: %r", ask.__name__, error)
        return "failed"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _ask_migrations() -> None:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise RuntimeError(f"{len(plan)} migrations are not applied")


def _ask_channel_layer() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer")
    async_to_sync(layer.group_send)("ready", {"type": "ready"})


def _ask_background_work() -> None:
    waits = max(oldest_ready() or timedelta(), oldest_due() or timedelta())
    if waits > timedelta(minutes=5):
        raise RuntimeError(f"something waits since {waits}: does a worker and a scheduler run?")


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One of the pages about the forum."""
    if slug not in PAGES:
        raise Http404("page")
    return render(request, f"core/page_{slug}.html")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Says why when a policy refused."""
    reason = exception.decision.reason if isinstance(exception, Refused) else ""
    return render(request, "403.html", {"reason": reason}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """No database and no context are asked: they may be what failed."""
    code = f"RMB-{secrets.token_hex(2).upper()}"
    log.error("error page %s for %s", code, request.path)
    return HttpResponse(render_to_string("500.html", {"code": code}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
