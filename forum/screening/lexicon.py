"""Word lists made ready to be looked up: one pass over a text, a bounded look at each word.

A phrase of a list is one or more words; "kau/kamu anjing/babi" stands for each combination. A word
is found in its disguises and with the endings of everyday speech, never inside another word.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from forum.screening.normal import LONGEST, Folded, Word, collapse, fold, words

MOST_HITS = 20
MOST_COMBINATIONS = 500
NEARBY = 8  # words before and after in which an exempting word counts

_ENDINGS = ("nya", "lah", "kah", "pun", "ku", "mu", "in", "kan")
_BEGINNINGS = ("se", "ke", "di", "ter", "ber", "nge", "ng", "meng", "mem", "men", "me")
# Written as one with an insult they make it one: "dasarmonyet", "anjinglu".
_GLUED = ("lu", "lo", "loe", "kau", "kamu", "banget", "sekali", "amat", "semua", "dasar", "emang")
# Before a short word these address somebody: "Bang Sat" is a person, not a word in two halves.
_TITLES = frozenset("bang bung mas pak bu mbak kak dek dik cak kang gus om ko ci a si".split())
_SHORTEST_STEM = 5
_SEVERITY = {"allow": 0, "block": 1, "hold": 2, "flag": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a word list, as the search needs it."""

    phrase: str
    list: str
    breaks: str = "person"
    note: str = ""
    unless: str = ""
    disguised_only: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a text holds, from `start` to `end` of the folded text."""

    entry: Entry
    start: int
    end: int


def combinations(phrase: str) -> list[tuple[str, ...]]:
    """Every wording that a phrase stands for, as canonical words."""
    choices = [
        ["".join(sign for sign in fold(word).text if sign.isalnum()) for word in place.split("/")]
        for place in phrase.split()
    ]
    count = 1
    for place in choices:
        count *= len(place)
    if count > MOST_COMBINATIONS:
        raise ValueError(f"{phrase[:40]}: more than {MOST_COMBINATIONS} combinations")
    return [
        tuple(collapse(word) for word in wording) for wording in product(*choices) if all(wording)
    ]


class Lexicon:
    """All entries that count for a text, indexed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._single: dict[str, list[Entry]] = defaultdict(list)
        self._phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
        self._masks: dict[tuple[int, int, str], list[tuple[str, Entry]]] = defaultdict(list)
        for entry in sorted(entries, key=lambda entry: _SEVERITY.get(entry.list, 9)):
            for wording in combinations(entry.phrase):
                if len(wording) > 1:
                    self._phrases[wording[0]].append((wording[1:], entry))
                    continue
                word = wording[0]
                self._single[word].append(entry)
                if _SHORTEST_STEM <= len(word) <= LONGEST:
                    self._masks[(len(word), 0, word[0])].append((word, entry))
                    self._masks[(len(word), -1, word[-1])].append((word, entry))

    def find(self, folded: Folded) -> list[Hit]:
        """What the text holds of the lists, in no order, at most `MOST_HITS`."""
        found: list[Hit] = []
        read = list(words(folded))
        plain = [word for word in read if not word.extra]
        places = {id(word): place for place, word in enumerate(plain)}
        for word in read:
            place = places.get(id(word))
            for hit in self._at(word, plain, place, folded):
                near = _place_of(plain, hit.start) if place is None else place
                if not _exempt(hit.entry, plain, near):
                    found.append(hit)
            if len(found) >= MOST_HITS:
                break
        return found

    def _at(
        self, word: Word, plain: list[Word], place: int | None, folded: Folded
    ) -> Iterator[Hit]:
        if word.mask:
            yield from self._masked(word)
            return
        for reading in word.readings:
            entry = self._lookup(reading, disguised=word.disguised)
            if entry and not (word.extra and len(reading) < _SHORTEST_STEM - 1):
                yield Hit(entry, word.start, word.end)
                break
        if place is None:
            return
        yield from self._phrases_from(word, plain, place)
        yield from self._spelled_from(plain, place, folded)

    def _lookup(self, reading: str, *, disguised: bool) -> Entry | None:
        if reading in self._single:
            return self._worst(reading, disguised=disguised)
        for stem, glued in _stems(reading):
            if entry := self._worst(stem, disguised=disguised or glued):
                return entry
        return None

    def _worst(self, word: str, *, disguised: bool) -> Entry | None:
        """The gravest entry of a word; "allow" outdoes them all."""
        for entry in self._single.get(word, ()):
            if disguised or not entry.disguised_only:
                return None if entry.list == "allow" else entry
        return None

    def _masked(self, word: Word) -> Iterator[Hit]:
        mask = word.mask
        end, letter = (0, mask[0]) if mask[0] != "?" else (-1, mask[-1])
        if letter == "?":
            return
        for listed, entry in self._masks.get((len(mask), end, letter), ()):
            if all(a in ("?", b) for a, b in zip(mask, listed, strict=True)):
                yield Hit(entry, word.start, word.end)
                return

    def _phrases_from(self, word: Word, plain: list[Word], place: int) -> Iterator[Hit]:
        for first in _forms(word):
            for rest, entry in self._phrases.get(first, ()):
                last = place + len(rest)
                if last < len(plain) and all(
                    listed in _forms(plain[place + n]) for n, listed in enumerate(rest, start=1)
                ):
                    yield Hit(entry, word.start, plain[last].end)

    def _spelled_from(self, plain: list[Word], place: int, folded: Folded) -> Iterator[Hit]:
        """A listed word in pieces, from this word on: "g o b l o k", "an ji ng", "go blok"."""
        if len(plain[place].readings[0]) > 5:
            return
        joined, pieces, longest = "", 0, 0
        for n in range(place, min(place + 12, len(plain))):
            word = plain[n]
            piece = word.readings[0]
            if n > place and not _adjoin(folded, plain[n - 1], word, single=longest == 1):
                return
            joined, pieces, longest = joined + piece, pieces + 1, max(longest, len(piece))
            if len(piece) > 5 or len(joined) > 14:
                return
            if pieces == 1:
                continue
            if pieces == 2:
                whole = len(joined) >= _SHORTEST_STEM and plain[place].readings[0] not in _TITLES
                whole = whole and len(piece) > 1 and len(joined) - len(piece) > 1
                whole = whole and not _is_name(folded, plain[place], word)
            else:
                whole = len(joined) <= 2 * pieces + 1 and len(joined) >= (4 if longest == 1 else 5)
            entry = self._worst(collapse(joined), disguised=True) if whole else None
            if entry is not None and entry.list != "flag":
                yield Hit(entry, plain[place].start, word.end)
                return


