"""Mail with a person's news: claimed when due, looked at again, sent once or put off.

What may be shown is not decided here: the caller looks up the events of a letter and says which of
them this person may see now.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from accounts import selectors as accounts
from notifications import mail, times
from notifications.categories import DEFAULTS, Cadence, Channel
from notifications.models import Delivery, DeliveryTimes, Event, Preference, UnreachableAddress

log = logging.getLogger(__name__)

State = Delivery.State
# A sender that has said nothing for so long is gone: its letters are sent by somebody else, under
# the same Message-ID, so that a mailbox that had it already can tell.
ABANDONED = timedelta(minutes=15)
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(minutes=5)
MOST_EVENTS = 100


@dataclass(slots=True)
class Letter:
    """Everything that is due to one person through one channel, claimed by whoever holds this."""

    claim: uuid.UUID
    person: Any
    deliveries: list[Delivery]

    @property
    def events(self) -> list[Event]:
        return [delivery.receipt.event for delivery in self.deliveries]


def next_letter(*, channel: str = Channel.EMAIL, now: datetime | None = None) -> Letter | None:
    """Claim what has been due longest, with everything else that is due to the same person."""
    now = now or timezone.now()
    while True:
        due = Delivery.objects.filter(channel=channel, state=State.WAITING, due_at__lte=now)
        person_id = due.order_by("due_at").values_list("person_id", flat=True).first()
        if person_id is None:
            return None
        letter = _claim(person_id, channel, now)
        if letter is not None:
            return letter


@transaction.atomic
def _claim(person_id: int, channel: str, now: datetime) -> Letter | None:
    claim = uuid.uuid4()
    claimed = Delivery.objects.filter(
        person_id=person_id, channel=channel, state=State.WAITING, due_at__lte=now
    ).update(state=State.SENDING, claim=claim, claimed_at=now)
    if not claimed:  # somebody else was faster
        return None
    rows = Delivery.objects.filter(claim=claim).select_related("receipt__event", "receipt__notice")
    person = accounts.people().get(pk=person_id)
    return Letter(claim, person, list(rows.order_by("-receipt__event_id")))


def free_abandoned(*, now: datetime | None = None) -> int:
    """Make claims of senders that are gone due again; how many."""
    before = (now or timezone.now()) - ABANDONED
    return Delivery.objects.filter(state=State.SENDING, claimed_at__lt=before).update(
        state=State.WAITING, claim=None, claimed_at=None
    )


def send(
    letter: Letter,
    shown: Mapping[int, str],
    *,
    now: datetime | None = None,
    connection: BaseEmailBackend | None = None,
) -> bool:
    """Send what is still worth sending; whether a mail left.

    `shown`: by the id of each event that this person may see now, who is behind it. Left out is
    what the person has read in Rembuk meanwhile, wants no more, or would get days late. In quiet
    hours it waits. A mail server that does not answer is tried again later.
    """
    now = now or timezone.now()
    own = DeliveryTimes.objects.filter(pk=letter.person.pk).first()
    awake = times.after_quiet(now, own)
    if awake > now:
        _put_off(letter, letter.deliveries, awake)
        return False
    wanted = _still_wanted(letter, shown, own, now)
    if not wanted:
        return False
    message = mail.compose(
        letter.person,
        [(delivery.receipt.event, shown[delivery.receipt.event_id]) for delivery in wanted],
        cadence=_rarest(wanted),
        number=min(delivery.pk for delivery in wanted),
        connection=connection,
    )
    return _hand_over(letter, wanted, message, now)


def _still_wanted(
    letter: Letter, shown: Mapping[int, str], own: DeliveryTimes | None, now: datetime
) -> list[Delivery]:
    """The deliveries worth sending now; the others are dropped, each with why."""
    chosen = Preference.objects.filter(person_id=letter.person.pk)
    cadences = {
        (category, channel): cadence
        for category, channel, cadence in chosen.values_list("category", "channel", "cadence")
    }
    for_all = ""
    if not letter.person.is_active:
        for_all = "inactive"
    elif own and own.paused_at:
        for_all = "paused"
    elif UnreachableAddress.objects.filter(address=letter.person.email).exists():
        for_all = "unreachable"

    def why_not(delivery: Delivery) -> str:
        event, notice = delivery.receipt.event, delivery.receipt.notice
        usual = DEFAULTS[event.category][delivery.channel]
        if cadences.get((event.category, delivery.channel), usual) == Cadence.OFF:
            return "unwanted"
        if notice is not None and notice.seen_at is not None:
            return "seen"
        if event.pk not in shown:
            return "gone"
        return "late" if delivery.due_at + times.TOO_LATE < now else ""

    wanted = []
    for delivery in letter.deliveries:
        why = for_all or why_not(delivery)
        if why:
            _end(letter, [delivery], State.DROPPED, now, why)
        else:
            wanted.append(delivery)
    _end(letter, wanted[MOST_EVENTS:], State.DROPPED, now, "too many")
    return wanted[:MOST_EVENTS]


def _hand_over(
    letter: Letter, wanted: list[Delivery], message: EmailMultiAlternatives, now: datetime
) -> bool:
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if codes and all(500 <= code < 600 for code in codes):
            mark_unreachable(address=letter.person.email, reason=f"refused: {codes[0]}")
            _end(letter, wanted, State.DROPPED, now, "unreachable")
        else:
            _try_later(letter, wanted, now, error)
        return False
    except (SMTPException, SMTPResponseException, OSError) as error:
        _try_later(letter, wanted, now, error)
        return False
    _end(letter, wanted, State.SENT, now)
    return True


def put_aside(letter: Letter, error: Exception) -> None:
    """Something is wrong with this letter itself: it may not keep all others from being sent."""
    log.exception("the letter to person %s could not be made", letter.person.pk, exc_info=error)
    _try_later(letter, letter.deliveries, timezone.now(), error)


def _try_later(letter: Letter, wanted: list[Delivery], now: datetime, error: Exception) -> None:
    attempts = max(delivery.attempts for delivery in wanted) + 1
    log.warning("mail to person %s: attempt %d failed: %r", letter.person.pk, attempts, error)
    if attempts >= MOST_ATTEMPTS:
        _end(letter, wanted, State.DROPPED, now, "failed")
        return
    _put_off(letter, wanted, now + FIRST_WAIT * 2 ** (attempts - 1), attempts=attempts)


def _put_off(letter: Letter, rows: list[Delivery], until: datetime, **changes: Any) -> None:
    _mine(letter, rows).update(
        state=State.WAITING, claim=None, claimed_at=None, due_at=until, **changes
    )


def _end(
    letter: Letter, rows: list[Delivery], state: str, now: datetime, why_dropped: str = ""
) -> None:
    if rows:
        _mine(letter, rows).update(state=state, claim=None, ended_at=now, why_dropped=why_dropped)


def _mine(letter: Letter, rows: list[Delivery]) -> Any:
    """Only what this letter still holds: a sender thought gone may not undo another's work."""
    return Delivery.objects.filter(pk__in=[row.pk for row in rows], claim=letter.claim)


def _rarest(rows: list[Delivery]) -> str:
    """What the mail is: news of now, of a day, of a week."""
    found = {row.cadence for row in rows}
    return next(c for c in (Cadence.WEEKLY, Cadence.DAILY, Cadence.NOW) if c in found)


def mark_unreachable(*, address: str, reason: str = "") -> None:
    """Send nothing more to this address until its owner says that it works again."""
    UnreachableAddress.objects.get_or_create(
        address=address.strip().lower(), defaults={"reason": reason[:300]}
    )
    log.warning("mail: an address cannot be reached: %s", reason)
