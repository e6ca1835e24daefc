"""The demo's live question sessions: one past with its record, one that runs now, one next week."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from forum.sessions import selectors, services
from forum.sessions.models import Question, Session

if TYPE_CHECKING:
    from config.demo.loader import Speaker, Story

MINUTE = timedelta(minutes=1)

PAST = (
    ("Kapan pekerjaan di lapangan dimulai?", 7,
     "Lelang bulan depan, pekerjaan menyusul sekitar enam minggu sesudahnya. Tanggal pastinya kami "
     "umumkan di halaman proyek ini."),
    ("Apakah pohon-pohon besar tetap dipertahankan?", 9,
     "Ya. Semua pohon besar yang sehat tetap berdiri. Yang keropos diganti **tiga kali lipat** "
     "jumlahnya, di sisi yang sama."),
    ("Apakah ada jalur untuk kursi roda sampai ke tengah?", 5,
     "Ada. Jalur utama tanpa tangga, lebarnya 1,8 meter, dengan ubin pemandu. Gambarnya ada di "
     "rancangan halaman 12."),
    ("Pedagang kecil nanti berjualan di mana selama pekerjaan?", 4, ""),
    ("Siapa yang merawat setelah selesai? Dulu lampunya cepat mati.", 6,
     "Perawatan masuk anggaran rutin kami. Lampu yang mati bisa dilaporkan di sini, sasarannya "
     "diganti dalam tiga hari kerja."),
    ("Kenapa jalan di depan sekolah saya belum diaspal?", 1, "skip"),
)  # fmt: skip
NOW = (
    ("Apakah toilet umumnya gratis dan buka sampai malam?", 6),
    ("Bagaimana air hujan dialirkan supaya tidak menggenang seperti sekarang?", 4),
    ("Apakah ada tempat parkir sepeda?", 3),
    ("Bisakah rute angkot berhenti di pintu timur?", 1),
    ("Apakah anak sekolah boleh ikut menanam pohonnya?", 2),
)
SOON = ("Berapa anggaran tahap kedua?", "Apakah rancangannya bisa dilihat di kantor kelurahan?")


def plan(story: Story) -> None:
    """Put the three sessions of the first project into the story's queue."""
    project = story.told[0].project
    # A chance of its own, so that the rest of the story stays as it was.
    chance = random.Random(f"sessions {project.slug}")
    first = story.responders[project.unit.slug]
    second = next(s for s in story.responders.values() if s is not first)
    told = _Sessions(story, project, chance, [first, second])
    evening = story.local(story.day(-6), 19)
    story.at(evening - timedelta(days=8), told.past, evening)
    begins = story.now - 25 * MINUTE
    story.at(begins - timedelta(days=5), told.running, begins)
    story.at(story.now - timedelta(days=1), told.coming, story.local(story.day(7), 19))


class _Sessions:
    """Tells what happens in each of them."""

    def __init__(
        self, story: Story, project: Any, chance: random.Random, officers: list[Speaker]
    ) -> None:
        self.story, self.project, self.chance = story, project, chance
        self.officers = [speaker.person for speaker in officers]
        self.by = officers[0].person

    def past(self, begins: datetime) -> None:
        session = self._schedule("Rancangan dan jadwal pekerjaan", begins, 60 * MINUTE)
        for number, (body, supports, answer) in enumerate(PAST):
            moment = begins - timedelta(hours=20 - 3 * number)
            self.story.at(moment, self._ask, session, body, supports, number)
            self.story.at(begins + (8 + 7 * number) * MINUTE, self._settle, session, body, answer)
        self.story.at(begins + 62 * MINUTE, self._keep_time, session)
        self.story.at(begins + 90 * MINUTE, self._rate, session)

    def running(self, begins: datetime) -> None:
        session = self._schedule("Tanya apa saja tentang penataan ini", begins, 180 * MINUTE)
        self.story.at(begins, self._keep_time, session)
        for number, (body, supports) in enumerate(NOW):
            moment = begins - (40 - 9 * number) * MINUTE
            self.story.at(moment, self._ask, session, body, supports, number)
        held = "Tolong hubungi saya di 0812 3456 7890 soal lapak."
        self.story.at(begins + 15 * MINUTE, self._ask, session, held, 0, 9)
        answer = "Ya, gratis, dan buka sampai pukul 22.00."
        self.story.at(begins + 12 * MINUTE, self._settle, session, NOW[0][0], answer)
        self.story.at(begins + 20 * MINUTE, self._take_up, session, NOW[1][0])

    def coming(self, begins: datetime) -> None:
        session = self._schedule("Anggaran dan tahap berikutnya", begins, 60 * MINUTE)
        for number, body in enumerate(SOON):
            self.story.at(self.story.now - (90 - 30 * number) * MINUTE, self._ask, session, body,
                          2 - number, number)  # fmt: skip

    # --- One step ---------------------------------------------------------------------------------

    def _schedule(self, title: str, begins: datetime, length: timedelta) -> Session:
        return services.schedule_session(
            project=self.project,
            by=self.by,
            plan_=services.SessionPlan(
                title=title,
                description="Kirim pertanyaan sekarang, dukung pertanyaan warga lain. "
                "Yang paling banyak didukung dijawab lebih dulu.",
                starts_at=begins,
                ends_at=begins + length,
                officers=self.officers,
            ),
        )

    def _ask(self, session: Session, body: str, supports: int, number: int) -> None:
        crowd = self.chance.sample(self.story.residents, supports + 1)
        question = services.ask(
            session=session,
            author=crowd[0].person,
            body=body,
            client_key=UUID(int=self.chance.getrandbits(128), version=4),
            shown_as=("name", "name", "pseudonym", "hidden")[number % 4],
        )
        for speaker in crowd[1:]:
            services.support(question=question, person=speaker.person)
        services.tell_supports(session_id=session.pk)

    def _question(self, session: Session, body: str) -> Question:
        pk = Question.objects.values_list("pk", flat=True).get(session=session, body=body)
        return selectors.fresh(pk)

    def _settle(self, session: Session, body: str, answer: str) -> None:
        question = self._question(session, body)
        officer = self.officers[question.pk % 2]
        if answer == "skip":
            reason = "Bukan bagian dari proyek ini. Silakan kirim sebagai aspirasi."
            services.skip(question=question, by=officer, reason=reason)
        elif answer:
            services.answer(question=question, by=officer, body=answer, seen_version=0)
        else:
            note = "Disediakan lokasi sementara di sisi barat, tanpa biaya."
            services.answer_aloud(question=question, by=officer, note=note)

    def _take_up(self, session: Session, body: str) -> None:
        services.take_up(question=self._question(session, body), by=self.officers[0])

    def _keep_time(self, session: Session) -> None:
        services.keep_time(session_id=session.pk)

    def _rate(self, session: Session) -> None:
        question = self._question(session, PAST[1][0])
        for row in question.supports.select_related("person"):
            marks = {name: self.chance.choice((3, 3, 4)) for name in ("clear", "helpful")}
            services.rate(question=question, person=row.person, scores=marks, took_part=True)
