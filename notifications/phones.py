"""A person's number for short messages: given, proved by a code, withdrawn, stopped."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import selectors as accounts
from notifications import bridge
from notifications.bridge import Message, Report
from notifications.models import CodeRequest, Delivery, PhoneNumber

CODE_HOLDS = timedelta(minutes=15)
MOST_TRIES = 5
# By one person in an hour, and to one number in a day, whoever asks: nobody's telephone may be
# made to ring with codes.
MOST_BY_PERSON, MOST_TO_NUMBER = 3, 3


class TooMany(Exception):
    """Codes were asked for too often."""


@transaction.atomic
def give_number(*, person: Any, number: str) -> PhoneNumber:
    """Store a number that is to be proved; messages go there only afterwards. Raises TooMany."""
    now = timezone.now()
    # The row is the lock under which this person's requests are counted.
    phone, _created = PhoneNumber.objects.get_or_create(
        person_id=person.pk, defaults={"number": number}
    )
    phone = PhoneNumber.objects.select_for_update().get(pk=phone.pk)
    mark = _digest("number", number)
    CodeRequest.objects.filter(at__lt=now - timedelta(days=1)).delete()
    by_person = CodeRequest.objects.filter(person_id=person.pk, at__gt=now - timedelta(hours=1))
    if (
        by_person.count() >= MOST_BY_PERSON
        or CodeRequest.objects.filter(number_digest=mark).count() >= MOST_TO_NUMBER
    ):
        raise TooMany
    CodeRequest.objects.create(person_id=person.pk, number_digest=mark, at=now)
    phone.number, phone.confirmed_at, phone.stopped_at = number, None, None
    phone.failed_at, phone.failure = None, ""
    phone.code_digest, phone.code_until, phone.code_tries = "", now + CODE_HOLDS, 0
    phone.save()
    return phone


def send_code(*, person_id: int) -> None:
    """Make a code and hand it to the bridge. It stands nowhere but in that message."""
    with transaction.atomic():
        phone = PhoneNumber.objects.select_for_update().filter(pk=person_id).first()
        now = timezone.now()
        if phone is None or phone.confirmed_at or not phone.code_until or phone.code_until < now:
            return
        code = f"{secrets.randbelow(1_000_000):06d}"
        phone.code_digest = _digest("code", f"{phone.number}:{code}")
        phone.save(update_fields=["code_digest"])
    language = accounts.people().values_list("language", flat=True).get(pk=person_id)
    with translation.override(language or "id"):
        text = _("%(code)s kode Rembuk %(city)s. Jangan beri tahu siapa pun.")
    bridge.configured().send(
        Message(
            key=f"kode.{person_id}.{int(now.timestamp())}",
            to=phone.number,
            text=text % {"code": code, "city": accounts.city().name},
            created=now,
            expires=phone.code_until,
        )
    )


def confirm_number(*, person: Any, code: str) -> bool:
    """Whether this is the code; from then on messages go to the number. Five tries for each code.

    Each try is counted before the code is looked at: two at a time are two.
    """
    now = timezone.now()
    rows = PhoneNumber.objects.filter(pk=person.pk, confirmed_at=None, code_until__gte=now)
    if not rows.filter(code_tries__lt=MOST_TRIES).update(code_tries=F("code_tries") + 1):
        return False
    phone = rows.get()
    right = _digest("code", f"{phone.number}:{code}")
    if not phone.code_digest or not constant_time_compare(right, phone.code_digest):
        return False
    return bool(
        rows.filter(code_digest=phone.code_digest).update(
            confirmed_at=now, code_digest="", code_until=None
        )
    )


def remove_number(*, person: Any) -> None:
    """Forget the person's number."""
    PhoneNumber.objects.filter(pk=person.pk).delete()


def read_reports() -> int:
    """Take note of what the gateway reports; how many reports. Told twice it is the same."""
    return bridge.configured().reports(_note)


def _note(report: Report) -> None:
    now = timezone.now()
    if report.status == "stop":
        try:
            number = bridge.normal_number(report.number)
        except ValueError:
            return
        PhoneNumber.objects.filter(number=number, stopped_at=None).update(
            stopped_at=now, code_digest="", code_until=None
        )
        return
    rows = PhoneNumber.objects.filter(pk=_whose(report.key))
    if report.status == "failed":
        rows.update(failed_at=now, failure=report.reason[:60])
    else:
        rows.update(failed_at=None, failure="")


def _whose(key: str) -> int | None:
    """Whose message this was; None when it is none of ours."""
    kind, _dot, rest = key.partition(".")
    number = rest.partition(".")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    if kind == "kode":
        return int(number)
    rows = Delivery.objects.filter(pk=int(number), channel="bridge")
    return rows.values_list("person_id", flat=True).first() if kind == "kabar" else None


def _digest(what: str, value: str) -> str:
    return salted_hmac(f"notifications.phones.{what}", value, algorithm="sha256").hexdigest()
