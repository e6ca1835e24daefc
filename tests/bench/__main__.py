"""Measure the limits and print one table: `make bench`, or `make bench BENCH=--quick`."""

import argparse
import os
import signal
import sys
import time
from dataclasses import dataclass
from statistics import median
from types import FrameType
from typing import Any

from tests.bench import stack
from tests.bench.report import Line, Report
from tests.capabilities import chromium_path

LONGEST = 12 * 60


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    ideas: int
    replies: int
    rounds: int
    seconds: float
    broadcasts: int
    posts: int
    visits: int


THOROUGH = Effort(10_000, 100_000, rounds=9, seconds=3.0, broadcasts=15, posts=10, visits=7)
QUICK = Effort(2_000, 20_000, rounds=3, seconds=1.5, broadcasts=9, posts=4, visits=3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of two or three minutes")
    parser.add_argument("--only", choices=PARTS, help="one part of the table")
    asked = parser.parse_args()
    effort = QUICK if asked.quick else THOROUGH
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGALRM, _late)
    signal.alarm(LONGEST)
    began = time.monotonic()
    with stack.prepared(ideas=effort.ideas, replies=effort.replies) as name:
        report = Report(
            f"{name}, {effort.ideas:,} aspirasi, {effort.replies:,} replies, "
            f"{os.cpu_count()} cores for server, database and client, "
            f"Python {sys.version.split()[0]}"
        )
        try:
            idea = stack.idea_with_replies()
            for part, measure in PARTS.items():
                if asked.only in (None, part):
                    measure(report, idea, effort)
        except Late:
            report.note(f"Stopped after {LONGEST // 60} minutes: what is missing was not measured.")
        signal.alarm(0)
    report.note(
        f"Medians of rounds that take turns; the whole took {time.monotonic() - began:.0f} s."
    )
    print(report)


def pages(report: Report, idea: Any, effort: Effort) -> None:
    """Requests per second of the list and of a discussion, against a bare page of 30 rows."""
    from tests.bench import http_load

    paths = {"bare": "/bench/rows/", "list": "/aspirasi/", "page": f"/aspirasi/{idea.pk}/"}
    rounds: dict[str, list[http_load.Load]] = {name: [] for name in paths}
    with stack.daphne() as server:
        for path in paths.values():
            http_load.measure(server.port, path, seconds=effort.seconds)
        for _round in range(effort.rounds):
            for name, path in paths.items():
                rounds[name].append(http_load.measure(server.port, path, seconds=effort.seconds))
    speed = {name: median(load.per_second for load in loads) for name, loads in rounds.items()}
    for name, words, least in (
        ("list", "aspirasi list, 30 rows", 0.50),
        ("page", f"aspirasi with {stack.REPLIES} replies", 0.35),
    ):
        pairs = zip(rounds[name], rounds["bare"], strict=True)
        ratio = median(ours.per_second / bare.per_second for ours, bare in pairs)
        report.add(
            Line(
                words,
                f"{speed[name]:.0f} requests/s, {rounds[name][0].page_bytes / 1024:.1f} KB",
                f"bare page {speed['bare']:.0f}/s, {rounds['bare'][0].page_bytes / 1024:.1f} KB",
                f"{ratio:.0%}",
                f">= {least:.0%}",
                ratio >= least,
            )
        )
    report.note(
        f"Pages: {http_load.CONNECTIONS} kept connections, visitor without a session, "
        "answers compressed; the bare page runs through the same middleware and pool."
    )


def live(report: Report, idea: Any, effort: Effort) -> None:
    """A push to the last of 1,000 sockets, a POST to the last viewer, the memory of a socket."""
    from tests.bench import sockets

    sockets.raise_file_limit()
    cookie = stack.cookie_of(stack.residents()[1])
    found = sockets.measure(idea, cookie, rounds=effort.broadcasts, posts=effort.posts)
    hub = found.hub.median
    for name, other, most in (
        ("one group member per socket", found.usual, 0.25),
        ("raw asyncio", found.raw, 8.0),
    ):
        ratio = median(ours / theirs for ours, theirs in zip(found.hub.ms, other.ms, strict=True))
        report.add(
            Line(
                "2 KB to the last of 1,000",
                f"{hub:.0f} ms",
                f"{name} {other.median:.0f} ms",
                f"{ratio:.2f}x",
                f"<= {most:g}x",
                ratio <= most,
            )
        )
    many = found.many
    report.add(
        Line(
            "2 KB to the last of 2,000",
            f"{many.median:.0f} ms",
            f"{many.received:,} of {many.expected:,} received",
            "",
            "none lost",
            many.received == many.expected,
        ),
        Line(
            "POST to the last of 1,000",
            f"{found.post.median:.0f} ms",
            f"broadcast alone {hub:.0f} ms",
            f"{found.post.median / hub:.1f}x",
        ),
        Line(
            "memory per socket",
            f"{found.hub_bytes / 1024:.0f} KB",
            f"group member {found.usual_bytes / 1024:.0f} KB",
            f"{found.hub_bytes / found.usual_bytes:.2f}x",
            "<= 60 KB",
            found.hub_bytes <= 60 * 1024,
        ),
    )
    lost = sum(d.expected - d.received for d in (found.hub, found.usual, found.raw, found.post))
    report.note(
        "Sockets: one Daphne holds both kinds, the client is one process with one epoll; "
        f"pushes lost in the rounds of 1,000: {lost}."
    )


