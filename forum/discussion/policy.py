"""Who may reply, change a reply, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy as accounts_policy
from core.policy import YES, Decision, no
from core.publishing import Visibility
from forum.discussion.models import Reply
from participation import policy as participation_policy

if TYPE_CHECKING:
    from participation.models import Idea


def may_reply(person: Any, idea: Idea) -> Decision:
    """On a published aspirasi, until its project is done."""
    if not (decision := participation_policy.may_view_idea(person, idea)):
        return decision
    if not idea.is_published or not participation_policy.takes_replies(idea.project):
        return no(_("Diskusi ini sudah ditutup."))
    if idea.merged_into_id:
        return no(_("Aspirasi ini sudah digabung. Ikuti diskusi di aspirasi gabungannya."))
    return participation_policy.may_take_part(person)


def may_take_stance(person: Any, idea: Idea) -> Decision:
    """Where the project asks for it, and residents only: civil servants speak for their unit."""
    if not idea.project.takes_stance:
        return no(_("Proyek ini tidak menanyakan sikap."))
    if accounts_policy.is_asn(person):
        return no(_("ASN membalas tanpa sikap."))
    return YES


def may_edit(person: Any, reply: Reply) -> Decision:
    """The author, within the time to edit, while the text is public or being examined."""
    if not person.is_authenticated or person.pk != reply.author_id:
        return no(_("Hanya penulisnya yang dapat mengubah balasan ini."))
    if reply.visibility not in (Visibility.PUBLISHED, Visibility.HELD):
        return no(_("Balasan ini tidak tayang, jadi tidak bisa diubah."))
    if timezone.now() > reply.editable_until:
        return no(_("Waktu untuk mengubah balasan ini sudah lewat."))
    return participation_policy.may_take_part(person)


def may_withdraw(person: Any, reply: Reply) -> Decision:
    """The author, at any time; the place stays marked so that answers to it make sense."""
    if not person.is_authenticated or person.pk != reply.author_id:
        return no(_("Hanya penulisnya yang dapat menghapus balasan ini."))
    if reply.visibility not in (Visibility.PUBLISHED, Visibility.HELD):
        return no(_("Balasan ini sudah tidak tayang."))
    return YES


def may_view(person: Any, reply: Reply) -> Decision:
    """A reply as such: published for all who see the aspirasi, else its author and moderators."""
    idea = reply.idea
    if not (decision := participation_policy.may_view_idea(person, idea)):
        return decision
    if reply.is_published:
        return YES
    own = person.is_authenticated and person.pk == reply.author_id
    if own or participation_policy.may_moderate(person, idea.project):
        return YES
    return no(_("Balasan ini tidak tayang."))


def may_read_every_version(person: Any, reply: Reply) -> Decision:
    """The author and the moderators read every earlier text, and may take one out of sight."""
    own = person.is_authenticated and person.pk == reply.author_id
    if own or participation_policy.may_moderate(person, reply.idea.project):
        return YES
    return no(_("Hanya penulis dan petugas moderasi yang dapat melakukan ini."))
