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
from notifications import bridge, mail, push, selectors, services
from notifications.categories import Category
from notifications.forms import CodeForm, DeviceForm, NumberForm, TimesForm


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
    request: HttpRequest,
    form: TimesForm,
    *,
    device_form: DeviceForm | None = None,
    number_form: NumberForm | None = None,
    code_form: CodeForm | None = None,
    status: int = 422,
) -> HttpResponse:
    """The page of all choices; `status` is the answer when one of its forms is not yet right."""
    person = request.user
    context = {
        "form": form,
        "channels": selectors.channels(person),
        "matrix": selectors.matrix(person),
        "unreachable": selectors.is_unreachable(person.email),
        "device_form": device_form,
    }
    if push.is_configured():
        context["push_key"] = push.public_key(config.VAPID_PRIVATE_KEY)
        context["devices"] = selectors.devices(person, session_key=request.session.session_key)
    if bridge.is_configured():
        context["phone"] = selectors.own_number(person)
        context["number_form"] = number_form or NumberForm()
        context["code_form"] = code_form or CodeForm()
    bad = any(each and each.errors for each in (form, device_form, number_form, code_form))
    page = "notifications/settings.html"
    return render(request, page, context, status=status if bad else 200)


@login_required
@require_POST
def reachable(request: HttpRequest) -> HttpResponse:
    """The person's address works again."""
    services.mark_reachable(person=request.user)
    messages.success(request, _("Email akan dikirim lagi ke alamat Anda."))
    return redirect("notifications:settings")


View = Callable[..., HttpResponse]


def only_if(offered: Callable[[], bool]) -> Callable[[View], View]:
    """An address that does not exist where the installation does not offer what it is for."""

    def decorate(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not offered():
                raise Http404("not offered")
            return view(request, **arguments)

        return asked

    return decorate


@only_if(push.is_configured)
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


@only_if(push.is_configured)
@login_required
@require_POST
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Show no more news on one of the person's devices."""
    services.remove_device(device=selectors.own_device(request.user, pk))
    messages.success(request, _("Perangkat itu tidak akan diberi tahu lagi."))
    return redirect("notifications:settings")


@only_if(bridge.is_configured)
@login_required
@require_POST
def give_number(request: HttpRequest) -> HttpResponse:
    """Have a code sent to a number."""
    form = NumberForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            services.give_number(person=request.user, number=form.cleaned_data["number"])
        except services.TooMany:
            form.add_error(
                "number",
                _(
                    "Kode sudah beberapa kali diminta. Tunggu satu jam, lalu coba lagi. "
                    "Bila belum bisa, coba besok."
                ),
            )
            status = 429
        else:
            messages.success(request, _("Kode dikirim ke nomor Anda."))
            return redirect("notifications:settings")
    times = TimesForm.of(selectors.delivery_times(request.user))
    return _settings_page(request, times, number_form=form, status=status)


@only_if(bridge.is_configured)
@login_required
@require_POST
def confirm_number(request: HttpRequest) -> HttpResponse:
    """The code that came to the number: from now on news goes there."""
    form = CodeForm(request.POST)
    if form.is_valid():
        if services.confirm_number(person=request.user, code=form.cleaned_data["code"]):
            messages.success(request, _("Nomor Anda tersimpan. Kabar akan dikirim ke sana."))
            return redirect("notifications:settings")
        form.add_error(
            "code",
            _(
                "Kode ini belum cocok atau sudah tidak berlaku. Periksa lagi, atau "
                "tekan Kirim kode lagi."
            ),
        )
    times = TimesForm.of(selectors.delivery_times(request.user))
    return _settings_page(request, times, code_form=form)


@only_if(bridge.is_configured)
@login_required
@require_POST
def remove_number(request: HttpRequest) -> HttpResponse:
    services.remove_number(person=request.user)
    messages.success(request, _("Nomor Anda dihapus."))
    return redirect("notifications:settings")


# At the root, because a service worker answers only for what lies below it. Asked for each time:
# a worker that browsers keep would go on showing what its successor no longer does.
@only_if(push.is_configured)
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
