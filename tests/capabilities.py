"""What a test needs from the machine, and what happens when it is missing.

A test says what it needs by a marker (`browser`, `postgres`, `redis`, `gettext`); a fixture may
ask through `require_or_skip`. Where the thing is missing the test is skipped with the reason; with
CI=true it fails instead, so that nothing is left out unseen.

REMBUK_TEST_STACK says which of the two ways to run is under test:
  sqlite    SQLite, in-memory channel layer: tests marked `postgres` or `redis` are not selected
  postgres  PostgreSQL and Redis: DATABASE_URL and REDIS_URL are required, on CI or not
  (unset)   whatever DATABASE_URL and REDIS_URL offer

tests/conftest.py takes over the three hooks at the end of this file.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

SERVERS = {"postgres", "redis"}


def chromium_path() -> str | None:
    """REMBUK_CHROMIUM, or the system's Chromium; None without one."""
    names = [os.environ.get("REMBUK_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


def missing(kind: str) -> str | None:
    """Why a test of this kind cannot run here, as a sentence; None when it can."""
    reason, is_there = _NEEDS[kind]
    return None if is_there() else reason


def require_or_skip(kind: str) -> None:
    """Let the test go on when its need is met; else skip it, or fail it where it is required."""
    reason = missing(kind)
    if reason is None:
        return
    if _is_required(kind):
        pytest.fail(f"Required here: {reason}", pytrace=False)
    pytest.skip(reason)


def stack() -> str:
    """The way to run that is under test, from REMBUK_TEST_STACK; empty for whatever is there."""
    name = os.environ.get("REMBUK_TEST_STACK", "")
    if name not in {"", "sqlite", "postgres"}:
        raise pytest.UsageError(f"REMBUK_TEST_STACK is sqlite or postgres, not {name!r}.")
    if name == "sqlite" and (os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL")):
        raise pytest.UsageError("REMBUK_TEST_STACK=sqlite: unset DATABASE_URL and REDIS_URL.")
    return name


def _is_required(kind: str) -> bool:
    on_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
    return on_ci or (kind in SERVERS and stack() == "postgres")


_NEEDS: dict[str, tuple[str, Callable[[], bool]]] = {
    "browser": (
        "no Chromium found; install it or name it in REMBUK_CHROMIUM",
        lambda: chromium_path() is not None,
    ),
    "postgres": (
        "DATABASE_URL does not name a PostgreSQL database",
        lambda: os.environ.get("DATABASE_URL", "").startswith(("postgres://", "postgresql://")),
    ),
    "redis": (
        "REDIS_URL does not name a Redis server",
        lambda: os.environ.get("REDIS_URL", "").startswith(("redis://", "rediss://", "unix://")),
    ),
    "gettext": (
        "xgettext is not installed (package gettext)",
        lambda: shutil.which("xgettext") is not None,
    ),
}


def _needs(item: pytest.Item) -> Iterator[str]:
    return (kind for kind in _NEEDS if item.get_closest_marker(kind))


def pytest_configure(config: pytest.Config) -> None:
    """A wrong REMBUK_TEST_STACK ends the run before it begins."""
    stack()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of the servers where SQLite is under test; order is kept."""
    if stack() != "sqlite":
        return
    left_out = [item for item in items if SERVERS.intersection(_needs(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before a test's fixtures start a browser or a server: is what it needs there?"""
    for kind in _needs(item):
        require_or_skip(kind)
