"""The checklist before an answer is sent, and what the text itself gives to think about.

A hint never blocks: it is read, then a person decides. The words to replace are data: jargon.csv.
"""

import csv
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

LONG_SENTENCE = 25  # words
MOST_WORDS_NAMED = 4

_MONTHS = "januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember"
_DATE = re.compile(
    rf"\b\d{{1,2}}\s+(?:{_MONTHS})\b|\b(?:{_MONTHS})\s+20\d\d\b|\b\d{{1,2}}[/-]\d{{1,2}}[/-]20\d\d\b"
    r"|\b20\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
# A point inside a figure or an abbreviation ("Rp4.200", "S.T.") ends no sentence.
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“])|\n+")


class Tick(models.TextChoices):
    """What the writer looks at once more before sending."""

    ANSWERS_POINT = "answers_point", gettext_lazy("Menjawab pokok yang ditanyakan warga")
    NEXT_STEP = "next_step", gettext_lazy("Menyebut langkah berikutnya")
    DATE = "date", gettext_lazy("Menyebut tanggal, atau mengapa belum ada")
    PLAIN = "plain", gettext_lazy("Memakai bahasa sederhana, tanpa istilah dinas")


@cache
def jargon() -> list[tuple[re.Pattern[str], str, str]]:
    """Words of offices, each with a plain one."""
    with (Path(__file__).parent / "jargon.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["kata"], row["ganti"]) for row in csv.DictReader(file)]
    return [(re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE), word, to) for word, to in rows]


def hints(body: str, *, next_step: str = "", promises: Sequence[Any] = ()) -> list[str]:
    """What a reader may miss or stumble over, in sentences for the writer."""
    whole = "\n".join([body, next_step, *(promise.text for promise in promises)])
    if not body.strip():
        return []
    found = []
    if not next_step and not any(promise.kind != "not_possible" for promise in promises):
        found.append(_("Belum ada langkah berikutnya dan belum ada janji."))
    if not any(promise.due_on for promise in promises) and not _DATE.search(whole):
        found.append(_("Belum ada tanggal. Warga ingin tahu kapan."))
    long_ones = [s for s in _SENTENCE.split(body) if len(s.split()) > LONG_SENTENCE]
    if long_ones:
        found.append(
            ngettext(
                "%(n)d kalimat lebih panjang dari %(words)d kata, diawali "
                "“%(start)s…”. Pecah menjadi dua.",
                "%(n)d kalimat lebih panjang dari %(words)d kata, diawali "
                "“%(start)s…”. Pecah menjadi dua.",
                len(long_ones),
            )
            % {
                "n": len(long_ones),
                "words": LONG_SENTENCE,
                "start": " ".join(long_ones[0].split()[:5]),
            }
        )
    stiff = [f"“{word}” → “{to}”" for pattern, word, to in jargon() if pattern.search(whole)]
    if stiff:
        words = ", ".join(stiff[:MOST_WORDS_NAMED])
        found.append(_("Ada kata yang bisa lebih sederhana: %(words)s.") % {"words": words})
    return found
