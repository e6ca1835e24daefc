"""Word lists in place, and what other tests do without: limits, the search for repetition."""

import pytest

from config import settings as real
from forum.screening import selectors


@pytest.fixture(autouse=True)
def lists(city):
    """What a process keeps of the lists and the score belongs to the test before."""
    selectors._lexicons.clear()
    selectors._weights = (0, {})


@pytest.fixture
def limits(settings):
    """The limits of a real installation; `limits(reply=...)` puts others in their place."""

    def set_to(**changes):
        settings.LIMITS = {**real.LIMITS, **changes}

    set_to()
    return set_to


@pytest.fixture
def repetition(settings):
    settings.FINGERPRINT_DAYS = 3
