"""Forms for joining, signing in and the own profile."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import setup_user_email
from allauth.core import context
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import selectors, services
from accounts.models import DISPLAY_NAME_LENGTH, Person

CODE_ATTRIBUTES = {
    "autocomplete": "one-time-code",
    "inputmode": "numeric",
    "class": "input input--short",
    "placeholder": None,
    "autofocus": True,
}


class VillageField(forms.ChoiceField):
    """The kelurahan where somebody lives, grouped by kecamatan."""

    default_error_messages = {
        "required": _("Pilih kelurahan supaya sampai ke petugas yang tepat."),
        "invalid_choice": _("Pilih kelurahan dari daftar."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Kelurahan tempat tinggal"))
        super().__init__(choices=self._listed, **options)

    @staticmethod
    def _listed() -> list[Any]:
        return [("", _("Pilih kelurahan")), *selectors.village_groups()]


class DisplayNameField(forms.CharField):
    """The name that others see."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Nama panggilan"))
        options.setdefault("help_text", _("Nama ini tampil di samping aspirasi Anda."))
        super().__init__(
            widget=forms.TextInput(
                attrs={"autocomplete": "nickname", "maxlength": DISPLAY_NAME_LENGTH}
            ),
            error_messages={"required": _("Tulis nama panggilan Anda.")},
            strip=False,
            **options,
        )
        # NUL and its like get the same sentence as all signs that do not belong in a name.
        self.validators = []

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        try:
            return services.checked_display_name(value)
        except ValidationError as error:
            raise ValidationError(error.message_dict["display_name"]) from error


def _plain_email(field: forms.Field) -> None:
    """One label and one set of sentences for every e-mail field; no placeholder as a label."""
    field.label = _("Alamat email")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["autocomplete"] = "email"
    field.error_messages["required"] = _("Tulis alamat email Anda.")
    invalid = _("Alamat email ini belum lengkap. Contoh: nama@contoh.id")
    field.error_messages["invalid"] = invalid
    for validator in field.validators:
        if getattr(validator, "code", "") == "invalid":
            validator.message = invalid


def _plain_password(field: forms.Field, label: Any) -> None:
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = _("Tulis kata sandi.")


class SignupForm(allauth_forms.SignupForm):
    """Joining as a resident: e-mail, name, kelurahan, consent. A password can come later."""

    display_name = DisplayNameField()
    village = VillageField()
    consent = forms.BooleanField(
        error_messages={"required": _("Centang persetujuan ini untuk bisa mendaftar.")},
    )
    field_order = ["email", "display_name", "village", "consent"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # The password stays in ACCOUNT_SIGNUP_FIELDS so that signing in has a password field.
        self.fields.pop("password1", None)
        _plain_email(self.fields["email"])
        self.fields["email"].help_text = _(
            "Untuk mengirim kode masuk. Tidak ditampilkan kepada umum."
        )
        self.fields["consent"].label = format_html(
            _(
                'Saya setuju dengan <a href="{rules}">aturan berdiskusi</a> dan '
                '<a href="{privacy}">cara data saya dipakai</a>'
            ),
            rules=reverse("core:page", args=["aturan"]),
            privacy=reverse("core:page", args=["privasi"]),
        )

    def clean_email(self) -> str:
        try:
            services.checked_email(self.cleaned_data["email"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["email"]) from error
        return super().clean_email()

    def save(self, request: HttpRequest) -> Person:
        person = services.create_person(
            email=self.cleaned_data["email"],
            display_name=self.cleaned_data["display_name"],
            village_code=self.cleaned_data["village"],
        )
        setup_user_email(request, person, [EmailAddress(email=person.email)])
        return person


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_email(self.fields["login"])
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        _plain_password(self.fields["password"], _("Kata sandi"))
        self.fields["password"].help_text = ""


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_email(self.fields["email"])


class _CodeForm(forms.Form):
    """What all forms for a code share. Mixed in before an allauth form."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        code = self.fields["code"]
        code.label = _("Kode")
        code.error_messages["required"] = _("Tulis 6 angka dari email.")
        code.widget.attrs.update(CODE_ATTRIBUTES)
        code.widget.attrs.pop("placeholder")


class ConfirmLoginCodeForm(_CodeForm, allauth_forms.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(_CodeForm, allauth_forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(_CodeForm, allauth_forms.ConfirmPasswordResetCodeForm):
    pass


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_email(self.fields["email"])


class ChangeEmailForm(allauth_forms.ChangeEmailForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_email(self.fields["email"])


class AddEmailForm(allauth_forms.AddEmailForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_email(self.fields["email"])
        self.fields["email"].label = _("Email baru")


class _NewPasswordForm(forms.Form):
    """What all forms for a new password share. Mixed in before an allauth form."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "oldpassword" in self.fields:
            _plain_password(self.fields["oldpassword"], _("Kata sandi sekarang"))
            self.fields["oldpassword"].help_text = ""
        _plain_password(self.fields["password1"], _("Kata sandi baru"))
        self.fields["password1"].help_text = _(
            "Paling sedikit 10 huruf atau angka. Kalimat pendek paling mudah diingat."
        )
        _plain_password(self.fields["password2"], _("Ketik sekali lagi"))


class SetPasswordForm(_NewPasswordForm, allauth_forms.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPasswordForm, allauth_forms.ChangePasswordForm):
    pass


class ResetPasswordKeyForm(_NewPasswordForm, allauth_forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _plain_password(self.fields["password"], _("Kata sandi"))
        self.fields["password"].help_text = ""


class ActivateTOTPForm(AllauthActivateTOTPForm):
    """Setting up the app shows the second step at the same time: no second question right after."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].label = _("Kode dari aplikasi")
        self.fields["code"].widget.attrs.update(CODE_ATTRIBUTES)
        self.fields["code"].widget.attrs.pop("placeholder")

    def clean_code(self) -> str:
        code = super().clean_code()
        record_authentication(
            context.request, self.user, method="mfa", type="totp", reauthenticated=True
        )
        return code


class AddWebAuthnForm(AllauthAddWebAuthnForm):
    """Likewise: a key that was just made was just shown."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("Nama kunci")
        self.fields["name"].help_text = _("Misalnya: HP kantor.")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("Pakai juga untuk masuk tanpa kode email")
            self.fields["passwordless"].help_text = _(
                "Perangkat akan meminta sidik jari, wajah, atau PIN."
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("credential") and not self.errors:
            record_authentication(
                context.request, self.user, method="mfa", type="webauthn", reauthenticated=True
            )
        return cleaned


class ProfileForm(forms.Form):
    """What a person may change about themselves; saves only these fields."""

    display_name = DisplayNameField()
    village = VillageField(required=False)
    language = forms.ChoiceField(label=_("Bahasa"), choices=settings.LANGUAGES)

    @classmethod
    def of(cls, person: Person, data: Any = None) -> "ProfileForm":
        return cls(
            data,
            initial={
                "display_name": person.display_name,
                "village": person.village_id or "",
                "language": get_language() or settings.LANGUAGE_CODE,
            },
        )
