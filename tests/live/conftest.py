"""Servers and readers of the live tests."""

import pytest

from tests.live.reader import Reader
from tests.server import Server, cookie_of


@pytest.fixture
def start_server(transactional_db, city):
    """Start a Daphne: `start_server(HEARTBEAT_SECONDS="1")`. All are stopped at the end."""
    servers: list[Server] = []

    def start(*, port: int | None = None, **environment: str) -> Server:
        server = Server(port=port, **environment).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


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


@pytest.fixture
def cookie(sign_in):
    """The session cookie of a person."""
    return lambda person: cookie_of(sign_in(person))
