"""Marks of a text by which the same and nearly the same text is known again."""

from hashlib import blake2b

from django.conf import settings

from forum.screening.normal import Folded, words

_RUN = 4  # words
_MARKS = 8
ALIKE = 6  # so many of the eight marks in common: nearly the same
SHORTEST = 30  # letters; "Setuju, terima kasih" may be said by everybody


def marks(folded: Folded) -> tuple[int, list[int]]:
    """The mark of the whole text, and those of its eight smallest runs of four words.

    The smallest of many hashes are a fair sample: texts that share three quarters of theirs share
    about as much of their wording. None for a text that is too short to say anything.
    """
    read = [word.readings[0] for word in words(folded) if not word.extra and word.readings]
    whole = " ".join(read)
    if len(whole) < SHORTEST:
        return _mark("short", whole), []
    runs = {" ".join(read[n : n + _RUN]) for n in range(len(read) - _RUN + 1)}
    smallest = sorted(_mark("run", run) for run in runs)[:_MARKS]
    return _mark("whole", whole), smallest if len(smallest) == _MARKS else []


def _mark(kind: str, text: str) -> int:
    """A number of 64 bits that depends on the installation's key: nobody can try out texts."""
    key = settings.SECRET_KEY.encode()[:64]
    raw = blake2b(f"{kind}:{text}".encode(), digest_size=8, key=key).digest()
    return int.from_bytes(raw, signed=True)
