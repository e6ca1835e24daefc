"""Quoting a passage of another reply: "> " lines in the form, a reference in the database.

The passage is shown only while its source is public and still says so. What is hidden, taken back
or changed afterwards does not live on in the quotes of others.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from core.text import to_html
from forum.discussion.models import Reply

LONGEST = 500
_SIGN = ">"


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote as it is shown; without `html` the passage is no longer there."""

    source: int
    name: str = ""
    html: SafeString | None = None


def prefill(source: Reply) -> str:
    """The beginning of a reply as lines to answer to."""
    passage = source.body
    if len(passage) > LONGEST:
        passage = passage[:LONGEST].rpartition(" ")[0] or passage[:LONGEST]
    return "".join(f"{_SIGN} {line}\n" for line in passage.splitlines() if line.strip()) + "\n"


def split(body: str) -> tuple[str, str]:
    """The quoted passage of a text, and what its author says."""
    lines = body.split("\n")
    passage = [line.removeprefix(_SIGN).strip() for line in lines if line.startswith(_SIGN)]
    said = "\n".join(line for line in lines if not line.startswith(_SIGN))
    return "\n".join(line for line in passage if line), said.strip()


def is_from(passage: str, source: Reply) -> bool:
    """Whether every line of a passage stands like that in a reply."""
    text = _plain(source.body)
    return all(_plain(line) in text for line in passage.splitlines())


def shown(reply: Reply, name: str) -> Quote | None:
    """The quote of a reply, `name` being how its source is shown; None when it quotes nothing."""
    if not reply.quote or reply.quoted is None:
        return None
    if not reply.quoted.is_published or not is_from(reply.quote, reply.quoted):
        return Quote(reply.quoted.pk)
    return Quote(reply.quoted.pk, name, to_html(reply.quote))


def _plain(text: str) -> str:
    return " ".join(text.split())
