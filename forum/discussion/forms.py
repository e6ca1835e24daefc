"""The form of a reply, new or edited."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ClientKeyField, TextField
from core.http import LARGEST
from forum.discussion import quotes
from forum.discussion.models import Reply, Stance
from participation.rendering import ShownAs

LONGEST_REPLY = 2000


class ReplyForm(forms.Form):
    """A reply to an aspirasi or to another reply."""

    body = TextField(
        label=_("Tulis balasan"),
        max_length=LONGEST_REPLY,
        required_message=_("Tulis balasan Anda dulu."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    shown_as = forms.ChoiceField(
        label=_("Tampil sebagai"),
        required=False,
        choices=ShownAs.choices,
        error_messages={"invalid_choice": _("Pilih nama yang ditampilkan.")},
    )
    stance = forms.ChoiceField(
        label=_("Sikap Anda"),
        choices=[*Stance.choices, ("", _("Tanpa sikap"))],
        required=False,
        error_messages={"invalid_choice": _("Pilih salah satu sikap, atau tanpa sikap.")},
        widget=forms.RadioSelect,
    )
    parent = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST
    )
    quoted = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST
    )
    client_key = ClientKeyField()

    def take_quote(self, source: Reply | None) -> None:
        """Part what is quoted from what is said. Only the very words of `source` are a quote."""
        passage, said = quotes.split(self.cleaned_data["body"])
        self.cleaned_data["quote"] = ""
        if not passage:
            return
        if source is None:
            self.add_error(
                "body",
                _(
                    "Balasan yang Anda kutip sudah tidak tayang. Hapus baris yang diawali “>”, "
                    "lalu kirim lagi."
                ),
            )
        elif not quotes.is_from(passage, source):
            self.add_error(
                "body",
                _(
                    "Kutipannya berbeda dari tulisan asli. Samakan lagi, atau hapus baris yang "
                    "diawali “>”."
                ),
            )
        elif len(passage) > quotes.LONGEST:
            self.add_error(
                "body",
                _("Kutip bagian yang penting saja, paling banyak %(most)s huruf.")
                % {"most": quotes.LONGEST},
            )
        elif not said:
            self.add_error("body", _("Tulis balasan Anda di bawah kutipan."))
        else:
            self.cleaned_data |= {"quote": passage, "body": said}

    def add_parent_gone(self) -> None:
        self.add_error(
            None,
            _(
                "Balasan yang Anda jawab sudah tidak tayang. Bila Anda kirim lagi, tulisan Anda "
                "menjadi balasan biasa."
            ),
        )


class EditReplyForm(forms.Form):
    """A new text for a reply, on top of the version that the author saw."""

    body = TextField(
        label=_("Balasan Anda"),
        max_length=LONGEST_REPLY,
        required_message=_("Balasan tidak boleh kosong. Hapus saja bila tidak jadi."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def add_stale(self, now: Any) -> None:
        self.add_error(
            "body",
            _("Balasan ini sudah diubah di jendela lain: “%(text)s”. Periksa, lalu simpan lagi.")
            % {"text": now},
        )
