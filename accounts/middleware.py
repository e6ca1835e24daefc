"""Around every request: the city's clock, the second step of staff, 422 for unfinished forms."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts import policy, selectors

GetResponse = Callable[[HttpRequest], HttpResponse]

# What staff without the second step may still open: setting it up, showing it, leaving.
DOORS = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_email_verification_sent",
        "set_language",
        "core:healthz",
        "core:readyz",
    }
)


class CityTime:
    """Every time on a page is the city's own. Questions after the server's health ask nobody."""

    HEALTH = ("/healthz", "/readyz")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in self.HEALTH:
            return self.get_response(request)
        with timezone.override(ZoneInfo(selectors.city().time_zone)):
            return self.get_response(request)


class ChosenLanguage(LocaleMiddleware):
    """Indonesian, unless this reader chose another language here.

    What a phone says of itself does not count: many phones in the city are set to English by
    people who read Indonesian.
    """

    def process_request(self, request: HttpRequest) -> None:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = chosen in dict(settings.LANGUAGES)
        translation.activate(chosen if known and chosen else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


class StaffSecondFactor:
    """Whoever has a role does nothing here until the second step is set up and shown."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        door = request.resolver_match.view_name if request.resolver_match else ""
        if door in DOORS or door.startswith("mfa_"):
            return None
        if not policy.second_factor_missing(request.user, request.session):
            return None
        url = self._step(request)
        return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)  # type: ignore[attr-defined]

    def _step(self, request: HttpRequest) -> str:
        """Where to do what is missing, with a sentence that says why."""
        if not policy.has_second_factor(request.user):
            _say_once(
                request,
                _(
                    "Akun petugas perlu langkah kedua saat masuk. Pasang aplikasi kode atau kunci "
                    "sandi dulu, setelah itu semua halaman terbuka."
                ),
            )
            return reverse("mfa_index")
        _say_once(request, _("Sesi ini belum menunjukkan langkah kedua. Masukkan kodenya sekali."))
        methods = get_adapter().get_reauthentication_methods(request.user)
        url = next(m["url"] for m in methods if m["id"].startswith("mfa_reauthenticate"))
        if request.method != "GET":
            return url
        return f"{url}?{urlencode({'next': request.get_full_path()})}"


class UnfinishedForms:
    """A form of the account pages that is not yet right answers 422, like all forms of the forum.

    The account pages answer 200 to a wrong form by themselves; the page itself is theirs and stays.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        if request.method != "POST" or response.status_code != 200 or not response.context_data:
            return response
        forms = (response.context_data.get(name) for name in ("form", "change_form"))
        if any(form is not None and form.is_bound and form.errors for form in forms):
            response.status_code = 422
        return response


def _say_once(request: HttpRequest, sentence: str) -> None:
    """Several requests of one page may be turned away at once: the sentence is shown once."""
    waiting = messages.get_messages(request)
    known = [*waiting._loaded_messages, *waiting._queued_messages]
    if sentence not in [str(message) for message in known]:
        messages.warning(request, sentence)
