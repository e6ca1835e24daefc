"""Pages of one's own choices: how often, through what, when not; and the way out of the mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from notifications import mail, selectors, services
from notifications.categories import Category
from notifications.forms import TimesForm


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
    context = {
        "form": form,
        "channels": selectors.channels(),
        "matrix": selectors.matrix(person),
        "unreachable": selectors.is_unreachable(person.email),
    }
    status = 422 if form.errors else 200
    return render(request, "notifications/settings.html", context, status=status)


@login_required
@require_POST
def reachable(request: HttpRequest) -> HttpResponse:
    """The person's address works again."""
    services.mark_reachable(person=request.user)
    messages.success(request, _("Email akan dikirim lagi ke alamat Anda."))
    return redirect("notifications:settings")


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
