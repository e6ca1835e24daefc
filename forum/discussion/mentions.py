"""Naming somebody in a reply: "@" and the name under which they take part in this discussion.

Only a name that is public in the discussion is looked for. Whoever wrote without a name cannot be
found by it, and a name that two people share, or that nobody has, stays plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from core.publishing import Visibility
from forum.discussion.models import Reply
from participation.rendering import shown_author

if TYPE_CHECKING:
    from participation.models import Idea

MOST = 5  # people a reply may name
MOST_OFFERED = 6
_MARK = re.compile(r"(?<![\w@.])@(?=\w)")
_WORD = re.compile(r"[\w'’.-]+")
# Past this many marks nobody is being named any more.
_MOST_MARKS = 20


@dataclass(frozen=True, slots=True)
class Named:
    """A name as it was typed after the "@", and whom it names."""

    typed: str
    people: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody who takes part under a name; `unit` is what a civil servant speaks for."""

    person_id: int
    name: str
    unit: str = ""
    unit_name: str = ""


def named_in(body: str, *, idea: Idea, author: Any) -> list[Named]:
    """Whom a text names, at most five people, the author never."""
    places = [match.end() for match in _MARK.finditer(body)][:_MOST_MARKS]
    words = {word.group() for place in places if (word := _WORD.match(body, place))}
    if not words:
        return []
    names = _names(_taking_part(idea, words))
    found: list[Named] = []
    people: set[int] = set()
    for place in places:
        typed = _longest(body, place, names)
        meant = names.get(typed.casefold(), frozenset()) - {author.pk}
        if meant and len(people | meant) <= MOST:
            people |= meant
            found.append(Named(typed, meant))
    return found


def offers(idea: Idea, start: str) -> list[str]:
    """Names of this discussion that begin like that and name exactly one person, in order."""
    word = _WORD.match(start)
    if word is None:
        return []
    names: dict[str, set[int]] = {}
    for known in _taking_part(idea, {word.group()}):
        if known.name.casefold().startswith(start.casefold()):
            names.setdefault(known.name, set()).add(known.person_id)
    return sorted(name for name, people in names.items() if len(people) == 1)[:MOST_OFFERED]


def _taking_part(idea: Idea, words: set[str]) -> list[_Known]:
    """Who takes part under a name, or for a unit, that begins with one of these words."""
    begins = Q()
    for word in words:
        for column in ("author__display_name", "as_unit__name", "as_unit__short_name"):
            begins |= Q(**{f"{column}__istartswith": word})
    rows = (
        Reply.objects.filter(idea=idea, visibility=Visibility.PUBLISHED, shown_as="name")
        .filter(begins)
        .order_by()
        .values_list("author_id", "author__display_name", "as_unit__short_name", "as_unit__name")
        .distinct()[:500]
    )
    known = [_Known(pk, name, unit or "", whole or "") for pk, name, unit, whole in rows]
    proposer = shown_author(idea)
    if proposer.is_named:
        known.append(_Known(idea.author_id, proposer.name))
    return known


def _names(known: list[_Known]) -> dict[str, frozenset[int]]:
    """Every way to name these people that means one of them; a unit means all who speak for it."""
    own: dict[str, set[int]] = {}
    units: dict[str, set[int]] = {}
    for each in known:
        plain = each.name.partition(",")[0].strip()
        for name in {each.name, plain, plain.split(" ")[0]}:
            own.setdefault(name.casefold(), set()).add(each.person_id)
        for name in filter(None, (each.unit, each.unit_name)):
            units.setdefault(name.casefold(), set()).add(each.person_id)
    sure = {name: frozenset(people) for name, people in own.items() if len(people) == 1}
    ambiguous = own.keys() - sure.keys()
    return {name: frozenset(who) for name, who in units.items() if name not in ambiguous} | sure


def _longest(body: str, place: int, names: dict[str, frozenset[int]]) -> str:
    """The longest of the names that stands here and ends where a word ends; else nothing."""
    rest = body[place : place + 200]
    for name in sorted(names, key=len, reverse=True):
        typed = rest[: len(name)]
        after = rest[len(name) : len(name) + 1]
        if typed.casefold() == name and not (after.isalnum() or after == "_"):
            return typed
    return ""
