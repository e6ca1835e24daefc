"""The forms of reporting a post and of deciding a case."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from core.http import LARGEST, whole_number
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


# What takes something from the author names the rule, and says in words why.
WITH_REASON = (
    Ruling.Decision.HIDE,
    Ruling.Decision.ASK_EDIT,
    Ruling.Decision.WARN,
    Ruling.Decision.SUSPEND,
)

ON_APPEALS = (Ruling.Decision.GRANT, Ruling.Decision.UPHOLD)


class DecisionForm(forms.Form):
    """A decision with its rule and the message to the author."""

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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") in WITH_REASON:
            if not data.get("rule") and "rule" not in self.errors:
                self.add_error("rule", _("Pilih aturan yang dilanggar."))
            if not data.get("message") and "message" not in self.errors:
                self.add_error("message", _("Tulis pesan untuk warga: apa yang perlu diperbaiki."))
        if data.get("decision") in ON_APPEALS and not data.get("message"):
            self.add_error("message", _("Tulis alasan keputusan ini untuk warga."))
        return data


class RulingForm(DecisionForm):
    """A decision on one case. `into` finds the aspirasi that a typed number or address means."""

    days = forms.TypedChoiceField(
        label=_("Berapa lama"),
        choices=[(1, _("1 hari")), (7, _("7 hari")), (30, _("30 hari"))],
        coerce=int,
        initial=7,
        required=False,
        empty_value=None,
        error_messages={"invalid_choice": _("Pilih lamanya dari daftar.")},
    )
    into = forms.CharField(
        label=_("Nomor aspirasi tujuan"),
        help_text=_("Contoh: R-2026-1285. Aspirasi itu tetap tayang, yang ini menjadi bagiannya."),
        max_length=200,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def clean_into(self) -> int | None:
        typed = self.cleaned_data["into"].strip().rstrip("/")
        number = whole_number(re.split(r"[-/]", typed)[-1])
        if typed and number is None:
            raise forms.ValidationError(_("Tulis nomornya seperti R-2026-1285."))
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self._needs("into", Ruling.Decision.MERGE, _("Tulis nomor aspirasi tujuan."))
        self._needs("days", Ruling.Decision.SUSPEND, _("Pilih lamanya dari daftar."))
        return data

    def _needs(self, field: str, decision: str, sentence: str) -> None:
        data = self.cleaned_data
        wanted = data.get("decision") == decision and field not in self.errors
        if wanted and not data.get(field):
            self.add_error(field, sentence)


BULK = (
    Ruling.Decision.PUBLISH,
    Ruling.Decision.KEEP,
    Ruling.Decision.HIDE,
    Ruling.Decision.ASK_EDIT,
    Ruling.Decision.WARN,
    Ruling.Decision.RESTORE,
)


class BulkForm(DecisionForm):
    """One decision on many cases. A chosen case is its number and the version that was seen."""

    field_order = ["decision", "rule", "message"]

    def __init__(self, *args: Any, most: int, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="sekaligus_%s", **kwargs)
        self.most = most
        self.fields["decision"] = forms.ChoiceField(
            label=_("Keputusan"),
            # Nothing chosen beforehand: what decides a hundred cases is not a default.
            choices=[("", _("Pilih keputusan")), *((each.value, each.label) for each in BULK)],
            error_messages=self.fields["decision"].error_messages,
        )
        self.fields["message"].help_text = _("Pesan yang sama dikirim kepada setiap penulis.")

    def chosen(self) -> list[tuple[int, int]]:
        """(number, seen version) of the ticked cases, each once; broken values are left out."""
        found: dict[int, int] = {}
        for value in self.data.getlist("perkara"):  # type: ignore[union-attr]
            pk, _dot, version = value.partition(".")
            if (number := whole_number(pk)) and (seen := whole_number(version)):
                found[number] = min(seen, 2**31 - 1)
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = len(self.chosen())
        if not chosen:
            self.add_error(None, _("Centang dulu perkara yang akan diputuskan."))
        elif chosen > self.most:
            self.add_error(
                None,
                _("Paling banyak %(most)s perkara sekaligus. Anda mencentang %(chosen)s.")
                % {"most": self.most, "chosen": chosen},
            )
        return data


class TakeOverForm(forms.Form):
    """Why a case is taken from the colleague who holds it."""

    alasan = LineField(
        label=_("Alasan mengambil alih"),
        max_length=200,
        required_message=_("Tulis alasannya. Rekan Anda membacanya."),
    )
    pemegang = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=LARGEST)


class ReviseReplyForm(forms.Form):
    """A reply as its author has changed it because a moderator asked."""

    body = TextField(
        label=_("Balasan Anda"),
        max_length=2000,
        required_message=_("Balasan tidak boleh kosong."),
    )


class ReviseIdeaForm(forms.Form):
    """An aspirasi as its author has changed it because a moderator asked."""

    title = LineField(
        label=_("Apa yang Anda usulkan?"),
        max_length=100,
        required_message=_("Tulis usul Anda dalam satu kalimat."),
    )
    body = TextField(
        label=_("Ceritakan lebih lanjut"),
        max_length=5000,
        required_message=_("Ceritakan masalah dan harapan Anda, dua kalimat sudah cukup."),
    )
    place = LineField(label=_("Patokan"), max_length=120, required=False)
