"""The demo's clock: what the story says happened weeks ago is stored as if it happened then."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils import timezone


class _AnyDatetime(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, datetime)


class StoryClock(metaclass=_AnyDatetime):
    """Stands in for `datetime` where `django.utils.timezone.now` reads it."""

    moment: datetime = datetime.max.replace(tzinfo=UTC)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return cls.moment.astimezone(tz)


@contextmanager
def story_clock() -> Iterator[type[StoryClock]]:
    """Within the block `timezone.now()` gives the clock's `moment`, for this whole process.

    Replacing `timezone.now` itself would miss the models: their defaults hold a reference to it.
    For a command that runs alone; never in a process that serves pages.
    """
    module: Any = timezone
    real, module.datetime = module.datetime, StoryClock
    try:
        yield StoryClock
    finally:
        module.datetime = real
