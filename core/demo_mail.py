"""The demo's mailbox: mail is kept as files and written to the log instead of being sent."""

import json
import logging
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

log = logging.getLogger(__name__)

KEPT = 200
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Backend(BaseEmailBackend):
    """Writes each mail to `EMAIL_FILE_PATH`, and its text to the log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            letter = {
                "to": message.to,
                "subject": str(message.subject),
                "text": str(message.body),
                "at": datetime.now(UTC).isoformat(),
            }
            # A reader must never see half a file: write aside, then move into place.
            path = folder / f"{time.time_ns()}.json"
            aside = path.with_suffix(".part")
            aside.write_text(json.dumps(letter, ensure_ascii=False), encoding="utf-8")
            aside.replace(path)
            log.info(
                "demo mail to %s: %s\n%s", ", ".join(message.to), message.subject, message.body
            )
        for old in _files()[KEPT:]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One mail of the demo. `code` is the sign-in code in it, or empty."""

    to: str
    subject: str
    text: str
    at: datetime
    code: str


def latest(count: int) -> list[Mail]:
    """The newest mails, newest first."""
    return [_read(path) for path in _files()[:count]]


def _read(path: Path) -> Mail:
    letter: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    code = _CODE.search(letter["text"])
    return Mail(
        to=", ".join(letter["to"]),
        subject=letter["subject"],
        text=letter["text"],
        at=datetime.fromisoformat(letter["at"]),
        code=code.group() if code else "",
    )


def _files() -> list[Path]:
    return sorted(_folder().glob("*.json"), reverse=True)


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
