"""The forms of reporting a post and of deciding a case."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from forum.moderation.models import Rule, Ruling


class FlagForm(forms.Form):
    """A resident says what is wrong with a post."""

    reason = forms.ChoiceField(
        label=_("Apa masalahnya?"),
        widget=forms.RadioSelect,
        choices=Rule.choices,
        error_messages={
            "required": _("Pilih satu alasan."),
            "invalid_choice": _("Pilih satu alasan dari daftar."),
        },
    )
    note = LineField(
        label=_("Keterangan"),
        help_text=_("Hanya dibaca petugas moderasi."),
        max_length=500,
        required=False,
    )


class RulingForm(forms.Form):
    """A decision on a case. Hiding names the rule and tells the author why."""

    decision = forms.ChoiceField(
        choices=Ruling.Decision.choices,
        error_messages={
            "required": _("Pilih keputusan."),
            "invalid_choice": _("Pilih keputusan dari daftar."),
        },
    )
    rule = forms.ChoiceField(
        label=_("Aturan yang dilanggar"),
        widget=forms.RadioSelect,
        choices=Rule.choices,
        required=False,
        error_messages={"invalid_choice": _("Pilih aturan dari daftar.")},
    )
    message = TextField(
        label=_("Pesan kepada warga"),
        help_text=_("Wajib. Warga membaca pesan ini di halaman tulisannya."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == Ruling.Decision.HIDE:
            if not data.get("rule") and "rule" not in self.errors:
                self.add_error("rule", _("Pilih aturan yang dilanggar."))
            if not data.get("message") and "message" not in self.errors:
                self.add_error("message", _("Tulis pesan untuk warga: apa yang perlu diperbaiki."))
        return data
