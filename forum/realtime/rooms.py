"""How many people watch a page, and how many are writing on it: counts, never who.

Every process tells the others how many readers it has; nothing of it is stored. What a reader is
sent is one small frame when a number changed: of who watches at most every ten seconds, of who
writes at most every two, however many come, go or type.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forum.realtime.hub import Socket

TOPIC = "rooms"
WITH_ROOM = ("idea.",)

# Seconds. A process that was killed is forgotten after the second number.
WRITING_LASTS, FORGOTTEN_AFTER = 8, 75
MOST_WRITING = 50  # people of one page that are kept apart


class Rooms:
    """The counts of one process, with what the other processes said."""

    def __init__(self) -> None:
        self.process = uuid.uuid4().hex
        self.told: dict[str, int] = {}  # topic -> the number that its readers know
        self._reported: dict[str, int] = {}
        self._elsewhere: dict[str, tuple[float, dict[str, int]]] = {}
        self._writing: dict[str, dict[int, float]] = {}

    # --- Who watches -----------------------------------------------------------------------------

    def report(self, sockets: Mapping[str, set[Socket]], *, whole: bool) -> dict[str, Any] | None:
        """What the other processes should know: what changed, or everything; None for nothing."""
        counts = {
            topic: _people(members)
            for topic, members in sockets.items()
            if topic.startswith(WITH_ROOM)
        }
        before, self._reported = self._reported, counts
        if not whole:
            gone = dict.fromkeys(before.keys() - counts.keys(), 0)
            counts = gone | {t: n for t, n in counts.items() if before.get(t) != n}
        if not counts and not (whole and before):
            return None
        return {"process": self.process, "counts": counts, "whole": whole}

    def hear(self, report: Mapping[str, Any]) -> None:
        """Take what a process said."""
        if report["process"] == self.process:
            return
        known = {} if report["whole"] else self._elsewhere.get(report["process"], (0, {}))[1]
        self._elsewhere[report["process"]] = (time.monotonic(), known | dict(report["counts"]))

    def changed(self) -> dict[str, str]:
        """The frames of the pages whose number is not the one that their readers know.

        Whoever is alone from the beginning is told nothing.
        """
        oldest = time.monotonic() - FORGOTTEN_AFTER
        self._elsewhere = {name: said for name, said in self._elsewhere.items() if said[0] > oldest}
        frames = {}
        for topic, here in self._reported.items():
            total = here + sum(counts.get(topic, 0) for _at, counts in self._elsewhere.values())
            if total != self.told.get(topic, 1):
                self.told[topic] = total
                frames[topic] = presence_frame(total)
        self.told = {topic: n for topic, n in self.told.items() if topic in self._reported}
        return frames

    # --- Who writes ------------------------------------------------------------------------------

    def note_writing(self, topic: str, person_id: int, *, over: bool) -> None:
        """Somebody writes on a page, or has done."""
        people = self._writing.setdefault(topic, {})
        if over:
            people.pop(person_id, None)
        elif person_id in people or len(people) < MOST_WRITING:
            people[person_id] = time.monotonic() + WRITING_LASTS

    def writing(self) -> dict[str, set[int]]:
        """Who writes now, by page; a page where nobody does any more comes once more, empty."""
        now = time.monotonic()
        found = {
            topic: {person for person, until in people.items() if until > now}
            for topic, people in self._writing.items()
        }
        self._writing = {
            topic: {person: self._writing[topic][person] for person in people}
            for topic, people in found.items()
            if people
        }
        return found


def presence_frame(watching: int) -> str:
    return json.dumps({"type": "presence", "watching": watching})


def writing_frame(writing: int) -> str:
    return json.dumps({"type": "writing", "writing": writing})


def _people(members: set[Socket]) -> int:
    """A person with several windows is one; of visitors every window counts."""
    known = {socket.person_id for socket in members}
    visitors = sum(socket.person_id is None for socket in members)
    return len(known - {None}) + visitors
