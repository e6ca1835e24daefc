"""Tasks that only the tests have: they leave a note, fail, or take their time."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from core import background
from core.background import task
from core.models import Due
from core.schedule import scheduled

NOTE = "a note of the tests"


def notes() -> list[str]:
    """The keys of the effects that stand, in order."""
    return list(Due.objects.filter(name=NOTE).order_by("key").values_list("key", flat=True))


@task(name="made.note")
def note(*, text: str) -> None:
    Due.objects.get_or_create(name=NOTE, key=text, defaults={"due_at": timezone.now()})


@task(name="made.note_slowly", retries=20)
def note_slowly(*, text: str) -> None:
    """Long enough that a random kill finds it between its effect and its end."""
    note.call(text=text)
    time.sleep(0.05)


@task(name="made.fail", retries=2)
def fail(*, what: str) -> None:
    raise ValueError(f"There is no {what}")


@task(name="made.never_again", retries=0)
def never_again() -> None:
    raise ValueError("Once is enough")


@task(name="made.slow")
def slow(*, diary: str, text: str, seconds: float) -> None:
    """Writes begin and end into a file, which no rollback takes back; leaves its process's id."""
    _write(diary, f"begin {text} {os.getpid()}")
    with transaction.atomic():
        Due.objects.update_or_create(
            name=NOTE, key=text, defaults={"due_at": timezone.now(), "payload": {"by": os.getpid()}}
        )
        # On SQLite the others wait while this transaction is open: be short there.
        time.sleep(min(seconds, 1.0))
    time.sleep(max(seconds - 1.0, 0))
    _write(diary, f"end {text} {os.getpid()}")


@task(name="made.exit", retries=0)
def leave() -> None:
    raise SystemExit(7)


@task(name="made.break_the_worker")
def break_the_worker() -> None:
    """As an error in the worker itself would: its next step fails."""
    background.claim = None


periods: list[str] = []  # of the recurring tasks that ran, in order


@scheduled("made.hourly", every=timedelta(hours=1))
def hourly(*, period: str) -> None:
    periods.append(period)


@scheduled("made.catching_up", every=timedelta(days=1), missed=3)
def catching_up(*, period: str) -> None:
    periods.append(period)


def _write(diary: str, line: str) -> None:
    with Path(diary).open("a") as file:
        file.write(line + "\n")
