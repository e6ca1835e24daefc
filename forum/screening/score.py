"""A score learnt from moderators' decisions: naive Bayes over words, in plain Python.

It only ever asks a moderator to look. Words that speak of the government, of its offices or of what
is wrong with them weigh nothing, whatever was decided about posts that held them.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from forum.screening.normal import collapse, fold, words

FEWEST = 50  # decisions of each kind before anything is learnt
_POSTS = 3  # a word counts from so many posts ...
_AUTHORS = 3  # ... by so many authors on: no single person's words are kept
_WEAKEST, _STRONGEST = 0.7, 2.5
_MOST_WEIGHTS = 4000
_LOOKED_AT = 8
FIRES_AT = 3.0  # sum of the logs of the odds: about 20 to 1

GUARDED = frozenset(
    collapse(word)
    for word in """
    pemerintah pemkot pemda pemprov wali kota walikota wakil bupati gubernur presiden menteri
    mayor dprd dewan fraksi kepala ketua dinas badan kantor kadis sekda camat lurah pejabat
    petugas pegawai asn pns aparat satpol pp polisi dishub disdik dinkes dlh pdam pln kejaksaan
    jaksa kpk inspektorat bpk rt rw kelurahan kecamatan puskesmas rsud sekolah anggaran apbd dana
    uang pajak retribusi miliar juta rp korupsi korup koruptor pungli suap nepotisme kolusi
    gratifikasi maling rampok tikus proyek mangkrak fiktif lelang tender kontraktor gagal lambat
    lamban bohong dusta janji ingkar kecewa marah muak geram becus payah buruk parah rusak bobrok
    amburadul sengsara rugi tipu mundur turun turunkan copot ganti pecat demo unjuk protes kritik
    tuntut gugat lapor audit usut rakyat warga masyarakat adil zalim rezim kuasa politik partai
    pemilu pilkada golput suara kebijakan aturan perda program pelayanan layanan tidak jangan
    harus kenapa mengapa mana kapan
    """.split()
)


@dataclass(frozen=True, slots=True)
class Example:
    """A post that was decided: what it says, by whom, whether it was hidden."""

    text: str
    author_id: int
    hidden: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much a text resembles hidden ones, and the words that weighed most."""

    total: float
    reasons: list[tuple[str, float]]


def features(text: str) -> set[str]:
    """The words and pairs of neighbouring words of a text; no numbers, nothing very short."""
    read = [
        word.readings[0]
        for word in words(fold(text))
        if not word.extra and word.readings and word.readings[0].isalpha()
    ]
    found = {word for word in read if 2 < len(word) <= 24}
    found.update(
        f"{first} {second}"
        for first, second in itertools.pairwise(read)
        if len(first) + len(second) <= 40
    )
    return found


def learn(examples: Sequence[Example], *, guarded: Iterable[str] = ()) -> dict[str, float]:
    """What each word speaks for hiding; {} while there are too few decisions of either kind."""
    hidden = sum(example.hidden for example in examples)
    if min(hidden, len(examples) - hidden) < FEWEST:
        return {}
    return _weights(examples, hidden, guarded)


def _weights(examples: Sequence[Example], hidden: int, guarded: Iterable[str]) -> dict[str, float]:
    kept = len(examples) - hidden
    guard = guard_of(guarded)
    seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    authors: dict[str, set[int]] = defaultdict(set)
    for example in examples:
        for feature in features(example.text):
            seen[feature][example.hidden] += 1
            if len(authors[feature]) < _AUTHORS:
                authors[feature].add(example.author_id)
    weights = {}
    for feature, (in_kept, in_hidden) in seen.items():
        if in_kept + in_hidden < _POSTS or len(authors[feature]) < _AUTHORS:
            continue
        if any(is_guarded(word, guard) for word in feature.split()):
            continue
        odds = math.log((in_hidden + 0.5) / (hidden + 1)) - math.log((in_kept + 0.5) / (kept + 1))
        if abs(odds) >= _WEAKEST:
            weights[feature] = round(max(-_STRONGEST, min(_STRONGEST, odds)), 2)
    strongest = sorted(weights, key=lambda f: (-abs(weights[f]), f))[:_MOST_WEIGHTS]
    return {feature: weights[feature] for feature in strongest}


def judge(weights: dict[str, float], text: str) -> Verdict | None:
    """The verdict on a text that resembles hidden ones; None when it does not.

    At least two words must speak for it: a single word belongs into a list, where it has an owner.
    """
    if not weights:
        return None
    weighed = [(feature, weights[feature]) for feature in features(text) if feature in weights]
    weighed.sort(key=lambda pair: (-abs(pair[1]), pair[0]))
    weighed = weighed[:_LOOKED_AT]
    total = sum(weight for _feature, weight in weighed)
    reasons = [(feature, weight) for feature, weight in weighed if weight > 0]
    spoken = {word for feature, _weight in reasons for word in feature.split()}
    if total < FIRES_AT or len(reasons) < 2 or len(spoken) < 2:
        return None
    return Verdict(round(total, 2), reasons)


def measure(examples: Sequence[Example], *, guarded: Iterable[str] = ()) -> dict[str, int]:
    """Learn from four fifths and count on the last: told rightly, told wrongly, missed."""
    count: Counter[str] = Counter({"right": 0, "wrong": 0, "missed": 0, "looked_at": 0})
    learnt = [example for n, example in enumerate(examples) if n % 5]
    weights = _weights(learnt, sum(example.hidden for example in learnt), guarded)
    for example in examples[::5]:
        fires = judge(weights, example.text) is not None
        count["looked_at"] += 1
        count["right"] += fires and example.hidden
        count["wrong"] += fires and not example.hidden
        count["missed"] += example.hidden and not fires
    return dict(count)


def guard_of(more: Iterable[str]) -> frozenset[str]:
    """The guarded words with those of the city's own names, as they are read."""
    return GUARDED | {
        collapse(word) for name in more for word in fold(name).text.split() if len(word) > 2
    }


def is_guarded(word: str, guard: frozenset[str]) -> bool:
    """Whether a word or what it is made from is guarded: "pemerintahannya", "dikorupsi"."""
    if word in guard:
        return True
    return any(
        word[first:last] in guard
        for first in range(min(5, len(word)))
        for last in range(max(first + 5, len(word) - 5), len(word) + 1)
    )
