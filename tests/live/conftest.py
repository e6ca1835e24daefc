"""The readers of the live tests."""

import pytest

from tests.live.reader import Reader
from tests.server import Server


@pytest.fixture
def read(request):
    """Start a reader of an aspirasi: `read(server, idea)`. All are stopped at the end."""
    readers: list[Reader] = []

    def start(server: Server, idea, **options) -> Reader:
        reader = Reader(server, idea.pk, **options).start()
        readers.append(reader)
        return reader

    yield start
    for reader in readers:
        reader.stop()
