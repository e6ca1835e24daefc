"""The forms of the official answer: its text and promises, its rating."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from forum.answers.models import Commitment, OfficialAnswer
from forum.answers.services import Promise
from participation.selectors import Status


class AnswerForm(forms.Form):
    """An official answer: the text and what follows from it."""

    body = TextField(
        label=_("Jawaban"),
        help_text=_(
            "Sapa nama, akui fakta, sebut yang dikerjakan dan kapan, sebut yang belum bisa dan "
            "alasannya."
        ),
        max_length=8000,
        required_message=_("Tulis jawabannya dulu."),
    )
    status = forms.ChoiceField(
        label=_("Status setelah dijawab"),
        widget=forms.RadioSelect,
        choices=[choice for choice in Status.choices if choice[0] != Status.OPEN],
        initial=Status.ANSWERED,
        error_messages={
            "required": _("Pilih status aspirasi."),
            "invalid_choice": _("Pilih status dari daftar."),
        },
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0
    )

    def add_stale(self) -> None:
        self.add_error(
            None,
            _(
                "Rekan Anda baru saja menerbitkan atau mengubah jawaban ini. Baca versinya di "
                "halaman ini. Bila Anda kirim lagi, tulisan Anda menggantikannya."
            ),
        )


class PromiseForm(forms.Form):
    """One row of what will, or will not, be done. An empty row counts for nothing."""

    kind = forms.ChoiceField(label=_("Jenis"), choices=Commitment.Kind.choices)
    text = LineField(label=_("Isi"), max_length=300, required=False)
    due_on = forms.DateField(
        label=_("Paling lambat"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Tulis tanggal seperti 2026-07-17.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("due_on") and not data.get("text") and "text" not in self.errors:
            self.add_error("text", _("Tulis apa yang dijanjikan pada tanggal itu."))
        return data


class BasePromiseFormSet(forms.BaseFormSet):
    def promises(self) -> list[Promise]:
        return [
            Promise(data["kind"], data["text"], data.get("due_on"))
            for data in self.cleaned_data
            if data.get("text")
        ]


EMPTY_ROWS = 3
MOST_ROWS = 8
PromiseFormSet = forms.formset_factory(
    PromiseForm,
    formset=BasePromiseFormSet,
    extra=0,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    validate_max=True,
)


def promise_initial(answer: OfficialAnswer | None) -> list[dict[str, Any]]:
    """The rows of an answer, then empty ones to fill in."""
    kinds = list(Commitment.Kind.values)
    rows: list[dict[str, Any]] = [
        {"kind": c.kind, "text": c.text, "due_on": c.due_on}
        for c in (answer.commitments.all() if answer else [])
    ]
    return (rows + [{"kind": kind} for kind in kinds[:EMPTY_ROWS]])[:MOST_ROWS]


class RatingForm(forms.Form):
    """Four statements on the four-point scale; any may be left out, not all."""

    MARKS = [(1, "1"), (2, "2"), (3, "3"), (4, "4")]

    clear = forms.TypedChoiceField(label=_("Jelas"), help_text=_("mudah dipahami"))
    helpful = forms.TypedChoiceField(label=_("Membantu"), help_text=_("menjawab kebutuhan saya"))
    courteous = forms.TypedChoiceField(label=_("Ramah"), help_text=_("sopan dan menghargai"))
    timely = forms.TypedChoiceField(label=_("Tepat waktu"), help_text=_("tidak terlalu lama"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            assert isinstance(field, forms.TypedChoiceField)
            field.widget = forms.RadioSelect()
            field.choices = self.MARKS
            field.coerce, field.empty_value, field.required = int, None, False
            field.error_messages["invalid_choice"] = str(_("Pilih angka 1 sampai 4."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Nilai paling sedikit satu hal dulu."))
        return data


class StatusForm(forms.Form):
    """How far the work has come, and why."""

    status = forms.ChoiceField(
        label=_("Status baru"),
        widget=forms.RadioSelect,
        choices=Status.choices,
        error_messages={
            "required": _("Pilih status baru."),
            "invalid_choice": _("Pilih status dari daftar."),
        },
    )
    reason = TextField(
        label=_("Alasan atau penjelasan untuk warga"),
        help_text=_("Tampil di riwayat aspirasi."),
        max_length=1000,
        required_message=_("Jelaskan kepada warga mengapa statusnya berubah."),
    )
