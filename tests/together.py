"""Doing the same thing in several threads at once, each with its own database connection."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def at_once(number: int, do: Callable[[], Any]) -> list[Any]:
    """Run `do` in `number` threads that start together; what they returned, in no order."""
    gate, results = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        try:
            results.append(do())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
