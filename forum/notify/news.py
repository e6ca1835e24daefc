"""What happens in the forum that concerns somebody: a reply, an official answer, a ruling."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from forum.answers.models import Commitment
from forum.identity.models import Ground
from forum.moderation.models import Rule, Ruling
from notifications import services as notifications
from notifications.services import Category, Happening
from participation import selectors as participation_selectors
from participation import services as participation

if TYPE_CHECKING:
    from forum.answers.models import (
        AnswerDraft,
        AnswerDraftChange,
        AnswerRating,
        CommentRuling,
        CommitmentChange,
        OfficialAnswer,
    )
    from forum.discussion.models import Reply
    from forum.identity.models import IdentityReveal
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


def mentioned(reply: Reply) -> None:
    """Tell whom a published reply names, each once, however often the reply is changed.

    Whom the reply itself is told anyway is not told twice.
    """
    idea = reply.idea
    told = {reply.author_id, idea.author_id, reply.parent.author_id if reply.parent else None}
    named = set(reply.mentions.values_list("person_id", flat=True)) - told
    for person in participation_selectors.not_muted(idea.project_id, named) if named else ():
        notifications.tell(
            Happening(
                key=f"mention.{reply.pk}.{person}",
                category=Category.MENTION,
                headline=gettext_noop("Anda disebut dalam sebuah balasan"),
                url=_place_of(reply),
                thread_key=participation.thread_key(idea),
                thread_title=idea.title,
                place_title=idea.project.title,
                source_kind="reply",
                source_id=reply.pk,
            ),
            recipients=[person],
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


def draft_waits(draft: AnswerDraft, change: AnswerDraftChange, *, people: Iterable[int]) -> None:
    """Tell the colleagues of the unit that a draft of an answer waits for their eyes."""
    _tell_of_draft(draft, change, gettext_noop("Draf jawaban menunggu diperiksa"), people)


def draft_returned(draft: AnswerDraft, change: AnswerDraftChange) -> None:
    """Tell the writer that the draft came back with a remark."""
    headline = gettext_noop("Draf jawaban Anda dikembalikan dengan catatan")
    _tell_of_draft(draft, change, headline, [draft.author_id])


def _tell_of_draft(
    draft: AnswerDraft, change: AnswerDraftChange, headline: str, people: Iterable[int]
) -> None:
    notifications.tell(
        Happening(
            key=f"draft.{change.pk}",
            category=Category.WORK,
            headline=headline,
            url=reverse("forum:answer_draft", args=[draft.pk]),
            thread_key=f"draft.{draft.pk}",
            thread_title=draft.idea.title,
            place_title=draft.idea.project.title,
            source_kind="answer_draft",
            source_id=draft.pk,
        ),
        recipients=people,
    )


PROMISE_NEWS = {
    Commitment.State.DONE: gettext_noop("Janji pemerintah kota ditepati"),
    Commitment.State.DELAYED: gettext_noop("Janji pemerintah kota ditunda"),
    Commitment.State.DROPPED: gettext_noop("Janji pemerintah kota dibatalkan"),
}


def promise_changed(idea: Idea, change: CommitmentChange) -> None:
    """Tell the author, the supporters and the followers what became of a promise.

    A promise that is put back as planned corrects a slip and is no news.
    """
    headline = PROMISE_NEWS.get(Commitment.State(change.new))
    if headline is None:
        return
    participation.tell_all(
        idea=idea,
        key=f"promise.{change.pk}",
        own=Category.PROMISE,
        others=Category.PROMISE,
        headline=headline,
        words={},
        by=change.by,
    )


def promise_near(commitment: Commitment) -> None:
    """Tell the officer that a promised date is seven days away or less."""
    _tell_officer(commitment, gettext_noop("Tanggal janji Anda sudah dekat"), "near")


def promise_missed(commitment: Commitment) -> None:
    """Tell the officer, the author, the supporters and the followers that the date has passed."""
    _tell_officer(commitment, gettext_noop("Tanggal janji Anda sudah lewat"), "late")
    participation.tell_all(
        idea=commitment.answer.idea,
        key=f"promise.{commitment.pk}.missed.{commitment.due_on}",
        own=Category.PROMISE,
        others=Category.PROMISE,
        headline=gettext_noop("Tanggal janji pemerintah kota terlewat"),
        words={},
        by=None,
    )


def _tell_officer(commitment: Commitment, headline: str, what: str) -> None:
    idea = commitment.answer.idea
    notifications.tell(
        Happening(
            key=f"promise.{commitment.pk}.{what}.{commitment.due_on}",
            category=Category.WORK,
            headline=headline,
            url=reverse("forum:promise", args=[commitment.pk]),
            thread_key=f"promise.{commitment.pk}",
            thread_title=idea.title,
            place_title=idea.project.title,
            source_kind="idea",
            source_id=idea.pk,
        ),
        recipients=[commitment.answer.officer_id],
    )


def comment_decided(ruling: CommentRuling, rating: AnswerRating, idea: Idea) -> None:
    """Tell who wrote a comment when it was hidden or let through, and who asked for the check."""
    hidden = ruling.decision == ruling.Decision.HIDE
    happening = Happening(
        key=f"comment.{ruling.pk}",
        category=Category.MODERATION,
        headline=(
            gettext_noop("Komentar penilaian Anda disembunyikan")
            if hidden
            else gettext_noop("Komentar penilaian Anda diperiksa dan boleh tampil")
        ),
        url=reverse("forum:rate", args=[idea.pk]),
        thread_key=f"comment.{ruling.pk}",
        thread_title=idea.title,
        place_title=idea.project.title,
        source_kind="idea",
        source_id=idea.pk,
    )
    # That somebody asked and nothing came of it is not the writer's concern.
    if hidden or ruling.cause == ruling.Cause.HELD:
        notifications.tell(happening, recipients=[rating.person_id])
    if ruling.asked_by_id:
        notifications.tell(
            replace(
                happening,
                key=f"comment.{ruling.pk}.asked",
                category=Category.FLAG,
                headline=(
                    gettext_noop("Komentar yang Anda minta diperiksa disembunyikan")
                    if hidden
                    else gettext_noop("Komentar yang Anda minta diperiksa tetap tampil")
                ),
                url=reverse("forum:idea", args=[idea.pk]),
            ),
            recipients=[ruling.asked_by_id],
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
        # Of somebody else's aspirasi the number: its title may be hidden by now.
        thread_title=str(idea.number) if is_reply else idea.title,
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


def identity_revealed(entry: IdentityReveal, post: Idea | Reply) -> None:
    """Tell the author of a post that somebody looked up who wrote it, and on which ground."""
    idea: Any = getattr(post, "idea", post)
    notifications.tell(
        Happening(
            key=f"reveal.{entry.pk}",
            category=Category.IDENTITY,
            headline=gettext_noop("Identitas Anda dibuka petugas. Alasan: %(ground)s"),
            words={"ground": _ground(entry.ground)},
            url=reverse("forum:own_reveals"),
            thread_key=f"reveal.{'idea' if idea is post else 'reply'}.{post.pk}",
            thread_title=idea.title if idea is post else str(idea.number),
            place_title=idea.project.title,
            source_kind="reveal",
            source_id=entry.pk,
        ),
        recipients=[post.author_id],
    )


def many_identities_revealed(entry: IdentityReveal, *, auditors: list[int]) -> None:
    """Tell the auditors that one person opened many identities today, `entry` the last of them."""
    notifications.tell(
        Happening(
            key=f"reveals.{entry.pk}",
            category=Category.WORK,
            headline=gettext_noop("Seorang petugas membuka banyak identitas hari ini"),
            url=f"{reverse('forum:identity_log')}?petugas={entry.by_id}",
            thread_key=f"reveals.{entry.pk}",
            thread_title="",
            source_kind="reveals",
            source_id=entry.pk,
        ),
        recipients=auditors,
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


def _ground(ground: str) -> str:
    """The name of a ground in Indonesian, which is what its translation is found by."""
    with translation.override("id"):
        return str(Ground(ground).label)


def _place_of(reply: Reply) -> str:
    page = reverse("forum:idea", args=[reply.idea_id])
    return f"{page}?balasan={reply.pk}#balasan-{reply.pk}"
