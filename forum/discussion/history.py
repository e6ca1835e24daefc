"""The earlier texts of a reply: what was changed, and who may read which of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from forum.discussion.models import Reply, ReplyVersion

MOST_SHOWN = 20
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Change:
    """One edit. Without `parts` only its time is told.

    `parts` are pieces of text that were kept, removed or added ("equal", "delete", "insert").
    """

    version: ReplyVersion
    at: datetime
    parts: list[tuple[str, str]]

    @property
    def may_be_closed(self) -> bool:
        """Whether everybody reads the earlier text now."""
        return self.version.is_open and self.version.closed_at is None


def changes(reply: Reply, *, whole: bool) -> list[Change]:
    """The last edits of a reply, newest first; `whole` for its author and the moderators.

    To everybody else an earlier text is shown only while it is open, and in a comparison only when
    the text that it became may be read as well: the next text shows it otherwise.
    """
    versions = list(reply.versions.all())
    if not versions:
        return []
    texts = [version.body for version in versions[1:]] + [reply.body]
    readable = [_is_readable(version) for version in versions[1:]] + [True]
    found = []
    for version, text, may_compare in zip(versions, texts, readable, strict=True):
        parts: list[tuple[str, str]] = []
        if whole or (_is_readable(version) and may_compare):
            parts = compared(version.body, text)
        elif _is_readable(version):
            parts = [("equal", version.body)]
        found.append(Change(version, version.at, parts))
    return found[: -MOST_SHOWN - 1 : -1]


def _is_readable(version: ReplyVersion) -> bool:
    return version.is_open and version.closed_at is None


def compared(old: str, new: str) -> list[tuple[str, str]]:
    """Two texts word by word."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    parts = []
    for what, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        if what == "equal":
            parts.append(("equal", "".join(before[a:b])))
            continue
        if a < b:
            parts.append(("delete", "".join(before[a:b])))
        if c < d:
            parts.append(("insert", "".join(after[c:d])))
    return parts
