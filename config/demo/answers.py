"""What the demo shows of official answers beside their texts: drafts, templates, kept promises."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Unit
from forum.answers import promises
from forum.answers import services as answers
from forum.answers.models import Commitment
from forum.answers.services import Content, Promise
from participation import selectors as participation

TEMPLATES = (
    {
        "title": "Lampu dan penerangan",
        "body": "Terima kasih sudah menyampaikan “{judul}” ({nomor}).\n\n"
        "Petugas {unit} memeriksa titik di {kelurahan} itu bersama ketua RT. Hasilnya kami tulis "
        "di halaman ini.",
        "next_step": "Petugas memeriksa lokasi, hasilnya kami tulis di sini dalam 5 hari kerja.",
        "category_id": "penerangan",
    },
    {
        "title": "Bukan kewenangan kota",
        "body": "Terima kasih atas “{judul}”. Urusan ini dikerjakan pemerintah provinsi. Kami "
        "sudah meneruskannya pada {tanggal} dan menulis di sini bila ada jawaban.",
        "next_step": "",
        "category_id": None,
    },
)
PRAISE = (
    "Jawabannya jelas, saya jadi tahu kapan dikerjakan.",
    "Petugasnya datang melihat dulu sebelum menjawab. Terima kasih.",
    "Bahasanya mudah, orang tua saya juga mengerti.",
)
WISHES = (
    "Tanggalnya semoga tidak mundur lagi.",
    "Sudah dijawab, tetapi saya masih ingin tahu berapa biayanya.",
    "Agak lama menunggu. Isinya cukup membantu.",
)


def comment_of(scores: dict[str, int | None]) -> str:
    """What one rater in three adds in words: always the same for the same marks."""
    chance = random.Random(str(sorted(scores.items(), key=str)))
    marks = [mark for mark in scores.values() if mark]
    if not marks or chance.random() > 0.4:
        return ""
    return chance.choice(PRAISE if sum(marks) / len(marks) > 3 else WISHES)


def plan_promises(story: Any, answer: Any) -> None:
    """Most of what was promised first is done by its date."""
    for commitment in _open_promises(answer=answer, kind=Commitment.Kind.FIRST):
        due = commitment.due_on or story.today
        if due <= story.today and random.Random(commitment.text).random() > 1 / 6:
            moment = min(story.local(due, 14.5), story.now - timedelta(hours=2))
            story.at(moment, keep_promises, answer.idea, answer.officer, commitment.pk)


def keep_promises(idea: Any, by: Any, pk: int | None = None) -> None:
    """Work that is done keeps what was promised with a date: one promise, or all of an aspirasi."""
    which = {"pk": pk} if pk else {"answer__idea": idea}
    for commitment in _open_promises(**which):
        promises.follow_up(
            commitment=commitment,
            by=by,
            state=Commitment.State.DONE,
            seen_version=commitment.version,
        )


def finish(story: Any) -> None:
    """What lies on the desks of the officers today."""
    officers = {slug: speaker.person for slug, speaker in story.responders.items()}
    for slug, officer in officers.items():
        for fields in TEMPLATES[: 2 if slug == story.text["projects"][0]["unit"] else 1]:
            answers.save_template(by=officer, fields=dict(fields))
    _one_late_one_taken_back(officers)
    _drafts(story, officers)


def _open_promises(**where: Any) -> list[Commitment]:
    rows = Commitment.objects.filter(
        state=Commitment.State.PLANNED, due_on__isnull=False, **where
    ).exclude(kind=Commitment.Kind.NOT_POSSIBLE)
    return list(rows.select_related("answer__idea__project__unit").order_by("due_on", "pk"))


def _one_late_one_taken_back(officers: dict[str, Any]) -> None:
    """Of each project's first unit: one promise is put off, one is taken back, with reasons."""
    today = timezone.localdate()
    found = [c for c in _open_promises() if c.answer.idea.is_published]
    for commitment, state, reason in zip(
        found[-2:],
        (Commitment.State.DELAYED, Commitment.State.DROPPED),
        (
            "Bahan datang terlambat dari penyedia. Pemasangan kami geser.",
            "Lahannya ternyata milik warga, jadi kami cari tempat lain dulu.",
        ),
        strict=False,
    ):
        later = state == Commitment.State.DELAYED
        promises.follow_up(
            commitment=commitment,
            by=officers[commitment.answer.unit.slug],
            state=state,
            reason=reason,
            due_on=max(commitment.due_on or today, today) + timedelta(days=30) if later else None,
            seen_version=commitment.version,
        )


def _drafts(story: Any, officers: dict[str, Any]) -> None:
    """A draft that waits for the leader of its unit, and one that is still being written."""
    careful = story.text["projects"][0]["unit"]
    Unit.objects.filter(slug=careful).update(answers_need_review=True)
    for slug, officer in officers.items():
        waiting = participation.waiting_for(officer)
        if not waiting:
            continue
        idea = participation.fresh(waiting[0].pk)
        draft = answers.save_draft(
            idea=idea,
            officer=type(officer).objects.get(pk=officer.pk),
            content=Content(
                body="Terima kasih. Kami sudah melihat lokasinya dan sependapat dengan usul ini.",
                promises=[
                    Promise("first", "Lokasi diukur bersama warga", story.day(14)),
                ],
                next_step="Minggu depan petugas mengukur lokasi.",
                cost="Rp35 juta" if slug == careful else "",
                cost_source=f"APBD {story.today.year}" if slug == careful else "",
                checklist=["answers_point", "next_step", "date"],
            ),
        )
        if slug == careful:
            answers.send_for_review(draft=draft, by=officer, seen_version=draft.version)
