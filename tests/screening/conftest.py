"""Word lists in place, and what other tests do without: limits, the search for repetition."""

import pytest

from config import settings as real
from forum.screening import selectors
from forum.screening.models import WordRule


@pytest.fixture(autouse=True)
def lists(db):
    """A test that emptied the tables took the word lists of the migration with it."""
    import csv
    from pathlib import Path

    if not WordRule.objects.exists():
        source = Path(selectors.__file__).parent / "words.csv"
        with source.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                disguised = row.pop("disguised") == "ya"
                WordRule.objects.create(**row, disguised_only=disguised)
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
