"""The demo's hidden authors, and one identity that was opened, so that both can be looked at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from forum.discussion import services as discussion
from forum.identity import services as identity
from forum.moderation import services as moderation
from participation import policy as participation_policy
from participation import services as participation

if TYPE_CHECKING:
    from config.demo.loader import Story

TITLE = "Pungutan parkir liar di depan pintu samping"
BODY = (
    "Setiap Sabtu malam ada yang meminta uang parkir tanpa karcis, lima ribu untuk motor. Saya "
    "berjualan di dekat situ dan takut ditandai, jadi saya tulis tanpa nama. Mohon ada petugas "
    "yang berjaga dan papan tarif resmi."
)
REPLY = "Benar, saya juga diminta dua kali. Tidak ada karcis dan orangnya berganti-ganti."
REASON = "Balasan lain memuat ancaman kepada penulis. Polsek meminta nomor yang bisa dihubungi."

UUIDS = (UUID(int=36 << 64 | 1, version=4), UUID(int=36 << 64 | 2, version=4))


def plan(story: Story) -> None:
    """An aspirasi and a reply of hidden authors last week, and a look at who the author is."""
    project = next(told.project for told in story.told if _is_open(told.project, story))
    # Without the story's chance: the rest of it stays as it was.
    author, neighbour = story.residents[0], story.residents[1]
    sent = story.now - timedelta(days=5, hours=3)

    def submit() -> None:
        idea = moderation.submit_idea(
            author=author.person,
            project=project,
            draft=participation.IdeaDraft(
                title=TITLE,
                body=BODY,
                category_id="keamanan",
                village_id=author.village.code,
                shown_as="hidden",
            ),
            client_key=UUIDS[0],
        )
        story.at(sent + timedelta(hours=2), answer, idea)
        story.at(sent + timedelta(days=1), look, idea)

    def answer(idea: Any) -> None:
        discussion.submit_reply(
            author=neighbour.person,
            idea=idea,
            body=REPLY,
            client_key=UUIDS[1],
            shown_as="hidden",
        )

    def look(idea: Any) -> None:
        identity.reveal(
            post=idea,
            by=story.moderators[0].person,
            ground="threat",
            reason=REASON,
        )

    story.at(sent, submit)


def _is_open(project: Any, story: Story) -> bool:
    """Takes aspirasi of residents last week and today."""
    days = (story.day(-6), story.today)
    phases = [project.phase_on(day) for day in days]
    return not project.staff_only and all(
        phase and phase.stage in participation_policy.ACCEPTS_IDEAS and not phase.is_over(day)
        for phase, day in zip(phases, days, strict=True)
    )
