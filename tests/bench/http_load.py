"""Requests per second of one page, asked over a few kept connections by a process of its own."""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass

CONNECTIONS = 8


@dataclass
class Load:
    """What one burst of requests gave."""

    requests: int = 0
    failed: int = 0
    seconds: float = 0.0
    bytes: int = 0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds if self.seconds else 0.0

    @property
    def page_bytes(self) -> int:
        """Mean size of an answer as sent, compressed."""
        return self.bytes // max(1, self.requests)


def measure(port: int, path: str, *, seconds: float) -> Load:
    """Ask `path` for some seconds from a process of its own. Raises when an answer is no 200."""
    command = [sys.executable, "-m", "tests.bench.http_load", str(port), path, str(seconds)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=seconds + 30)
    load = Load(**json.loads(done.stdout))
    if load.failed or not load.requests:
        raise RuntimeError(f"{path}: {load.failed} of {load.requests} answers were not 200")
    return load


async def _keep_asking(port: int, request: bytes, until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    while time.monotonic() < until:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        load.requests += 1
        load.bytes += length
        load.failed += b" 200 " not in head.split(b"\r\n", 1)[0]
    writer.close()


async def _load(port: int, path: str, seconds: float) -> Load:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\n"
        "Accept: text/html\r\nAccept-Language: id\r\nUser-Agent: bench\r\n\r\n"
    ).encode()
    load, began = Load(), time.monotonic()
    until = began + seconds
    await asyncio.gather(*(_keep_asking(port, request, until, load) for _ in range(CONNECTIONS)))
    load.seconds = time.monotonic() - began
    return load


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("seconds", type=float)
    asked = parser.parse_args()
    print(json.dumps(vars(asyncio.run(_load(asked.port, asked.path, asked.seconds)))))
