"""Who may open an identity, and who reads the log of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from participation.rendering import shown_author

if TYPE_CHECKING:
    from forum.discussion.models import Reply
    from participation.models import Idea


def may_reveal(person: Any, post: Idea | Reply) -> Decision:
    """A moderator of the whole city, who answers for no unit, on a post that shows no name.

    Whoever answers officially never opens who asked, even holding the other role as well: the
    answer may not depend on the person. The city's moderators stand outside the unit that is meant.
    """
    if accounts_policy.holds_role(person, "responder"):
        return no(_("Pejabat penghubung tidak dapat membuka identitas penulis."))
    if not accounts_policy.has_role(person, "moderator"):
        return no(_("Hanya petugas moderasi kota yang dapat membuka identitas penulis."))
    if post.author_id == person.pk:
        return no(_("Ini tulisan Anda sendiri."))
    if shown_author(post).is_named:
        return no(_("Penulisnya tampil dengan nama, jadi tidak ada yang perlu dibuka."))
    return YES


def may_read_log(person: Any) -> Decision:
    """An auditor of the whole city."""
    if accounts_policy.has_role(person, "auditor"):
        return YES
    return no(_("Catatan ini hanya untuk pengawas."))
