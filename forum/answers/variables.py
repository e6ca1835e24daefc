"""The variables of answer templates: what they are called, and what they become in an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import Unit
    from participation.models import Idea

# Nothing of the author: an answer is written without seeing who asked.
NAMES = {
    "judul": _("judul aspirasi"),
    "nomor": _("nomor aspirasi"),
    "kelurahan": _("kelurahan yang dimaksud"),
    "proyek": _("nama proyek"),
    "unit": _("perangkat daerah Anda"),
    "tanggal": _("tanggal hari ini"),
}
_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")
_ANY_BRACE = re.compile(r"\{[^{}\n]{0,60}\}?|\}")
# A place that was left open, as people write one: {tanggal}, {nama jalan}, {...}.
_OPEN_PLACE = re.compile(r"\{[\w .,:…/-]{0,60}\}")


def unknown(text: str) -> list[str]:
    """What stands in braces and is no variable; a brace without its other half too."""
    left = _BRACES.sub(lambda match: "" if match[1] in NAMES else match[0], text)
    return list(dict.fromkeys(_ANY_BRACE.findall(left)))


def unfilled(text: str) -> list[str]:
    """The places that were left open, each once."""
    return list(dict.fromkeys(_OPEN_PLACE.findall(text)))


def fill(text: str, *, idea: Idea, unit: Unit) -> str:
    """The text with its variables filled in, once: a title is never read as a variable."""
    values = {
        "judul": idea.title,
        "nomor": idea.number,
        "kelurahan": idea.village.name,
        "proyek": idea.project.title,
        "unit": unit.label,
        "tanggal": formats.date_format(timezone.localdate(), "j F Y"),
    }

    def value(match: re.Match[str]) -> str:
        # A brace in a title would look like a place that was left open.
        return values.get(match[1], match[0]).replace("{", "(").replace("}", ")")

    return _BRACES.sub(lambda match: value(match) if match[1] in values else match[0], text)
