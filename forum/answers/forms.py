"""The forms of the official answer: text, promises, files, checklist; templates; ratings."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import documents
from core.forms import LineField, TextField
from forum.answers import variables
from forum.answers.checklist import Tick
from forum.answers.models import AnswerDraft, Attachment, CommentRuling, Commitment, OfficialAnswer
from forum.answers.services import Content, Promise
from participation import selectors as participation_selectors
from participation.selectors import Status

MOST_ATTACHMENTS = 5
EMPTY_ROWS = 3
MOST_ROWS = 8


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files for an answer, each known by its content; every wrong one gets its own sentence."""

    widget = FilesInput(attrs={"accept": documents.ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> list[documents.Document]:
        found, errors = [], []
        uploads = [upload for upload in (data or []) if upload][: MOST_ATTACHMENTS + 1]
        for position, upload in enumerate(uploads, start=1):
            try:
                found.append(documents.read(upload, position=position))
            except forms.ValidationError as error:
                errors.append(error)
        if errors:
            raise forms.ValidationError(errors)
        return found


class AnswerForm(forms.Form):
    """An official answer: the text and what follows from it. A draft may still lack its text."""

    body = TextField(
        label=_("Jawaban"),
        help_text=_(
            "Sapa nama, akui fakta, sebut yang dikerjakan dan kapan, sebut yang belum bisa dan "
            "alasannya."
        ),
        max_length=8000,
        required_message=_("Tulis jawabannya dulu."),
    )
    next_step = LineField(
        label=_("Langkah berikutnya"),
        help_text=_("Satu kalimat. Contoh: “Senin depan petugas mengukur lokasi.”"),
        max_length=300,
        required=False,
    )
    cost = LineField(
        label=_("Biaya"),
        help_text=_("Contoh: Rp4,2 miliar. Kosongkan bila belum dihitung."),
        max_length=80,
        required=False,
    )
    cost_source = LineField(
        label=_("Sumber dan tahun anggaran"),
        help_text=_("Contoh: APBD 2026."),
        max_length=120,
        required=False,
    )
    period = LineField(
        label=_("Waktu pelaksanaan"),
        help_text=_("Contoh: September sampai November 2026."),
        max_length=120,
        required=False,
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
    kept = forms.MultipleChoiceField(
        label=_("Lampiran yang tetap disertakan"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("Lampiran ini sudah tidak ada. Muat ulang halaman.")},
    )
    files = FilesField(
        label=_("Tambah lampiran"),
        help_text=_(
            "PDF, gambar, atau dokumen seperti Word atau Excel, tanpa makro. "
            "Paling banyak 5 berkas, masing-masing sampai 5 MB. Pastikan tidak ada "
            "data pribadi warga di dalamnya."
        ),
        required=False,
    )
    checklist = forms.MultipleChoiceField(
        label=_("Periksa sebelum mengirim"),
        help_text=_("Centang yang sudah Anda periksa. Catatan ini disimpan bersama jawaban."),
        widget=forms.CheckboxSelectMultiple,
        choices=Tick.choices,
        required=False,
        error_messages={"invalid_choice": _("Pilih dari daftar periksa.")},
    )
    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0
    )
    draft_version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, initial=0, required=False
    )

    def __init__(
        self,
        *args: Any,
        attachments: list[Attachment],
        sending: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sending = sending
        self.fields["body"].required = sending
        kept = self.fields["kept"]
        assert isinstance(kept, forms.MultipleChoiceField)
        kept.choices = [(str(each.key), each.name) for each in attachments]
        if not attachments:
            del self.fields["kept"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.sending:
            for name in ("body", "next_step", "cost", "period"):
                refuse_unfilled(self, name, data.get(name, ""))
        if len(data.get("kept", ())) + len(data.get("files", ())) > MOST_ATTACHMENTS:
            self.add_error("files", _("Paling banyak 5 lampiran. Kurangi dulu."))
        return data

    def content(self, promises: list[Promise]) -> Content:
        """What was filled in. The browser sends only the boxes that are ticked: no box, no file."""
        data = self.cleaned_data
        return Content(
            promises=promises,
            kept=[key for key, _name in self._attachments() if str(key) in data.get("kept", ())],
            files=data["files"],
            checklist=data["checklist"],
            **{
                name: data[name]
                for name in ("body", "next_step", "cost", "cost_source", "period", "status")
            },
        )

    def _attachments(self) -> list[tuple[Any, str]]:
        field = self.fields.get("kept")
        return [(UUID(key), name) for key, name in field.choices] if field else []  # type: ignore[attr-defined]

    def add_stale(self) -> None:
        self.add_error(
            None,
            _(
                "Rekan Anda baru saja menyimpan, menerbitkan, atau mengubah jawaban ini. Baca "
                "versinya di halaman ini. Bila Anda kirim lagi, tulisan Anda menggantikannya."
            ),
        )


def refuse_unfilled(form: forms.BaseForm, name: str, text: str) -> None:
    """What still stands in braces would reach residents as it is."""
    if left := variables.unfilled(text):
        form.add_error(
            name, _("Masih ada yang belum diisi: %(what)s.") % {"what": ", ".join(left[:5])}
        )


class PromiseForm(forms.Form):
    """One row of what will, or will not, be done. An empty row counts for nothing."""

    pk = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=2**63 - 1
    )
    kind = forms.ChoiceField(label=_("Jenis"), choices=Commitment.Kind.choices)
    text = LineField(label=_("Isi"), max_length=300, required=False)
    due_on = forms.DateField(
        label=_("Paling lambat"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Tulis tanggal seperti 2026-07-17.")},
    )
    reason = LineField(
        label=_("Alasan bila belum bisa"),
        help_text=_("Wajib untuk yang belum bisa dipenuhi."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, sending: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sending = sending

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text") and "text" not in self.errors:
            if data.get("due_on"):
                self.add_error("text", _("Tulis apa yang dijanjikan pada tanggal itu."))
            elif data.get("reason"):
                self.add_error("text", _("Tulis apa yang belum bisa dipenuhi."))
        if self.sending and data.get("text"):
            for name in ("text", "reason"):
                refuse_unfilled(self, name, data.get(name, ""))
            not_possible = data.get("kind") == Commitment.Kind.NOT_POSSIBLE
            if not_possible and not data.get("reason") and "reason" not in self.errors:
                self.add_error("reason", _("Tulis alasannya: warga ingin tahu mengapa belum bisa."))
        return data


class BasePromiseFormSet(forms.BaseFormSet):
    def promises(self) -> list[Promise]:
        return [
            Promise(
                data["kind"],
                data["text"],
                data.get("due_on"),
                reason=data.get("reason", ""),
                pk=data.get("pk"),
            )
            for data in self.cleaned_data
            if data.get("text")
        ]


PromiseFormSet = forms.formset_factory(
    PromiseForm,
    formset=BasePromiseFormSet,
    extra=0,
    max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
    validate_max=True,
)


def promise_initial(promises: list[Promise]) -> list[dict[str, Any]]:
    """The rows of an answer, then empty ones to fill in."""
    rows: list[dict[str, Any]] = [
        {"pk": p.pk, "kind": p.kind, "text": p.text, "due_on": p.due_on, "reason": p.reason}
        for p in promises
    ]
    kinds = list(Commitment.Kind.values)
    return (rows + [{"kind": kind} for kind in kinds[:EMPTY_ROWS]])[:MOST_ROWS]


def standing_promises(answer: OfficialAnswer | None) -> list[Promise]:
    """The promises of an answer that can still be changed: kept ones and dropped ones stay."""
    return [
        Promise(c.kind, c.text, c.due_on, reason=c.reason, pk=c.pk)
        for c in (answer.commitments.all() if answer else ())
        if c.is_open
    ]


FIELDS = ("body", "next_step", "cost", "cost_source", "period")


def answer_initial(
    answer: OfficialAnswer | None, draft: AnswerDraft | None, *, status: str
) -> dict[str, Any]:
    """What the form shows at first: the draft, else the answer that stands, else nothing."""
    source: Model | None = draft or answer
    initial: dict[str, Any] = {
        "version": answer.version if answer else 0,
        "draft_version": draft.version if draft else 0,
    }
    if source is None:
        return initial
    initial |= {name: getattr(source, name) for name in FIELDS}
    initial["status"] = draft.idea_status if draft else status
    initial["checklist"] = draft.checklist if draft else []
    return initial


class RemarkForm(forms.Form):
    """Why a draft goes back to its writer."""

    remark = TextField(
        label=_("Catatan untuk penulis"),
        help_text=_("Hanya dibaca rekan Anda."),
        max_length=1000,
        required_message=_("Tulis apa yang perlu diperbaiki."),
    )


class TemplateForm(forms.Form):
    """A template of answers. A variable that nobody knows would stand in the answer as it is."""

    title = LineField(
        label=_("Nama templat"), max_length=100, required_message=_("Beri nama templat ini.")
    )
    category = forms.ChoiceField(
        label=_("Kategori"),
        required=False,
        error_messages={"invalid_choice": _("Pilih kategori dari daftar.")},
    )
    body = TextField(
        label=_("Isi jawaban"), max_length=8000, required_message=_("Tulis isi templat dulu.")
    )
    next_step = LineField(label=_("Langkah berikutnya"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", _("Semua kategori")),
            *((each.slug, each.label) for each in participation_selectors.categories()),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("body", "next_step"):
            if wrong := variables.unknown(data.get(name, "")):
                self.add_error(
                    name,
                    _("Variabel ini tidak dikenal: %(what)s. Yang ada: %(known)s.")
                    % {
                        "what": ", ".join(wrong[:5]),
                        "known": ", ".join(f"{{{each}}}" for each in variables.NAMES),
                    },
                )
        return data

    def fields_of_template(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["category_id"] = data.pop("category") or None
        return data


class PromiseStateForm(forms.Form):
    """What became of a promise."""

    state = forms.ChoiceField(
        label=_("Apa yang terjadi dengan janji ini?"),
        widget=forms.RadioSelect,
        choices=Commitment.State.choices,
        error_messages={
            "required": _("Pilih apa yang terjadi."),
            "invalid_choice": _("Pilih dari daftar."),
        },
    )
    due_on = forms.DateField(
        label=_("Tanggal baru"),
        help_text=_("Hanya bila ditunda."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Tulis tanggal seperti 2026-07-17.")},
    )
    reason = TextField(
        label=_("Penjelasan untuk warga"),
        help_text=_("Wajib bila ditunda atau dibatalkan. Tampil di jawaban resmi."),
        max_length=500,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        state, due_on = data.get("state"), data.get("due_on")
        needs = state in (Commitment.State.DELAYED, Commitment.State.DROPPED)
        if needs and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Jelaskan kepada warga mengapa."))
        if state == Commitment.State.DELAYED:
            if not due_on and "due_on" not in self.errors:
                self.add_error("due_on", _("Tulis tanggal yang baru."))
            elif due_on and due_on <= timezone.localdate():
                self.add_error("due_on", _("Tanggal yang baru harus setelah hari ini."))
        elif due_on:
            self.add_error("due_on", _("Tanggal baru hanya untuk janji yang ditunda."))
        return data

    def add_stale(self) -> None:
        self.add_error(
            None,
            _("Rekan Anda baru saja memperbarui janji ini. Baca riwayatnya, lalu kirim lagi."),
        )


class RatingForm(forms.Form):
    """Four statements on the four-point scale; any may be left out, not all. And a comment."""

    MARKS = [(1, "1"), (2, "2"), (3, "3"), (4, "4")]

    clear = forms.TypedChoiceField(label=_("Jelas"), help_text=_("mudah dipahami"))
    helpful = forms.TypedChoiceField(label=_("Membantu"), help_text=_("menjawab kebutuhan saya"))
    courteous = forms.TypedChoiceField(label=_("Ramah"), help_text=_("sopan dan menghargai"))
    timely = forms.TypedChoiceField(label=_("Tepat waktu"), help_text=_("tidak terlalu lama"))
    comment = TextField(
        label=_("Komentar"),
        help_text=_("Tampil tanpa nama, bersama komentar warga lain, setelah lima penilaian."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.TypedChoiceField):
                continue
            field.widget = forms.RadioSelect()
            field.choices = self.MARKS
            field.coerce, field.empty_value, field.required = int, None, False
            field.error_messages["invalid_choice"] = str(_("Pilih angka 1 sampai 4."))

    def aspects(self) -> list[forms.BoundField]:
        """The statements, without the comment."""
        return [bound for bound in self if isinstance(bound.field, forms.TypedChoiceField)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(aspect.name) for aspect in self.aspects()):
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


class CheckRequestForm(forms.Form):
    """Why an officer wants a moderator to look at a comment."""

    why = TextField(
        label=_("Mengapa perlu diperiksa?"),
        help_text=_("Kritik terhadap pemerintah bukan alasan untuk menyembunyikan."),
        max_length=500,
        required_message=_("Tulis alasannya untuk petugas moderasi."),
    )


class CommentRulingForm(forms.Form):
    """What a moderator decides on a comment."""

    decision = forms.ChoiceField(
        label=_("Keputusan"),
        widget=forms.RadioSelect,
        choices=[
            choice
            for choice in CommentRuling.Decision.choices
            if choice[0] != CommentRuling.Decision.GONE
        ],
        error_messages={
            "required": _("Pilih keputusan."),
            "invalid_choice": _("Pilih keputusan dari daftar."),
        },
    )
    reason = TextField(
        label=_("Alasan"),
        help_text=_("Dibaca penulis komentar dan petugas yang meminta pemeriksaan."),
        max_length=500,
        required_message=_("Tulis alasan keputusan ini."),
    )