def _adjoin(folded: Folded, before: Word, word: Word, *, single: bool) -> bool:
    """Whether only a blank is between two pieces; single letters may have signs between them."""
    gap = folded.text[before.end : word.start]
    if single and len(word.readings[0]) == 1:
        return len(gap) <= 5
    return gap.isspace() and len(gap) <= 2


def _is_name(folded: Folded, *pieces: Word) -> bool:
    """Two words with capitals, "Kim Ak", are a person rather than a word in two halves."""
    return all(
        folded.original[folded.at[piece.start]].isupper()
        and folded.original[folded.at[piece.end - 1]].islower()
        for piece in pieces
    )


def _forms(word: Word) -> tuple[str, ...]:
    """The readings, and without an ending that any noun may have."""
    if len(word.readings) == 1 and len(word.readings[0]) > 4:
        reading = word.readings[0]
        for ending in ("nya", "lah"):
            if reading.endswith(ending) and len(reading) - len(ending) > 3:
                return (reading, reading[: -len(ending)])
    return word.readings


def _stems(reading: str) -> Iterator[tuple[str, bool]]:
    """What is left of a word without its affixes, and whether what fell away was glued to it."""
    if not _SHORTEST_STEM < len(reading) <= LONGEST:
        return
    heads = [reading]
    for head in _BEGINNINGS:
        if reading.startswith(head) and len(reading) - len(head) >= _SHORTEST_STEM:
            heads.append(collapse(reading[len(head) :]))
            yield heads[-1], False
    for ending in _ENDINGS:
        for rest in heads:
            if rest.endswith(ending) and len(rest) - len(ending) >= _SHORTEST_STEM:
                yield rest[: -len(ending)], False
    for glue in _GLUED:
        if reading.endswith(glue) and len(reading) - len(glue) >= _SHORTEST_STEM:
            yield reading[: -len(glue)], True
        if reading.startswith(glue) and len(reading) - len(glue) >= _SHORTEST_STEM:
            yield reading[len(glue) :], True


def _place_of(plain: list[Word], start: int) -> int:
    """Which plain word stands at `start`, by halving."""
    low, high = 0, len(plain)
    while low < high:
        middle = (low + high) // 2
        if plain[middle].start < start:
            low = middle + 1
        else:
            high = middle
    return min(low, max(len(plain) - 1, 0))


def _exempt(entry: Entry, plain: list[Word], place: int) -> bool:
    """Whether a word nearby shows that it is meant otherwise: a stray dog, a slogan on a wall."""
    if not entry.unless:
        return False
    exempting = tuple(collapse(fold(word).text) for word in entry.unless.split())
    around = plain[max(place - NEARBY, 0) : place + NEARBY + 1]
    return any(
        reading == exempt or (len(exempt) > 3 and reading.startswith(exempt))
        for word in around
        for reading in word.readings
        for exempt in exempting
    )
