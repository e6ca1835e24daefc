"""Where django-allauth asks the forum: its sentences, its mail, and one way out for all."""

import logging
from collections.abc import Sequence
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services
from accounts.models import Person
from core import live

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Akun ini sedang tidak aktif."),
        "cannot_remove_primary_email": _("Email utama tidak bisa dihapus."),
        "duplicate_email": _("Email ini sudah terhubung dengan akun Anda."),
        "email_password_mismatch": _("Email atau kata sandinya belum cocok."),
        "email_taken": _("Email ini sudah punya akun."),
        "enter_current_password": _("Kata sandi sekarang belum cocok."),
        "incorrect_code": _("Kodenya belum cocok. Periksa lagi 6 angka di email terakhir."),
        "incorrect_password": _("Kata sandinya belum cocok."),
        "same_as_current": _("Ini email yang sekarang. Tulis email yang baru."),
        "rate_limited": _("Terlalu cepat. Tunggu sebentar, lalu coba lagi."),
        "too_many_login_attempts": _(
            "Terlalu banyak percobaan. Tunggu beberapa menit, lalu minta kode baru."
        ),
    }

    def logout(self, request: HttpRequest) -> None:
        services.sign_out(request)

    def set_password(self, user: Person, password: str) -> None:
        """A new password ends the sessions of other browsers: their open pages close as well."""
        super().set_password(user, password)
        live.close_person(user.pk)

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        """On a new device the forum speaks the language that the person has chosen before."""
        response = super().post_login(request, user, **options)
        remember_language(response, user.language)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """When the mail server does not answer the person is told so, and nothing is lost.

        A notice about an account never stops what it tells about.
        """
        context = {"city": selectors.city(), **context}
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            log.error("accounts: mail %s was not sent: %r", template_prefix, error)
            if "code" not in context:
                return
            messages.error(
                self.request,
                _("Email belum bisa dikirim. Tunggu beberapa menit, lalu minta kode lagi."),
            )
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login"))) from error


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """The city's own sign-in is for staff, and staff are entered by a city admin first."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("Kodenya belum cocok. Tulis 6 angka yang sedang tampil di aplikasi."),
        "unverified_email": _("Pastikan dulu email Anda, baru pasang langkah kedua."),
    }

    def get_totp_issuer(self) -> str:
        return f"Rembuk {selectors.city().name}".strip()

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()


class UserSessionsAdapter(DefaultUserSessionsAdapter):
    def end_sessions(self, sessions: Sequence[UserSession]) -> None:
        services.end_sessions(sessions=list(sessions))


def remember_language(response: HttpResponse, language: str) -> None:
    """Keep the chosen language in this browser."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
