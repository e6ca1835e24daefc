"""System checks: what must be right before this installation serves anybody."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from core.single_process import in_memory_layer


@register()
def one_process_in_memory(**_: Any) -> list[CheckMessage]:
    """More than one web process needs a channel layer that reaches all of them."""
    if settings.WEB_PROCESSES > 1 and in_memory_layer():
        return [
            Error(
                f"WEB_PROCESSES is {settings.WEB_PROCESSES}, but the in-memory channel layer "
                "reaches one process only.",
                hint="Set REDIS_URL, or WEB_PROCESSES=1.",
                id="rembuk.E001",
            )
        ]
    return []


@register()
def sqlite_is_for_one_process(**_: Any) -> list[CheckMessage]:
    if settings.WEB_PROCESSES > 1 and "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        return [
            Warning(
                "Several web processes on SQLite wait for each other at every write.",
                hint="Set DATABASE_URL to a PostgreSQL database.",
                id="rembuk.W001",
            )
        ]
    return []
