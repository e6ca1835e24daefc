"""What happens when an identity is opened: allowed, counted, written down, told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors as accounts_selectors
from core.policy import require
from forum.identity import policy, selectors
from forum.identity.models import Ground, IdentityLog, IdentityReveal
from forum.notify import news

if TYPE_CHECKING:
    from forum.discussion.models import Reply
    from participation.models import Idea

SHORTEST_REASON = 20  # characters
TOLD_AT = 5  # looks of one person on one day after which the auditors are told
MOST_A_DAY = 20


class TooManyReveals(Exception):
    """The person has opened as many identities today as anybody may on one day."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """Who is behind a post: for one answer to one person, never kept anywhere."""

    entry: IdentityReveal
    name: str
    email: str


@transaction.atomic
def reveal(*, post: Idea | Reply, by: Any, ground: str, reason: str) -> Revealed:
    """Open who is behind a post. Each look is a row of the log and is told to its author.

    The fifth look of a person on a day (in the city's zone) is told to the auditors; after the
    twentieth it is over for that day (TooManyReveals). Raises ValidationError by field when the
    ground is none of ours or the reason is shorter than 20 characters.
    """
    require(policy.may_reveal(by, post))
    _check(ground, reason)
    log = _locked_log()
    looks = selectors.count_today(by) + 1
    if looks > MOST_A_DAY:
        raise TooManyReveals
    entry = _write(log, post=post, by=by, ground=ground, reason=reason)
    news.identity_revealed(entry, post)
    if looks == TOLD_AT:
        auditors = [person.pk for person in accounts_selectors.holders("auditor")]
        news.many_identities_revealed(entry, auditors=auditors)
    return Revealed(entry, post.author.display_name, post.author.email)


def _check(ground: str, reason: str) -> None:
    if ground not in Ground.values:
        raise ValidationError({"ground": _("Pilih satu alasan.")})
    if len(reason) < SHORTEST_REASON:
        raise ValidationError({"reason": _("Jelaskan paling sedikit dengan 20 huruf.")})


def _locked_log() -> IdentityLog:
    """The log for one writer: the next row must know the row before it."""
    IdentityLog.objects.get_or_create(pk=1)
    return IdentityLog.objects.select_for_update().get(pk=1)


def _write(
    log: IdentityLog, *, post: Idea | Reply, by: Any, ground: str, reason: str
) -> IdentityReveal:
    entry = IdentityReveal(
        number=log.length + 1,
        **({"reply": post} if hasattr(post, "idea_id") else {"idea": post}),
        by=by,
        unit=accounts_selectors.unit_of(by),
        ground=ground,
        reason=reason,
        at=timezone.now(),
        previous=log.head,
    )
    entry.fingerprint = entry.own_fingerprint()
    entry.save()
    log.length, log.head = entry.number, entry.fingerprint
    log.save(update_fields=["length", "head"])
    return entry
