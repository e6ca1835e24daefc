"""The own profile, and the mail of the demo."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import policy, selectors, services
from accounts.adapters import remember_language
from accounts.forms import ProfileForm
from core import demo_mail as demo_mailbox


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Read and change the own name, kelurahan and language."""
    person = request.user
    form = ProfileForm.of(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.update_profile(
            person=person,
            display_name=form.cleaned_data["display_name"],
            village_code=form.cleaned_data["village"],
            language=form.cleaned_data["language"],
        )
        with translation.override(person.language):
            messages.success(request, _("Profil tersimpan."))
        response = redirect("accounts:profile")
        remember_language(response, person.language)
        return response
    context = {
        "form": form,
        "person": person,
        "staff_profile": selectors.staff_profile(person),
        "grants": selectors.active_grants(person),
        "has_second_factor": policy.has_second_factor(person),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The last mails that the demo would have sent."""
    if not policy.may_read_demo_mail(request):
        raise Http404("demo mail")
    return render(request, "accounts/demo_mail.html", {"mails": demo_mailbox.latest(20)})
