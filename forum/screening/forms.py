"""The forms of a word rule, and of trying a text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import LineField, TextField
from forum.moderation.models import Rule
from forum.screening import selectors
from forum.screening.models import WordRule, check_phrase


class WordRuleForm(forms.Form):
    """A word of a list, new or changed."""

    phrase = LineField(
        label=_("Kata atau frasa"),
        help_text=_(
            "Tanda / berarti pilihan: “kau/kamu babi/monyet” dicari sebagai empat "
            "frasa. Huruf besar, huruf berulang, dan samaran seperti g*blok "
            "dikenali otomatis."
        ),
        max_length=300,
        required_message=_("Tulis kata yang dicari."),
    )
    list = forms.ChoiceField(
        label=_("Tindakan"),
        choices=WordRule.List.choices,
        widget=forms.RadioSelect,
        initial=WordRule.List.HOLD,
        error_messages={"required": _("Pilih tindakan."), "invalid_choice": _("Pilih tindakan.")},
    )
    breaks = forms.ChoiceField(
        label=_("Aturan yang dilanggar"),
        choices=Rule.choices,
        widget=forms.RadioSelect,
        initial=Rule.PERSON,
        error_messages={
            "required": _("Pilih satu aturan."),
            "invalid_choice": _("Pilih aturan dari daftar."),
        },
    )
    unless = LineField(
        label=_("Kecuali dekat kata"),
        help_text=_("Pisahkan dengan spasi. Misalnya untuk nama hewan: liar galak kandang."),
        max_length=400,
        required=False,
    )
    disguised_only = forms.BooleanField(
        label=_("Hanya bila disamarkan"),
        help_text=_("Kata yang biasa saja bila ditulis terang, seperti anjing."),
        required=False,
    )
    note = LineField(
        label=_("Keterangan"),
        help_text=_("Dibaca petugas moderasi bersama temuannya."),
        max_length=120,
        required=False,
    )
    project = forms.ChoiceField(
        label=_("Berlaku di"),
        required=False,
        error_messages={"invalid_choice": _("Pilih proyek dari daftar.")},
    )
    valid_from = forms.DateField(
        label=_("Berlaku mulai"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Pilih tanggal mulai."),
            "invalid": _("Tulis tanggal, misalnya 2026-12-01."),
        },
    )
    is_active = forms.BooleanField(label=_("Dipakai"), required=False, initial=True)

    def __init__(self, *args: Any, person: Any, rule: WordRule | None = None, **options: Any):
        self.rule = rule
        if rule is not None:
            fields = ("phrase", "list", "breaks", "unless", "disguised_only", "note", "is_active")
            options["initial"] = {name: getattr(rule, name) for name in fields}
            options["initial"] |= {
                "project": str(rule.project_id or ""),
                "valid_from": rule.valid_from,
            }
        else:
            options["initial"] = {"valid_from": timezone.localdate()}
        super().__init__(*args, **options)
        self.projects = {str(project.pk): project for project in selectors.projects_for(person)}
        if rule is not None and rule.project is not None:
            self.projects.setdefault(str(rule.project_id), rule.project)
        self.fields["project"].choices = [  # type: ignore[attr-defined]
            *([("", _("Seluruh kota"))] if selectors.may_edit_city(person) else []),
            *((key, project.title) for key, project in self.projects.items()),
        ]

    def clean_phrase(self) -> str:
        phrase: str = self.cleaned_data["phrase"]
        check_phrase(phrase)
        return phrase

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["project"] = self.projects.get(data.get("project") or "")
        phrase = data.get("phrase")
        if phrase and selectors.is_listed(phrase, project=data["project"], besides=self.rule):
            self.add_error("phrase", ValidationError(_("Kata ini sudah ada di daftar.")))
        return data


class TryForm(forms.Form):
    """A text to see what the screening would say."""

    text = TextField(
        label=_("Kalimat yang ingin dicoba"),
        max_length=2000,
        required_message=_("Tulis kalimatnya dulu."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
