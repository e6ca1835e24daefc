"""Short messages through a WhatsApp or SMS gateway: what is handed over and what comes back.

The forum speaks to no gateway itself. It hands each message to a bridge, and asks it now and then
what became of the messages. docs/bridge.md says what a bridge must keep; `Folder` is the one that
comes along.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

VERSION = 1
KEY = re.compile(r"[a-z0-9.-]{1,60}")
NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")
BIGGEST_REPORT = 10_000


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one number. The same key is the same message, however often it comes."""

    key: str
    to: str
    text: str
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message ("delivered", "failed"), or that a number wants no more ("stop")."""

    status: str
    key: str = ""
    number: str = ""
    reason: str = ""


class Bridge(Protocol):
    """What stands between the forum and a gateway."""

    def send(self, message: Message) -> None:
        """Take a message for sure, or raise OSError: then it comes again later."""

    def reports(self, handle: Callable[[Report], None]) -> int:
        """Hand every new report to `handle` and forget it when that returns; how many."""


def is_configured() -> bool:
    """Whether this installation offers short messages."""
    return bool(settings.MESSAGE_BRIDGE)


def configured() -> Bridge:
    """The bridge that the settings name."""
    made: Bridge = import_string(settings.MESSAGE_BRIDGE)()
    return made


def normal_number(typed: str) -> str:
    """A number as people write it, in the international form; ValueError when it is none.

    Without a country it is an Indonesian mobile number: 0812... and 812... become +62812...
    """
    digits = re.sub(r"[\s().-]", "", typed)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+62{digits[1:]}"
    elif digits.startswith("62"):
        digits = f"+{digits}"
    elif digits.startswith("8"):
        digits = f"+62{digits}"
    if not digits.isascii() or not NUMBER.fullmatch(digits):
        raise ValueError("no number")
    if digits.startswith("+62") and not digits.startswith("+628"):
        raise ValueError("no mobile number")
    return digits


class Folder:
    """A bridge of files: `out/` holds a JSON file for each message, `status/` what came of them.

    A file appears whole or not at all, under the message's key: written again it is the same file.
    """

    def __init__(self, root: Path | None = None) -> None:
        root = root or settings.MESSAGE_BRIDGE_DIR
        self.out, self.status = root / "out", root / "status"
        for folder in (self.out, self.status):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)
                # Whatever the umask is: the gateway, of the same group, deletes and writes here.
                folder.chmod(0o770)

    def send(self, message: Message) -> None:
        if not KEY.fullmatch(message.key):
            raise ValueError(message.key)
        content = {
            "version": VERSION,
            **asdict(message),
            "created": message.created.isoformat(timespec="seconds"),
            "expires": message.expires.isoformat(timespec="seconds"),
        }
        target = self.out / f"{message.key}.json"
        draft = self.out / f".{message.key}.{os.getpid()}.tmp"
        # Only the forum's user and its group read numbers.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "w") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)

    def reports(self, handle: Callable[[Report], None]) -> int:
        count = 0
        for path in sorted(self.status.glob("*.json")):
            try:
                report = _read(path)
            except (ValueError, OSError) as error:
                log.warning("bridge: %s is no report: %r", path.name, error)
                path.replace(path.with_suffix(".bad"))
                continue
            handle(report)
            path.unlink(missing_ok=True)
            count += 1
        return count


def _read(path: Path) -> Report:
    if path.stat().st_size > BIGGEST_REPORT:
        raise ValueError("too long")
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError("no object")
    values = {name: content.get(name, "") for name in ("status", "key", "number", "reason")}
    if not all(isinstance(value, str) for value in values.values()):
        raise ValueError("texts, please")
    if values["status"] not in ("delivered", "failed", "stop"):
        raise ValueError(f"unknown status {values['status'][:20]!r}")
    return Report(**values)
