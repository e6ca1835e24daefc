"""Which part of a discussion an address asks for, and the addresses of its other parts.

`?urut=baru` newest first, `?sikap=dua` for and against beside each other, `?sikap=setuju` one of
them, `?utas=7` one thread with all answers, `?dari=` where a page starts, `?balasan=9` the page on
which a reply stands. Anything else is the whole discussion from its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from core.http import whole_number
from forum.discussion import rendering, selectors
from forum.discussion.models import Stance
from forum.discussion.selectors import Wanted

if TYPE_CHECKING:
    from participation.models import Idea

STANCES = {"setuju": Stance.AGREE, "tidak": Stance.DISAGREE, "netral": Stance.NEUTRAL}
BESIDE = "dua"


@dataclass(frozen=True, slots=True)
class Choice:
    """A link to another part; `count` where a number says how much is there."""

    label: str
    address: str
    chosen: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The replies of one stance."""

    word: str
    label: str
    count: int
    html: str
    next: str


@dataclass(slots=True)
class Page:
    """What the page shows of a discussion. Addresses are relative to the aspirasi's page.

    `appends` says whether a new reply belongs into the list that is shown, `newest` where it is
    found otherwise.
    """

    html: str = ""
    columns: list[Column] = field(default_factory=list)
    next: str = ""
    first: str = ""
    whole: str = ""
    views: list[Choice] = field(default_factory=list)
    sorts: list[Choice] = field(default_factory=list)
    newest_first: bool = False
    appends: bool = True
    newest: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.html and not any(column.html for column in self.columns)


def page(idea: Idea, asked: Mapping[str, str]) -> Page:
    """The part of a discussion that is asked for."""
    word = asked.get("sikap", "") if idea.project.takes_stance else ""
    newest_first = asked.get("urut") == "baru"
    wanted = _wanted(idea, asked, word, newest_first)
    if wanted.thread is not None or "balasan" in asked:
        word, newest_first = "", False
    shown = Page(newest_first=newest_first)
    if word == BESIDE:
        shown.columns = _columns(idea, newest_first)
    else:
        shown.html, next_order = rendering.discussion(idea, wanted)
        if next_order is not None:
            shown.next = _address(word, newest_first, dari=next_order)
    late = wanted.from_order is not None
    if wanted.thread is not None:
        shown.whole = "?"
    elif late:
        shown.first = _address(word, newest_first)
    if word or wanted.thread is not None:
        shown.appends, shown.newest = False, "?urut=baru"
    elif newest_first:
        shown.appends, shown.newest = not late, "?urut=baru"
    else:
        shown.appends, shown.newest = not shown.next, "?dari=akhir"
    if idea.project.takes_stance and idea.reply_count:
        shown.views = _views(idea, word, newest_first)
    if idea.reply_count > 1 and wanted.thread is None:
        shown.sorts = [
            Choice(_("Terlama dulu"), _address(word, False), not newest_first),
            Choice(_("Terbaru dulu"), _address(word, True), newest_first),
        ]
    return shown


def _wanted(idea: Idea, asked: Mapping[str, str], word: str, newest_first: bool) -> Wanted:
    if (linked := whole_number(asked.get("balasan"))) is not None:
        return selectors.place_of(idea, linked)
    from_order = whole_number(asked.get("dari"))
    if (thread := whole_number(asked.get("utas"))) is not None:
        return Wanted(thread=thread, from_order=from_order)
    if asked.get("dari") == "akhir":
        return selectors.last_page(idea)
    return Wanted(newest_first, STANCES.get(word, ""), None, from_order)


def _columns(idea: Idea, newest_first: bool) -> list[Column]:
    counts = rendering.stance_counts(idea)
    found = rendering.columns(idea, newest_first=newest_first)
    return [
        Column(
            word,
            str(stance.label),
            counts[stance],
            found[stance][0],
            _address(word, newest_first, dari=found[stance][1]) if found[stance][1] else "",
        )
        for word, stance in STANCES.items()
    ]


def _views(idea: Idea, word: str, newest_first: bool) -> list[Choice]:
    counts = rendering.stance_counts(idea)
    return [
        Choice(_("Semua"), _address("", newest_first), word not in (*STANCES, BESIDE)),
        Choice(_("Setuju dan tidak setuju"), _address(BESIDE, newest_first), word == BESIDE),
        *(
            Choice(str(stance.label), _address(each, newest_first), word == each, counts[stance])
            for each, stance in STANCES.items()
        ),
    ]


def _address(word: str, newest_first: bool, **more: int | None) -> str:
    query = {
        **({"sikap": word} if word in (*STANCES, BESIDE) else {}),
        **({"urut": "baru"} if newest_first else {}),
        **more,
    }
    return f"?{urlencode(query)}"
