"""Form fields for what people write: cleaned by `core.text`, with plain sentences."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core import text


class LineField(forms.CharField):
    """A text of one line."""

    def __init__(self, *, required_message: Any = "", **options: Any) -> None:
        messages = options.pop("error_messages", {})
        if required_message:
            messages["required"] = required_message
        super().__init__(error_messages=messages, **options)
        if self.max_length:
            self.error_messages.setdefault("max_length", "")
            self.validators = [v for v in self.validators if not hasattr(v, "limit_value")]

    def to_python(self, value: Any) -> str:
        value = super().to_python(value)
        return self.checked(text.clean_line(value[: _too_long(self.max_length)])) if value else ""

    def checked(self, value: str) -> str:
        """Raise a sentence when the text is too long; the check runs on the cleaned text."""
        if self.max_length and len(value) > self.max_length:
            raise forms.ValidationError(
                ngettext_lazy(
                    "Terlalu panjang: paling banyak %(limit)d huruf. Ringkas sedikit.",
                    "Terlalu panjang: paling banyak %(limit)d huruf. Ringkas sedikit.",
                    self.max_length,
                )
                % {"limit": self.max_length},
                code="max_length",
            )
        return value


class TextField(LineField):
    """A text of several lines."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        value = forms.CharField.to_python(self, value)
        return self.checked(text.clean(value[: _too_long(self.max_length)])) if value else ""


def _too_long(limit: int | None) -> int | None:
    """Where to cut before cleaning, so that a hostile length costs nothing and stays an error."""
    return None if limit is None else limit * 2 + 1000


class ClientKeyField(forms.UUIDField):
    """The key that a form carries so that a repeated send makes one post."""

    # Without this Firefox puts the key of an earlier post back after a reload.
    widget = forms.HiddenInput(attrs={"autocomplete": "off"})
    default_error_messages = {
        "required": _("Formulir ini tidak lengkap. Muat ulang halaman, tulisan Anda tetap ada."),
        "invalid": _("Formulir ini tidak lengkap. Muat ulang halaman, tulisan Anda tetap ada."),
    }
