"""A returned mail marks its address; a full mailbox or an answer from a person does not."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from notifications.models import UnreachableAddress

REPORT = """\
From: MAILER-DAEMON@mail.example
To: kembali@rembuk.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Your message could not be delivered.

--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Sun, 22 Nov 2026 08:00:00 +0700

Final-Recipient: rfc822; Nur@Contoh.example
Action: {action}
Status: {status}

--x--
"""


@pytest.fixture
def pipe(monkeypatch, db):
    def feed(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
        call_command("bounce", "-")

    return feed


def marked() -> list[str]:
    return list(UnreachableAddress.objects.values_list("address", flat=True))


def test_a_lasting_failure_marks_the_address(pipe):
    pipe(REPORT.format(action="failed", status="5.1.1"))
    pipe(REPORT.format(action="failed", status="5.1.1"))
    assert marked() == ["nur@contoh.example"]


@pytest.mark.parametrize(
    "mail",
    [
        REPORT.format(action="delayed", status="4.4.1"),
        REPORT.format(action="failed", status="4.2.2"),
        REPORT.format(action="delivered", status="2.0.0"),
        "Subject: Re: kabar\n\nTerima kasih! Nur@Contoh.example",
        "",
        "\x00\xff garbage",
    ],
)
def test_anything_else_marks_nothing(pipe, mail):
    pipe(mail)
    assert marked() == []


def test_by_hand(db):
    call_command("bounce", "Nur@Contoh.example", reason="pindah")
    assert marked() == ["nur@contoh.example"]
    with pytest.raises(CommandError):
        call_command("bounce", "bukan alamat")
