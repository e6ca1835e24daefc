"""A text as its reader hears it: small letters, no disguise, and where each word stood.

Every step looks at a sign a bounded number of times, so a text of any shape costs time in
proportion to its length.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

# Letters of other scripts that look like ours. NFKD brings full-width and styled letters by itself.
_ALIKE = {
    **dict(zip("αβγεζηικλμνορτυχω", "abyeznikamvoptyxw", strict=True)),
}
_ALIKE |= {
    "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "с": "c",
    "т": "t", "у": "y", "х": "x", "і": "i", "ѕ": "s", "ј": "j", "ӏ": "l", "ԁ": "d", "ԛ": "q",
    "ԝ": "w", "һ": "h", "ь": "b", "п": "n", "г": "r", "и": "n", "я": "r", "з": "e", "б": "b",
    "ɑ": "a", "ɡ": "g", "ɩ": "i", "ı": "i", "ʟ": "l", "ɴ": "n", "ɢ": "g", "ʙ": "b", "ᴀ": "a",
    "ᴋ": "k", "ᴏ": "o", "ᴛ": "t", "ᴇ": "e", "ᴊ": "j", "ø": "o", "ł": "l", "đ": "d", "ß": "s",
    "æ": "a", "œ": "o", "ħ": "h", "ŧ": "t", "λ": "l",
}  # fmt: skip
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f")  # they look like nothing at all

# What digits and signs stand for inside a word; "1" is an i here, an l in the other reading.
_LEET = str.maketrans("0134567890@$!|+€", "oieasgtbgoasiite")
_LEET_L = str.maketrans("0134567890@$!|+€", "oleasgtbgoaslite")

_CHUNK = re.compile(r"\S+")
_PART = re.compile(r"[a-z0-9]+")
_LEET_PART = re.compile(r"[a-z0-9@$!|+€]+")
_MASKED = re.compile(r"[a-z*][a-z0-9@$!*#?%^~_.\-'`•·]{2,18}[a-z*]")
_RUN = re.compile(r"(.)\1+")

LONGEST = 24  # no word of a list is longer


def collapse(word: str) -> str:
    """Every run of one letter as one letter: gobloook and goblok are the same word."""
    return _RUN.sub(r"\1", word)


@lru_cache(maxsize=4096)
def _folded(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    if sign in _BLANK or unicodedata.category(sign) in ("Cf", "Mn", "Me"):
        return ""
    point = ord(sign)
    for first in (0x1F150, 0x1F170, 0x1F1E6):  # letters in circles, in squares, of flags
        if first <= point < first + 26:
            return chr(ord("a") + point - first)
    out = []
    for part in unicodedata.normalize("NFKD", sign).casefold():
        part = _ALIKE.get(part, part)
        if part.isascii():
            out.append(part)
        elif (digit := unicodedata.digit(part, None)) is not None:
            out.append(str(digit))
        elif unicodedata.category(part) not in ("Mn", "Me", "Cf"):
            out.append(part)
    return "".join(out)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in small plain letters. `at[n]` is where its sign n stood in the original."""

    text: str
    at: list[int]
    altered: list[bool] = field(repr=False)
    original: str = field(repr=False, default="")

    def excerpt(self, start: int, end: int, *, around: int = 0) -> str:
        """What the writer wrote there, with some signs around it."""
        first = max(self.at[start] - around, 0)
        return self.original[first : self.at[end - 1] + 1 + around].strip()[:80]


def fold(text: str) -> Folded:
    """Undo what makes letters look different; invisible signs vanish."""
    out: list[str] = []
    at: list[int] = []
    altered: list[bool] = []
    hidden = False
    for place, sign in enumerate(text):
        folded = _folded(sign)
        if not folded:
            hidden = True
            continue
        for part in folded:
            out.append(part)
            at.append(place)
            altered.append(hidden or not sign.isascii())
        hidden = False
    return Folded("".join(out), at, altered, text)


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it may be read as.

    `disguised`: somebody took trouble to hide it. `extra`: a second reading of signs that were
    already given as words, so it has no neighbours.
    """

    readings: tuple[str, ...]
    start: int
    end: int
    disguised: bool = False
    extra: bool = False
    mask: str = ""


def words(folded: Folded) -> Iterator[Word]:
    """The words in their order, each with every way to read it."""
    for chunk in _CHUNK.finditer(folded.text):
        yield from _of_chunk(folded, chunk.group(), chunk.start())


def _of_chunk(folded: Folded, chunk: str, offset: int) -> Iterator[Word]:
    plain = list(_PART.finditer(chunk))
    for part in plain:
        yield _plain_word(folded, part.group(), offset + part.start(), chunk, part)
    if len(plain) == 1 and plain[0].group() == chunk:
        return
    end = offset + len(chunk)
    # "@njing", "b4ng$at": the signs are letters.
    for part in _LEET_PART.finditer(chunk[: LONGEST * 2]):
        spelled = part.group().strip("!|+")
        if spelled and not spelled.isalnum() and any(sign.isalpha() for sign in spelled):
            first, last = offset + part.start(), offset + part.end()
            yield Word(_readings(spelled), first, last, disguised=True, extra=True)
    # "g.o.b.l.o.k", "kon-tol": what the signs divide is one word.
    if len(plain) > 1 and len(chunk) <= LONGEST * 2:
        joined = "".join(part.group() for part in plain)
        if len(joined) <= LONGEST and not joined.isdigit():
            yield Word(_readings(joined), offset, end, disguised=True, extra=True)
    # "g*blok": each sign stands for one letter.
    for part in _MASKED.finditer(chunk):
        mask = re.sub(r"[^a-z0-9@$]", "?", part.group()).translate(_LEET)
        if "?" in mask and 2 * mask.count("?") <= len(mask):
            first, last = offset + part.start(), offset + part.end()
            yield Word((), first, last, disguised=True, extra=True, mask=mask)


def _plain_word(folded: Folded, part: str, start: int, chunk: str, match: re.Match[str]) -> Word:
    end = start + len(part)
    if part.isalpha():
        disguised = any(folded.altered[start:end])
        return Word((collapse(part[: LONGEST * 3]),), start, end, disguised=disguised)
    if part.isdigit():
        return Word((part[:LONGEST],), start, end)
    ending = part.rstrip("0123456789")
    return Word(_readings(part[: LONGEST * 3]), start, end, disguised=not ending.isalpha())


def _readings(spelled: str) -> tuple[str, ...]:
    """A word with digits and signs in it: as letters, and without the digits at its end."""
    found = {
        collapse(spelled.translate(_LEET)),
        collapse(spelled.translate(_LEET_L)),
        collapse(spelled.rstrip("0123456789").translate(_LEET)),
    }
    return tuple(sorted(word for word in found if len(word) <= LONGEST))
