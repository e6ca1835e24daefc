"""Who wrote a post, as others may read it: the one place that turns an author into words.

Every page, row, live frame, notice and mail asks here, whoever reads: a civil servant who answers
sees exactly what everybody sees. `forum.identity` is the only way to more than this.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.templatetags.ui import initials
from participation.models import ShownAs


@dataclass(frozen=True, slots=True)
class ShownAuthor:
    """What may be shown of an author. An empty `initials`, `village` or `unit` is not shown."""

    name: str
    initials: str = ""
    village: str = ""
    unit: str = ""  # of a civil servant, who always speaks under name and unit
    is_named: bool = True


def shown_author(post: Any) -> ShownAuthor:
    """The author of a post (`author`, `shown_as`, perhaps `as_unit`) as the author chose to appear.

    Reads `author__village` and `as_unit`: load them with the post.
    """
    unit = getattr(post, "as_unit", None)
    if unit is not None:
        name = post.author.display_name
        return ShownAuthor(name, initials(name), unit=unit.label)
    village = post.author.village.name if post.author.village else ""
    if post.shown_as == ShownAs.NAME:
        name = post.author.display_name
        return ShownAuthor(name, initials(name), village)
    if post.shown_as == ShownAs.PSEUDONYM:
        name = _("Warga %(village)s") % {"village": village} if village else _("Warga")
        return ShownAuthor(name, "W", is_named=False)
    # A value that is not known here hides too: the mistake must never be the name.
    return ShownAuthor(_("Warga, identitas disembunyikan"), is_named=False)


def usual_way(person: Any, idea: Any) -> str:
    """How a person appears in a discussion who has not chosen: the author as on the aspirasi.

    Otherwise the first reply of a hidden author, sent in a hurry, would carry the name.
    """
    if person.is_authenticated and person.pk == idea.author_id:
        return str(idea.shown_as)
    return str(ShownAs.NAME)


def way_choices(person: Any) -> list[tuple[str, str]]:
    """The three ways to appear, without a question to the database."""
    name = person.display_name if person.is_authenticated else str(ShownAs.NAME.label)
    return [
        (ShownAs.NAME, name),
        (ShownAs.PSEUDONYM, str(ShownAs.PSEUDONYM.label)),
        (ShownAs.HIDDEN, _("Warga, identitas disembunyikan")),
    ]
