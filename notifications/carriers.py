"""How a letter leaves, by channel: as a mail, a message to a device, a short message.

What it says outside is the same everywhere: which kind of news there is, never of whom or about
what.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import selectors as accounts
from notifications import bridge, mail, push, times
from notifications.bridge import Message
from notifications.categories import Cadence, Channel
from notifications.models import Delivery, PhoneNumber, PushSubscription, UnreachableAddress

log = logging.getLogger(__name__)


class Unreachable(Exception):
    """There is nobody at this address, and there will be nobody."""


@dataclass(slots=True)
class Parcel:
    """What a carrier takes: to whom, what of it is still wanted (newest first), and who is behind
    each event as far as that may be shown."""

    person: Any
    deliveries: Sequence[Delivery]
    shown: Mapping[int, str]
    device: PushSubscription | None = None
    connection: BaseEmailBackend | None = None

    @property
    def number(self) -> int:
        """The name of the parcel: the same when it is sent again after an accident."""
        return min(delivery.pk for delivery in self.deliveries)


# --- Mail ----------------------------------------------------------------------------------------


def by_mail(parcel: Parcel) -> None:
    """Hand a mail to the mail server. An address that it refuses for good is marked."""
    message = mail.compose(
        parcel.person,
        [(row.receipt.event, parcel.shown[row.receipt.event_id]) for row in parcel.deliveries],
        cadence=_rarest(parcel.deliveries),
        number=parcel.number,
        connection=parcel.connection,
    )
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        if codes and all(500 <= code < 600 for code in codes):
            mark_unreachable(address=parcel.person.email, reason=f"refused: {codes[0]}")
            raise Unreachable from error
        raise


def mark_unreachable(*, address: str, reason: str = "") -> None:
    """Send nothing more to this address until its owner says that it works again."""
    UnreachableAddress.objects.get_or_create(
        address=address.strip().lower(), defaults={"reason": reason[:300]}
    )
    log.warning("mail: an address cannot be reached: %s", reason)


def _rarest(rows: Sequence[Delivery]) -> str:
    """What the mail is: news of now, of a day, of a week."""
    found = {row.cadence for row in rows}
    return next(c for c in (Cadence.WEEKLY, Cadence.DAILY, Cadence.NOW) if c in found)


# --- A message to a device -----------------------------------------------------------------------


def by_push(parcel: Parcel) -> None:
    """Hand a message to the push service of one device. A device that is gone is forgotten."""
    device = parcel.device
    if device is None:
        raise Unreachable
    notice = _only_notice(parcel)
    with translation.override(parcel.person.language or settings.LANGUAGE_CODE):
        message = {
            "title": f"Rembuk {accounts.city().name}".strip(),
            "body": mail.subject([row.receipt.event for row in parcel.deliveries], Cadence.NOW),
            "url": _path(parcel),
            # Of one line, or of the same parcel sent again, the device shows one message.
            "tag": f"kabar-{notice}" if notice else f"kabar.{parcel.number}",
        }
    try:
        push.hand_over(message, endpoint=device.endpoint, p256dh=device.p256dh, auth=device.auth)
    except push.Gone as error:
        PushSubscription.objects.filter(pk=device.pk).delete()
        raise Unreachable from error
    except OSError as error:
        PushSubscription.objects.filter(pk=device.pk).update(
            failed_at=timezone.now(), failure=str(error)[:60]
        )
        raise
    if device.failed_at:
        PushSubscription.objects.filter(pk=device.pk).update(failed_at=None, failure="")


# --- A short message -----------------------------------------------------------------------------


def by_bridge(parcel: Parcel) -> None:
    """Hand a short message to the gateway's bridge: which kind of news, and where it is read."""
    phone = PhoneNumber.objects.filter(pk=parcel.person.pk).first()
    if phone is None or not phone.is_active:
        raise Unreachable
    now = timezone.now()
    with translation.override(parcel.person.language or settings.LANGUAGE_CODE):
        events = [row.receipt.event for row in parcel.deliveries]
        words = {"news": mail.subject(events, Cadence.NOW), "url": mail.absolute(_path(parcel))}
        text = _("%(news)s di Rembuk: %(url)s") % words
    message = Message(
        key=f"kabar.{parcel.number}",
        to=phone.number,
        text=text,
        created=now,
        expires=now + times.TOO_LATE,
    )
    bridge.configured().send(message)


def _path(parcel: Parcel) -> str:
    """Where the news is read: the one line that it all belongs to, or the list."""
    notice = _only_notice(parcel)
    return reverse("forum:open_notice", args=[notice]) if notice else reverse("forum:notices")


def _only_notice(parcel: Parcel) -> int | None:
    notices = {row.receipt.notice_id for row in parcel.deliveries}
    return notices.pop() if len(notices) == 1 else None


CARRY: dict[str, Callable[[Parcel], None]] = {
    Channel.EMAIL: by_mail,
    Channel.PUSH: by_push,
    Channel.BRIDGE: by_bridge,
}


def in_use() -> list[str]:
    """The channels that this installation has. What waits for another one waits."""
    offered = {Channel.PUSH: push.is_configured(), Channel.BRIDGE: bridge.is_configured()}
    return [channel for channel in CARRY if offered.get(Channel(channel), True)]


def may_arrive(channel: str, person: Any) -> bool:
    """Whether there is an address to try at all."""
    if channel == Channel.EMAIL:
        return not UnreachableAddress.objects.filter(address=person.email).exists()
    if channel == Channel.BRIDGE:
        phone = PhoneNumber.objects.filter(pk=person.pk).first()
        return phone is not None and phone.is_active
    return True
