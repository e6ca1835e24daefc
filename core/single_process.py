"""The in-memory channel layer reaches one process only: a second web process must not start."""

import fcntl
import sys
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_held: IO[str] | None = None


def in_memory_layer() -> bool:
    return str(settings.CHANNEL_LAYERS["default"]["BACKEND"]).endswith("InMemoryChannelLayer")


def refuse_a_second_process() -> None:
    """Hold a lock file for the life of this process; raise when another process holds it.

    Two processes on the in-memory layer would each show only their own visitors' replies live.
    With Redis there is nothing to hold.
    """
    global _held
    if not in_memory_layer() or "pytest" in sys.modules:
        return
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    database = str(settings.DATABASES["default"]["NAME"]).rsplit("/", 1)[-1]
    lock = (settings.VAR_DIR / f"web-{database}.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise ImproperlyConfigured(
            "Another web process already serves this database on the in-memory channel layer. "
            "Stop it, or set REDIS_URL to run several."
        ) from error
    _held = lock
