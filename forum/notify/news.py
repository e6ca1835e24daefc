"""What happens in the forum that concerns somebody: a reply, an official answer, a ruling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from forum.moderation.models import Rule, Ruling
from notifications import services as notifications
from notifications.services import Category, Happening
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from forum.answers.models import OfficialAnswer
    from forum.discussion.models import Reply
    from forum.moderation.models import Case
    from participation.models import Idea


def reply_published(reply: Reply) -> None:
    """Tell the author of the aspirasi and of the reply that it answers.

    A reply that comes back after it was hidden is not told again.
    """
    idea = reply.idea
    people = {idea.author_id} | ({reply.parent.author_id} if reply.parent else set())
    people.discard(reply.author_id)
    notifications.tell(
        Happening(
            key=f"reply.{reply.pk}",
            category=Category.REPLY,
            headline=gettext_noop("Balasan baru untuk Anda"),
            url=_place_of(reply),
            thread_key=participation.thread_key(idea),
            thread_title=idea.title,
            place_title=idea.project.title,
            source_kind="reply",
            source_id=reply.pk,
        ),
        recipients=participation_selectors.not_muted(idea.project_id, people),
    )


def answer_published(answer: OfficialAnswer, idea: Idea) -> None:
    """Tell the author, the supporters and the followers; also when a standing answer changes."""
    participation.tell_all(
        idea=idea,
        key=f"answer.{answer.pk}.{answer.version}",
        own=Category.ANSWER,
        headline=(
            gettext_noop("Jawaban resmi diperbarui")
            if answer.version > 1
            else gettext_noop("Jawaban resmi sudah tayang")
        ),
        words={},
        by=answer.officer,
    )


def case_decided(case: Case, ruling: Ruling) -> None:
    """Tell the author what was decided and by which rule; tell who reported it what came of it."""
    post: Any = case.post
    is_reply = case.reply is not None
    idea = case.reply.idea if case.reply else case.idea
    if idea is None:
        return
    own = _for_author(ruling, is_reply=is_reply)
    about = case.appeal.ruling if case.cause == "appeal" else ruling
    words = {"rule": _rule(ruling.rule)} if ruling.rule else {}
    happening = Happening(
        key=f"ruling.{ruling.pk}",
        category=Category.MODERATION,
        headline=own,
        words={**words, "days": str(ruling.days)} if ruling.days else words,
        url=_place_of_ruling(case, about, idea),
        thread_key=f"case.{case.pk}",
        thread_title=idea.title,
        place_title=idea.project.title,
        source_kind="ruling",
        source_id=ruling.pk,
    )
    if own and post.author_id != ruling.by_id:
        notifications.tell(happening, recipients=[post.author_id])
    notifications.tell(
        Happening(
            key=f"flags.{ruling.pk}",
            category=Category.FLAG,
            headline=_for_flaggers(ruling),
            url=reverse("forum:idea", args=[idea.pk]),
            thread_key=f"flag.{case.pk}",
            # The title may be what was reported, and may be hidden by now.
            thread_title=str(idea.number),
            place_title=idea.project.title,
            source_kind="flag",
            source_id=case.pk,
        ),
        recipients=case.flags.values_list("person_id", flat=True),
    )


def _place_of_ruling(case: Case, ruling: Ruling, idea: Idea) -> str:
    """The post where it is public now; else the page that says what was decided, and why."""
    if ruling.decision not in (Ruling.Decision.PUBLISH, Ruling.Decision.RESTORE):
        return reverse("forum:ruling", args=[ruling.pk])
    return _place_of(case.reply) if case.reply else reverse("forum:idea", args=[idea.pk])


def _for_author(ruling: Ruling, *, is_reply: bool) -> str:
    """What the author is told; nothing when the post stays as it was: the report is not theirs."""
    decision = Ruling.Decision(ruling.decision)
    if decision in ON_APPEALS:
        return ON_APPEALS[decision]
    if is_reply:
        return {
            Ruling.Decision.HIDE: gettext_noop("Balasan Anda disembunyikan. Aturan: %(rule)s"),
            Ruling.Decision.PUBLISH: gettext_noop("Balasan Anda sudah diperiksa dan tayang"),
            Ruling.Decision.RESTORE: gettext_noop("Balasan Anda tayang kembali"),
            Ruling.Decision.ASK_EDIT: gettext_noop(
                "Balasan Anda perlu diperbaiki dulu. Aturan: %(rule)s"
            ),
            Ruling.Decision.WARN: gettext_noop(
                "Petugas mengingatkan soal balasan Anda. Aturan: %(rule)s"
            ),
            Ruling.Decision.SUSPEND: SUSPENDED,
        }.get(decision, "")
    return {
        Ruling.Decision.HIDE: gettext_noop("Aspirasi Anda disembunyikan. Aturan: %(rule)s"),
        Ruling.Decision.PUBLISH: gettext_noop("Aspirasi Anda sudah diperiksa dan tayang"),
        Ruling.Decision.RESTORE: gettext_noop("Aspirasi Anda tayang kembali"),
        Ruling.Decision.ASK_EDIT: gettext_noop(
            "Aspirasi Anda perlu diperbaiki dulu. Aturan: %(rule)s"
        ),
        Ruling.Decision.WARN: gettext_noop(
            "Petugas mengingatkan soal aspirasi Anda. Aturan: %(rule)s"
        ),
        Ruling.Decision.SUSPEND: SUSPENDED,
        Ruling.Decision.MERGE: gettext_noop("Aspirasi Anda digabung dengan aspirasi serupa"),
        Ruling.Decision.SPLIT: gettext_noop("Aspirasi Anda dipisahkan lagi dari gabungannya"),
    }.get(decision, "")


ON_APPEALS = {
    Ruling.Decision.GRANT: gettext_noop("Keberatan Anda diterima"),
    Ruling.Decision.UPHOLD: gettext_noop("Keberatan Anda diputuskan: keputusan tetap berlaku"),
}
SUSPENDED = gettext_noop("Akun Anda dibatasi %(days)s hari. Aturan: %(rule)s")


def _for_flaggers(ruling: Ruling) -> str:
    """What came of a report. That an account was limited is not for others."""
    match Ruling.Decision(ruling.decision):
        case Ruling.Decision.HIDE | Ruling.Decision.SUSPEND:
            return gettext_noop("Isi yang Anda laporkan disembunyikan")
        case Ruling.Decision.ASK_EDIT:
            return gettext_noop("Penulis diminta memperbaiki isi yang Anda laporkan")
        case Ruling.Decision.MERGE:
            return gettext_noop("Isi yang Anda laporkan digabung dengan aspirasi serupa")
    return gettext_noop("Isi yang Anda laporkan diperiksa dan tetap tayang")


def _rule(rule: str) -> str:
    """The name of a rule in Indonesian, which is what its translation is found by."""
    with translation.override("id"):
        return str(Rule(rule).label)


def _place_of(reply: Reply) -> str:
    page = reverse("forum:idea", args=[reply.idea_id])
    return f"{page}?balasan={reply.pk}#balasan-{reply.pk}"
