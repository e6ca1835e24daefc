"""The forms with which a person says when to be left alone and where news is to be shown."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import bridge, push
from notifications.models import DeliveryTimes


class TimesForm(forms.Form):
    """Quiet hours and the pause of everything."""

    quiet_from = forms.TimeField(
        label=_("Dari pukul"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Tulis jam, misalnya 21.00.")},
    )
    quiet_until = forms.TimeField(
        label=_("Sampai pukul"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S", "%H.%M"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Tulis jam, misalnya 06.00.")},
    )
    paused = forms.BooleanField(
        label=_("Jeda semua kiriman"),
        required=False,
        help_text=_(
            "Kabar tetap masuk ke daftar di Rembuk. Tidak ada yang dikirim sampai "
            "Anda mengakhiri jeda."
        ),
    )

    @classmethod
    def of(cls, own: DeliveryTimes, data: Any = None) -> "TimesForm":
        return cls(
            data,
            initial={
                "quiet_from": own.quiet_from,
                "quiet_until": own.quiet_until,
                "paused": bool(own.paused_at),
            },
        )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        start, end = filled.get("quiet_from"), filled.get("quiet_until")
        if self.errors or bool(start) == bool(end):
            return filled
        self.add_error(
            "quiet_until" if start else "quiet_from",
            _("Isi kedua jam, atau kosongkan keduanya."),
        )
        return filled


class DeviceForm(forms.Form):
    """What a browser says of its own push service. Nobody types this."""

    endpoint = forms.CharField(max_length=push.ENDPOINT_LENGTH)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=40)

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        try:
            filled["endpoint"] = push.checked_endpoint(filled.get("endpoint", ""))
            filled["p256dh"], filled["auth"] = push.checked_keys(
                filled.get("p256dh", ""), filled.get("auth", "")
            )
        except ValueError as error:
            raise forms.ValidationError(
                _("Perangkat ini belum bisa didaftarkan. Muat ulang halaman, lalu coba lagi.")
            ) from error
        return filled


class NumberForm(forms.Form):
    """The number to which short messages are to go."""

    number = forms.CharField(
        label=_("Nomor HP"),
        max_length=30,
        help_text=_("Misalnya 0812 3456 7890. Kami kirim kode ke sana."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Tulis nomor HP Anda.")},
    )

    def clean_number(self) -> str:
        try:
            return bridge.normal_number(self.cleaned_data["number"])
        except ValueError as error:
            raise forms.ValidationError(
                _("Nomor ini belum bisa kami pakai. Tulis nomor HP, misalnya 0812 3456 7890.")
            ) from error


class CodeForm(forms.Form):
    """The code that came to the number."""

    code = forms.CharField(
        label=_("Kode 6 angka"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Tulis kode yang kami kirim.")},
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())
