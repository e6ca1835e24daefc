"""What the tests of signing in need: codes out of the mail, sockets that were told to close."""

import re

import pytest

from accounts import selectors
from core import live


@pytest.fixture(autouse=True)
def fresh_city():
    """A rolled-back test may not leave its city in the process's memory."""
    selectors.forget_city()
    yield
    selectors.forget_city()


@pytest.fixture
def code(mailoutbox):
    """The six digits of the newest mail: `code()`."""

    def newest() -> str:
        found = re.search(r"(?<!\d)\d{6}(?!\d)", mailoutbox[-1].body)
        assert found, mailoutbox[-1].body
        return found.group()

    return newest


@pytest.fixture
def wrong(code):
    """Six digits that are not the code."""
    return lambda: "111111" if code() != "111111" else "222222"


@pytest.fixture
def closings(monkeypatch):
    """Which sockets were told to close: (topic, close code, session key)."""
    told: list[tuple[str, int, str | None]] = []

    def record(topic: str, message: dict) -> None:
        told.append((topic, message["close"], message["session"]))

    monkeypatch.setattr(live, "_send", record)
    return told
