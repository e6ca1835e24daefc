"""The forms of each act on a disposition, of what a resident adds, of a note."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import selectors as accounts_selectors
from core.forms import ClientKeyField, TextField
from forum.disposition import selectors
from forum.disposition.models import Disposition
from participation.forms import PhotosField


class ActForm(forms.Form):
    """An act on the version that the person saw."""

    title = _("Verifikasi")
    button = _("Verifikasi")
    version = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        min_value=1,
        max_value=2**31 - 1,
        error_messages={"required": _("Muat ulang halaman ini, lalu coba lagi.")},
    )

    def __init__(self, *args: Any, task: Disposition, **kwargs: Any) -> None:
        self.task = task
        kwargs.setdefault("initial", {"version": task.version})
        # Several of these stand on one page: each field needs an id of its own.
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)

    def renewed(self) -> None:
        """Keep what was typed, on the version that there is now."""
        self.data = {**self.data.dict(), **_lists(self.data), "version": self.task.version}  # type: ignore[attr-defined]


def _lists(data: Any) -> dict[str, Any]:
    return {key: data.getlist(key) for key in data if len(data.getlist(key)) > 1}


class ReturnForm(ActForm):
    title = _("Kembalikan untuk dilengkapi")
    button = _("Minta dilengkapi")
    missing = TextField(
        label=_("Apa yang kurang?"),
        help_text=_("Dibaca pengusul. Sebut satu per satu, dengan kata sehari-hari."),
        max_length=1000,
        required_message=_("Sebut apa yang perlu dilengkapi pengusul."),
    )


class RouteForm(ActForm):
    title = _("Teruskan ke perangkat daerah")
    button = _("Teruskan")
    unit = forms.TypedChoiceField(
        label=_("Perangkat daerah yang menjawab"),
        coerce=int,
        error_messages={
            "required": _("Pilih perangkat daerah yang menjawab."),
            "invalid_choice": _("Pilih perangkat daerah dari daftar."),
        },
    )
    supporting = forms.TypedMultipleChoiceField(
        label=_("Yang ikut membantu"),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        error_messages={"invalid_choice": _("Pilih perangkat daerah dari daftar.")},
    )
    reason = TextField(
        label=_("Pesan untuk mereka"),
        help_text=_("Hanya dibaca petugas."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in accounts_selectors.units()}
        choices = [(pk, unit.name) for pk, unit in self.units.items()]
        proposed = self.task.unit_id or self.task.idea.project.unit_id
        self.fields["unit"].choices = [("", _("Pilih perangkat daerah")), *choices]  # type: ignore[attr-defined]
        self.fields["unit"].initial = proposed
        self.fields["supporting"].choices = choices  # type: ignore[attr-defined]


class AssignForm(ActForm):
    title = _("Tugaskan petugas")
    button = _("Tugaskan")
    officer = forms.TypedChoiceField(
        label=_("Petugas"),
        coerce=int,
        error_messages={
            "required": _("Pilih petugasnya."),
            "invalid_choice": _("Pilih petugas dari daftar."),
        },
    )
    reason = TextField(
        label=_("Alasan atau pesan"),
        help_text=_("Hanya dibaca petugas."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = selectors.officers_of(self.task.unit_id)
        self.officers = {person.pk: person for person in found}
        self.fields["officer"].choices = [  # type: ignore[attr-defined]
            ("", _("Pilih petugas")),
            *[
                (pk, person.display_name)
                for pk, person in self.officers.items()
                if pk != self.task.officer_id
            ],
        ]
        if self.task.officer_id:
            self.title, self.button = _("Alihkan ke petugas lain"), _("Alihkan")
            self.fields["reason"].required = True
            self.fields["reason"].error_messages["required"] = _("Tulis alasan pengalihan.")


class HandOverForm(ActForm):
    title = _("Alihkan ke perangkat daerah lain")
    button = _("Alihkan")
    unit = forms.TypedChoiceField(
        label=_("Perangkat daerah"),
        coerce=int,
        error_messages={
            "required": _("Pilih perangkat daerah."),
            "invalid_choice": _("Pilih perangkat daerah dari daftar."),
        },
    )
    reason = TextField(
        label=_("Alasan"),
        help_text=_("Hanya dibaca petugas."),
        max_length=1000,
        required_message=_("Tulis alasan pengalihan."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in accounts_selectors.units()}
        choices = [
            (pk, unit.name)
            for pk, unit in self.units.items()
            if pk != self.task.unit_id or self.task.officer_id
        ]
        if self.task.officer_id:  # first: back to one's own unit
            own = [
                (pk, _("Kembali ke %(unit)s, belum ada petugas") % {"unit": name})
                for pk, name in choices
                if pk == self.task.unit_id
            ]
            choices = own + [choice for choice in choices if choice[0] != self.task.unit_id]
        self.fields["unit"].choices = [("", _("Pilih perangkat daerah")), *choices]  # type: ignore[attr-defined]


class RefuseForm(ActForm):
    title = _("Bukan kewenangan kami")
    button = _("Kembalikan ke verifikator")
    reason = TextField(
        label=_("Alasan"),
        help_text=_("Sebut perangkat daerah yang berwenang bila Anda tahu. Hanya dibaca petugas."),
        max_length=1000,
        required_message=_("Tulis mengapa ini bukan kewenangan perangkat daerah Anda."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CompletionForm(forms.Form):
    """What a resident adds to an aspirasi that was not complete."""

    text = TextField(
        label=_("Keterangan tambahan"),
        help_text=_("Hanya dibaca petugas yang menangani aspirasi Anda."),
        max_length=3000,
        required_message=_("Tulis keterangan yang diminta."),
    )
    photos = PhotosField(
        label=_("Foto"),
        help_text=_("Foto ditambahkan ke aspirasi Anda dan bisa dilihat semua orang."),
        required=False,
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput(attrs={"autocomplete": "off"}),
        min_value=1,
        max_value=2**31 - 1,
        error_messages={"required": _("Muat ulang halaman ini, lalu coba lagi.")},
    )


class NoteForm(forms.Form):
    """A note for colleagues and whom it calls."""

    body = TextField(
        label=_("Catatan"),
        help_text=_("Tidak pernah tampil untuk warga."),
        max_length=3000,
        required_message=_("Tulis catatannya dulu."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mentions = forms.TypedMultipleChoiceField(
        label=_("Beri tahu rekan"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Pilih rekan dari daftar.")},
    )
    client_key = ClientKeyField()

    def __init__(self, *args: Any, colleagues: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentions"].choices = [  # type: ignore[attr-defined]
            (person.pk, person.display_name) for person in colleagues
        ]
