"""The form that opens an identity, and what the auditors' log is narrowed to."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import TextField
from core.http import whole_number
from forum.identity.models import Ground
from forum.identity.selectors import LogFilter
from forum.identity.services import MOST_A_DAY, SHORTEST_REASON


class RevealForm(forms.Form):
    """On which ground an identity is opened, and why now."""

    ground = forms.ChoiceField(
        label=_("Alasan"),
        widget=forms.RadioSelect,
        choices=Ground.choices,
        error_messages={
            "required": _("Pilih satu alasan."),
            "invalid_choice": _("Pilih satu alasan dari daftar."),
        },
    )
    reason = TextField(
        label=_("Penjelasan"),
        help_text=_(
            "Apa yang terjadi dan mengapa identitasnya perlu dibuka sekarang. Penulis dan pengawas "
            "membaca penjelasan ini."
        ),
        max_length=1000,
        required_message=_("Tulis penjelasannya."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if len(reason) < SHORTEST_REASON:
            raise forms.ValidationError(_("Jelaskan paling sedikit dengan 20 huruf."))
        return reason

    def add_too_many(self) -> None:
        self.add_error(
            None,
            _(
                "Anda sudah membuka %(number)d identitas hari ini, batas untuk sehari. "
                "Bila mendesak, minta bantuan rekan Anda."
            )
            % {"number": MOST_A_DAY},
        )


def read_log_filter(data: Any) -> LogFilter:
    """What the address asks the log to show. Whatever is not known is ignored."""
    ground = data.get("alasan", "")
    return LogFilter(
        by=whole_number(data.get("petugas")),
        ground=ground if ground in Ground.values else "",
        since=_day(data.get("dari")),
        until=_day(data.get("sampai")),
        cursor=data.get("kursor", ""),
    )


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None