def visit(report: Report, idea: Any, effort: Effort) -> None:
    """The page of an aspirasi in a phone's browser for the first time."""
    from tests.bench import first_visit

    chromium = chromium_path()
    if chromium is None:
        report.note("First visit: not measured, no Chromium.")
        return
    page, bare = f"/aspirasi/{idea.pk}/", f"/bench/text/{idea.pk}/"
    with stack.daphne() as server:
        ours, plain, ratio = first_visit.measure(
            chromium, server.origin, page, bare, rounds=effort.visits
        )
    kinds = ", ".join(f"{kind} {size / 1024:.1f}" for kind, size in sorted(ours.by_kind.items()))
    report.add(
        Line(
            "first visit, transferred",
            f"{ours.bytes / 1024:.1f} KB",
            f"text alone {plain.bytes / 1024:.1f} KB",
            f"{ours.bytes / plain.bytes:.1f}x",
            "<= 60 KB",
            ours.bytes <= 60 * 1024,
        ),
        Line(
            "first visit, requests",
            f"{ours.requests}",
            f"text alone {plain.requests}",
            "",
            "<= 15",
            ours.requests <= 15,
        ),
        Line(
            "first visit, LCP",
            f"{ours.lcp_ms:.0f} ms",
            f"text alone {plain.lcp_ms:.0f} ms",
            f"{ratio:.2f}x",
            "<= 1.3x",
            ratio <= 1.3,
        ),
    )
    report.note(f"First visit: {first_visit.PROFILE}; KB by kind: {kinds}.")


def news(report: Report, idea: Any, effort: Effort) -> None:
    """An official answer with many followers against one with none; telling them all."""
    from tests.bench import news as telling

    told = telling.measure(rounds=effort.rounds * 3)
    ratio = median(a / b for a, b in zip(told.followed, told.alone, strict=True))
    report.add(
        Line(
            f"answer, {telling.FOLLOWERS:,} followers",
            f"{median(told.followed):.0f} ms",
            f"none {median(told.alone):.0f} ms",
            f"{ratio:.2f}x",
            "<= 1.5x",
            ratio <= 1.5,
        ),
        Line(
            "telling them all, in the background",
            f"{told.seconds:.1f} s",
            f"{telling.FOLLOWERS / told.seconds:,.0f} people/s",
            "",
        ),
    )


def sessions(report: Report, idea: Any, effort: Effort) -> None:
    """An answer of a live session to a thousand sockets, from the commit on."""
    from tests.bench import sessions as live_session
    from tests.bench import sockets

    sockets.raise_file_limit()
    found = live_session.measure(rounds=effort.broadcasts)
    ours, bare = found.answers, found.bare
    ratio = median(a / b for a, b in zip(ours.p95, bare.p95, strict=True))
    report.add(
        Line(
            "session: commit to 95% of 1,000",
            f"{median(ours.p95):.0f} ms, {found.frame / 1024:.1f} KB",
            f"bare group send {median(bare.p95):.0f} ms",
            f"{ratio:.2f}x",
            "<= 3x",
            ratio <= 3,
        ),
        Line(
            "session: answers received",
            f"{ours.received:,} of {ours.expected:,}",
            f"bare {bare.received:,} of {bare.expected:,}",
            "",
            "none lost",
            ours.received == ours.expected,
        ),
        Line(
            "session: memory per socket",
            f"{found.bytes_each / 1024:.0f} KB",
            "",
            "",
            "<= 60 KB",
            found.bytes_each <= 60 * 1024,
        ),
    )


# The posts of the last part make the page longer.
PARTS = {"pages": pages, "visit": visit, "live": live, "sessions": sessions, "news": news}


class Late(Exception):
    """The time for the whole run is over."""


def _late(number: int, frame: FrameType | None) -> None:
    raise Late


def _stop(number: int, frame: FrameType | None) -> None:
    """End as after Ctrl-C: servers are stopped and the database is dropped on the way out."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
