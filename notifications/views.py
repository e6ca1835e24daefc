"""Pages of one's own choices: how often, through what, when not; and the way out of the mail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings as config
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import services as accounts
from notifications import mail, push, selectors, services
from notifications.categories import Category
from notifications.forms import DeviceForm, TimesForm


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """How often a person hears of what, and when not at all."""
    person = request.user
    data = request.POST if request.method == "POST" else None
    form = TimesForm.of(selectors.delivery_times(person), data)
    if data is not None and form.is_valid():
        wanted = {}
        for row in selectors.matrix(person):
            for cell in row.cells:
                if value := data.get(f"{row.category}-{cell.channel}"):
                    wanted[row.category, cell.channel] = value
        services.set_wanted(person=person, wanted=wanted)
        services.set_times(
            person=person,
            quiet_from=form.cleaned_data["quiet_from"],
            quiet_until=form.cleaned_data["quiet_until"],
            paused=form.cleaned_data["paused"],
        )
        messages.success(request, _("Pilihan kabar tersimpan."))
        return redirect("notifications:settings")
    return _settings_page(request, form)


def _settings_page(
    request: HttpRequest, form: TimesForm, *, device_form: DeviceForm | None = None
) -> HttpResponse:
    person = request.user
    context = {
        "form": form,
        "channels": selectors.channels(),
        "matrix": selectors.matrix(person),
        "unreachable": selectors.is_unreachable(person.email),
        "device_form": device_form,
    }
    if push.is_configured():
        context["push_key"] = push.public_key(config.VAPID_PRIVATE_KEY)
        context["devices"] = selectors.devices(person, session_key=request.session.session_key)
    bad = form.errors or (device_form and device_form.errors)
    return render(request, "notifications/settings.html", context, status=422 if bad else 200)


@login_required
@require_POST
def reachable(request: HttpRequest) -> HttpResponse:
    """The person's address works again."""
    services.mark_reachable(person=request.user)
    messages.success(request, _("Email akan dikirim lagi ke alamat Anda."))
    return redirect("notifications:settings")


def with_push(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Without keys for Web Push its addresses do not exist."""

    @wraps(view)
    def asked(request: HttpRequest, **arguments: Any) -> HttpResponse:
        if not push.is_configured():
            raise Http404("push")
        return view(request, **arguments)

    return asked


@with_push
@login_required
@require_POST
def add_device(request: HttpRequest) -> HttpResponse:
    """Show news on the browser that asks."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        times = TimesForm.of(selectors.delivery_times(request.user))
        return _settings_page(request, times, device_form=form)
    session = accounts.session_on_record(request)
    services.add_device(person=request.user, session=session, **form.cleaned_data)
    messages.success(request, _("Perangkat ini akan diberi tahu."))
    return redirect("notifications:settings")


@with_push
@login_required
@require_POST
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show no more news on one of the person's devices."""
    services.remove_device(device=selectors.own_device(request.user, pk))
    messages.success(request, _("Perangkat itu tidak akan diberi tahu lagi."))
    return redirect("notifications:settings")


# At the root, because a service worker answers only for what lies below it. Asked for each time:
# a worker that browsers keep would go on showing what its successor no longer does.
@with_push
@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    return render(request, "notifications/sw.js", content_type="text/javascript; charset=utf-8")


# The mail program posts here by itself: it has neither a session nor our token against forgery.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mail that carried this address. A GET only asks: mail scanners follow every link."""
    found = mail.read_token(token)
    if found is None:
        raise Http404("token")
    _person, categories = found
    context = {
        "token": token,
        "labels": [Category(category).label for category in categories],
        "done": False,
    }
    if request.method == "POST":
        if services.unsubscribe(token=token) is None:
            raise Http404("token")
        context["done"] = True
    return render(request, "notifications/unsubscribe.html", context)
