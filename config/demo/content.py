"""The written content of the demo: cities, shared texts, and the stock of replies by theme."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Line:
    """One reply of a conversation.

    `by` is who speaks: A, B, C are residents of that conversation, P is the author of the aspirasi,
    ASN the responder of the unit. `trait` narrows who fits, as in "tua" for an elderly voice.
    """

    by: str
    text: str
    trait: str = ""


@dataclass(frozen=True)
class Conversation:
    """A top-level reply with the answers to it, which make sense only together.

    `after` says what must have happened before somebody could say this: "answer" or "work".
    """

    theme: str
    lines: tuple[Line, ...]
    city: str = ""
    after: str = ""


def city(slug: str) -> dict[str, Any]:
    """People, staff, projects and aspirasi of one city."""
    return _read(slug)


def common() -> dict[str, Any]:
    """Categories, and the texts of moderation that every city uses."""
    return _read("common")


def conversations(slug: str = "") -> list[Conversation]:
    """The stock of replies that fits a city; without a city, what fits everywhere."""
    return [
        Conversation(
            theme=row["theme"],
            lines=tuple(Line(**line) for line in row["lines"]),
            city=row.get("city", ""),
            after=row.get("after", ""),
        )
        for row in _read("replies")
        if row.get("city", slug) == slug
    ]


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
