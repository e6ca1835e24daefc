"""The forms of a session: its plan, a question, what an officer or a moderator does with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts_selectors
from core.forms import ClientKeyField, LineField, TextField
from forum.moderation.models import Rule
from forum.sessions.models import Session
from forum.sessions.services import SessionPlan
from participation.rendering import ShownAs

LONGEST_QUESTION = 500
LONGEST_SESSION = timedelta(hours=8)


class QuestionForm(forms.Form):
    """What somebody asks, and under which name."""

    body = TextField(
        label=_("Pertanyaan Anda"),
        max_length=LONGEST_QUESTION,
        required_message=_("Tulis pertanyaan Anda dulu."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shown_as = forms.ChoiceField(
        label=_("Tampil sebagai"),
        choices=ShownAs.choices,
        required=False,
        error_messages={"invalid_choice": _("Pilih cara tampil dari daftar.")},
    )
    client_key = ClientKeyField()


class AnswerForm(forms.Form):
    """A written answer, on top of the version that the officer saw."""

    body = TextField(
        label=_("Jawaban tertulis"),
        help_text=_("Pendek dan jelas. Boleh **tebal** dan daftar dengan tanda - di awal baris."),
        max_length=4000,
        required_message=_("Tulis jawabannya dulu."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0
    )


class AloudForm(forms.Form):
    """A note on what was said."""

    note = LineField(
        label=_("Catatan singkat"),
        help_text=_("Inti dari yang tadi disampaikan. Tampil untuk semua."),
        max_length=500,
        required=False,
    )


class SkipForm(forms.Form):
    """Why a question is left out."""

    reason = LineField(
        label=_("Alasan dilewati"),
        help_text=_("Tampil untuk semua."),
        max_length=500,
        required_message=_("Tulis alasannya. Penanya membacanya."),
    )


class HideForm(forms.Form):
    """The rule that a question breaks, and a message to its author."""

    rule = forms.ChoiceField(
        label=_("Aturan yang dilanggar"),
        widget=forms.RadioSelect,
        choices=Rule.choices,
        error_messages={
            "required": _("Pilih aturan yang dilanggar."),
            "invalid_choice": _("Pilih aturan dari daftar."),
        },
    )
    message = TextField(
        label=_("Pesan kepada penanya"),
        max_length=1000,
        required_message=_("Tulis pesan untuk warga: apa yang perlu diperbaiki."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CancelForm(forms.Form):
    """Why a session is called off."""

    reason = TextField(
        label=_("Alasan pembatalan"),
        help_text=_("Tampil di halaman sesi. Pengikut proyek diberi tahu."),
        max_length=500,
        required_message=_("Jelaskan kepada warga mengapa sesi ini dibatalkan."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlanForm(forms.Form):
    """The plan of a session: what about, when, who answers, by which rules."""

    title = LineField(
        label=_("Judul"),
        help_text=_("Misalnya: Tanya langsung tentang rancangan taman"),
        max_length=120,
        required_message=_("Beri judul supaya warga tahu apa yang dibahas."),
    )
    description = TextField(
        label=_("Keterangan"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    day = forms.DateField(
        label=_("Tanggal"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input--short"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Pilih tanggal."),
            "invalid": _("Tulis tanggal seperti 2026-07-17."),
        },
    )
    begins = forms.TimeField(
        label=_("Mulai"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time", "class": "input--short"}, format="%H:%M"),
        error_messages={
            "required": _("Isi jam mulai."),
            "invalid": _("Tulis jam seperti 19.00."),
        },
    )
    ends = forms.TimeField(
        label=_("Selesai"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time", "class": "input--short"}, format="%H:%M"),
        error_messages={
            "required": _("Isi jam selesai."),
            "invalid": _("Tulis jam seperti 20.00."),
        },
    )
    officers = forms.ModelMultipleChoiceField(
        label=_("Petugas yang menjawab"),
        queryset=accounts_selectors.people().none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Pilih paling sedikit satu petugas."),
            "invalid_choice": _("Pilih petugas dari daftar."),
            "invalid_pk_value": _("Pilih petugas dari daftar."),
            "list": _("Pilih petugas dari daftar."),
        },
    )
    premoderated = forms.BooleanField(
        label=_("Periksa setiap pertanyaan sebelum tayang"), required=False
    )
    most_open = forms.IntegerField(
        label=_("Pertanyaan yang belum dijawab, paling banyak per orang"),
        min_value=1,
        max_value=20,
        initial=3,
        widget=forms.NumberInput(attrs={"class": "input--short", "inputmode": "numeric"}),
        error_messages={
            "required": _("Isi dengan angka 1 sampai 20."),
            "invalid": _("Isi dengan angka 1 sampai 20."),
            "min_value": _("Isi dengan angka 1 sampai 20."),
            "max_value": _("Isi dengan angka 1 sampai 20."),
        },
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0
    )

    def __init__(self, *args: Any, session: Session | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.session = session
        field = self.fields["officers"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = accounts_selectors.officers_in("responder")
        field.label_from_instance = _officer_label  # type: ignore[method-assign,assignment]

    @property
    def keeps_start(self) -> bool:
        """A session that is open has begun when it began."""
        return self.session is not None and self.session.is_open

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, begins, ends = data.get("day"), data.get("begins"), data.get("ends")
        if day is None or begins is None or ends is None:
            return data
        data["starts_at"] = timezone.make_aware(datetime.combine(day, begins))
        data["ends_at"] = timezone.make_aware(datetime.combine(day, ends))
        if self.keeps_start and self.session is not None:
            data["starts_at"] = self.session.starts_at
        if data["ends_at"] <= data["starts_at"]:
            self.add_error("ends", _("Jam selesai harus setelah jam mulai."))
        elif data["ends_at"] - data["starts_at"] > LONGEST_SESSION:
            self.add_error("ends", _("Sesi paling lama 8 jam. Majukan jam selesainya."))
        elif data["ends_at"] <= timezone.now():
            self.add_error("day", _("Waktu ini sudah lewat. Pilih waktu yang akan datang."))
        elif not self.keeps_start and data["starts_at"] <= timezone.now():
            self.add_error("begins", _("Waktu ini sudah lewat. Pilih waktu yang akan datang."))
        return data

    def plan(self) -> SessionPlan:
        data = self.cleaned_data
        names = ("title", "starts_at", "ends_at", "officers", "description", "premoderated")
        return SessionPlan(**{name: data[name] for name in names}, most_open=data["most_open"])

    def add_stale(self) -> None:
        self.add_error(
            None,
            _("Rekan Anda baru saja mengubah sesi ini. Periksa isinya, lalu simpan lagi."),
        )


def plan_initial(session: Session) -> dict[str, Any]:
    """The fields of the form as the session stands."""
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "title": session.title,
        "description": session.description,
        "day": start.date(),
        "begins": start.time(),
        "ends": end.time(),
        "officers": [row.person_id for row in session.session_officers.all()],
        "premoderated": session.premoderated,
        "most_open": session.most_open,
        "version": session.version,
    }


def _officer_label(person: Any) -> str:
    profile = person.staff_profile
    return f"{person.display_name}, {profile.position}, {profile.unit.label}"
