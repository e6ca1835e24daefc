"""How the demo's aspirasi go through the offices: most at once, a few in every other way."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.models import Unit
from forum.disposition import selectors, services
from forum.disposition.models import WITH_UNIT, WITH_VERIFIER, Disposition, State
from participation.models import Status

if TYPE_CHECKING:
    from config.demo.loader import Story, Told

FIRST_WORDS = (
    "Terima kasih, sudah kami catat. Petugas mengecek lokasi minggu ini, jawabannya menyusul.",
    "Sudah kami terima. Kami cocokkan dulu dengan jadwal pekerjaan, lalu kami jawab di sini.",
    "Terima kasih. Kami sedang menghitung kebutuhannya dan menjawab setelah itu.",
)
MISSING = "Sebut patokan yang terdekat dan, bila ada, kirim satu foto dari dekat."
MESSAGE = "Tolong dicek bersama, lokasinya di perbatasan pekerjaan dua unit."
NOTES = (
    "Sudah saya telepon pelaksananya. Mereka bisa ke lokasi hari Kamis.",
    "Anggarannya ada di kegiatan pemeliharaan. Saya siapkan kalimat jawabannya.",
)


class Offices:
    """Plans the dispositions of a story, by chances of its own: the rest of it stays as it is."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.chance = random.Random(f"disposition {story.city_name}")

    def plan(self) -> None:
        """Put what the offices do into the story's queue."""
        sent = [told for told in self.story.told if "moderation" not in told.text]
        open_ = [told for told in sent if told.text["status"] == Status.OPEN]
        open_ = [told for told in open_ if "answer" not in told.text]
        public = sorted(
            (told for told in open_ if not told.project.staff_only), key=lambda told: told.sent
        )
        special = dict(zip(self._kinds(), reversed(public), strict=False))
        for told in sent:
            kind = next((name for name, each in special.items() if each is told), "")
            self._plan_one(told, kind, waits=told in open_)

    @staticmethod
    def _kinds() -> tuple[str, ...]:
        """From the newest aspirasi that waits on."""
        return ("received", "incomplete", "refused", "shared", "lapsed", "overdue")

    def _plan_one(self, told: Told, kind: str, *, waits: bool) -> None:
        if kind == "received":
            return
        first = self._working(told.sent + timedelta(minutes=45), self.chance.choice([0, 0, 1]))
        if kind in ("incomplete", "lapsed"):
            self._at(first, self._return, told)
            self._at(first + timedelta(days=11), lambda _told: services.close_lapsed(), told)
            return
        self._at(first, self._route, told, kind == "shared")
        if kind == "refused":
            self._at(first + timedelta(hours=2), self._refuse, told)
            return
        if kind != "overdue" and (kind == "shared" or self.chance.random() < 0.75):
            self._at(first + timedelta(minutes=50), self._assign, told)
        if kind == "shared":
            for number, body in enumerate(NOTES):
                self._at(first + timedelta(minutes=70 + 25 * number), self._note, told, body)
        elif waits and kind != "overdue":
            late = self.chance.choice([2, 3, 4, 5, 7])
            self._at(self._working(first, late), self._first_words, told)

    # --- What they do -----------------------------------------------------------------------------

    def _task(self, told: Told, *states: str) -> Disposition | None:
        rows = Disposition.objects.filter(idea=told.idea, state__in=states)
        return rows.select_related("idea__project__unit", "unit").first()

    def _return(self, told: Told) -> None:
        if task := self._task(told, State.RECEIVED):
            services.return_to_resident(missing=MISSING, **self._by_verifier(task))

    def _route(self, told: Told, shared: bool) -> None:
        if task := self._task(told, *WITH_VERIFIER):
            unit = told.project.unit
            others = [u for u in self.story.units.values() if u.slug in self.story.responders]
            helping: list[Unit] = [u for u in others if u.pk != unit.pk][:1] if shared else []
            services.route(
                unit=unit,
                supporting=helping,
                reason=MESSAGE if shared else "",
                **self._by_verifier(task),
            )

    def _assign(self, told: Told) -> None:
        if task := self._task(told, State.ROUTED):
            officer = self.story.responders[told.project.unit.slug].person
            services.assign(
                disposition=task, by=officer, seen_version=task.version, officer=officer
            )

    def _refuse(self, told: Told) -> None:
        if task := self._task(told, *WITH_UNIT):
            officer = self.story.responders[told.project.unit.slug].person
            services.refuse(
                disposition=task,
                by=officer,
                seen_version=task.version,
                reason="Ruas ini jalan provinsi, bukan jalan kota.",
            )

    def _note(self, told: Told, body: str) -> None:
        if task := self._task(told, *WITH_UNIT):
            officer = self.story.responders[told.project.unit.slug].person
            people = [person.pk for person in selectors.colleagues(task)][:1]
            services.write_note(
                disposition=task,
                by=officer,
                body=body,
                client_key=UUID(int=self.chance.getrandbits(128), version=4),
                mentions=people,
            )

    def _first_words(self, told: Told) -> None:
        if self._task(told, *WITH_UNIT):
            self.story.reply(
                told,
                self.story.responders[told.project.unit.slug],
                self.chance.choice(FIRST_WORDS),
                False,
                [],
            )

    def _by_verifier(self, task: Disposition) -> dict[str, Any]:
        verifier = self.chance.choice(self.story.moderators).person
        return {"disposition": task, "by": verifier, "seen_version": task.version}

    # --- When -------------------------------------------------------------------------------------

    def _at(self, moment: datetime, do: Callable[..., Any], *arguments: Any) -> None:
        if moment < self.story.now - timedelta(minutes=2):
            self.story.at(moment, do, *arguments)

    def _working(self, moment: datetime, days: int) -> datetime:
        """A moment in office hours, so many weekdays later, never before `moment`."""
        local = moment.astimezone(self.story.zone)
        day = local.date()
        if local.hour >= 16 and not days:
            days = 1
        while days or day.weekday() > 4:
            day += timedelta(days=1)
            days -= 1 if day.weekday() < 5 and days else 0
        earliest = local.hour + 0.5 if day == local.date() else 8.0
        return self.story.local(day, max(8.0, earliest) + self.chance.random() / 2)
