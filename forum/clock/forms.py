"""The form of a day off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField
from forum.clock.models import Holiday


class HolidayForm(forms.Form):
    """A date on which the city's offices are closed, and why."""

    date = forms.DateField(
        label=_("Tanggal"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Pilih tanggalnya."),
            "invalid": _("Tulis tanggal seperti 2026-07-17."),
        },
    )
    name = LineField(
        label=_("Nama hari libur"), max_length=120, required_message=_("Tulis nama hari liburnya.")
    )
    kind = forms.ChoiceField(
        label=_("Jenis"),
        choices=Holiday.Kind.choices,
        initial=Holiday.Kind.LOCAL,
        error_messages={
            "required": _("Pilih jenisnya."),
            "invalid_choice": _("Pilih jenis dari daftar."),
        },
    )
    source = LineField(
        label=_("Dasar"),
        help_text=_("Nama keputusan, misalnya Keputusan Wali Kota."),
        max_length=160,
        required=False,
    )
    applies = forms.BooleanField(
        label=_("Berlaku: tanggal ini bukan hari kerja"), required=False, initial=True
    )

    def fill(self, holiday: Holiday) -> Holiday:
        """Put what was filled in into a row, not stored yet."""
        for name, value in self.cleaned_data.items():
            setattr(holiday, name, value)
        return holiday

    def add_taken(self) -> None:
        self.add_error("date", _("Tanggal ini sudah ada di daftar. Ubah baris yang ada."))

    @staticmethod
    def values_of(holiday: Holiday) -> dict[str, Any]:
        names = ("date", "name", "kind", "source", "applies")
        return {name: getattr(holiday, name) for name in names}
