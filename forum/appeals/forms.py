"""The form of an appeal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import TextField


class AppealForm(forms.Form):
    """The author says why the decision should be looked at again."""

    body = TextField(
        label=_("Mengapa keputusan ini keliru?"),
        help_text=_("Dibaca petugas yang memutuskan keberatan, tidak ditayangkan."),
        max_length=2000,
        required_message=_("Tulis alasan Anda, satu atau dua kalimat cukup."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
