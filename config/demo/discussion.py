"""The part of the demo in which residents say where they stand, quote and name each other."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from accounts.models import Person
from core.publishing import Visibility
from forum.discussion import services as discussion
from forum.discussion.models import Reply, Stance
from participation import policy as participation_policy
from participation.models import Idea, Project, Stage

if TYPE_CHECKING:
    from config.demo.loader import Story

SAID = (
    (Stance.AGREE, "Setuju. Asal dirawat sesudahnya, manfaatnya terasa lama."),
    (Stance.DISAGREE, "Belum setuju. Perbaiki dulu yang sudah ada, baru membuat yang baru."),
    (Stance.AGREE, "Setuju, tetapi mulai dari titik yang paling ramai."),
    (Stance.NEUTRAL, "Saya menunggu penjelasan soal biaya dan jadwalnya dulu."),
    (Stance.AGREE, "Setuju. Anak-anak saya lewat sana setiap hari."),
    (Stance.DISAGREE, "Tidak setuju bila jalannya ditutup berbulan-bulan lagi."),
)


def plan(story: Story) -> None:
    """Two days ago a project begins to ask for stances, and its most supported aspirasi gets some.

    The chances of the story are left alone: it goes on as it would have without this part.
    """
    story.at(story.now - timedelta(days=2), _ask, story)


def _ask(story: Story) -> None:
    ideas = Idea.objects.filter(
        visibility=Visibility.PUBLISHED, project__phases__stage=Stage.DISCUSSION,
        project__staff_only=False,
    ).select_related("project")  # fmt: skip
    idea = next(
        (
            idea
            for idea in ideas.order_by("-support_count", "id")
            if participation_policy.takes_support(idea.project)
        ),
        None,
    )
    if idea is None:
        return
    Project.objects.filter(pk=idea.project_id).update(takes_stance=True)
    people = [speaker.person for speaker in story.residents if speaker.person != idea.author]
    for number, (stance, body) in enumerate(SAID):
        moment = story.now - timedelta(hours=30 - 2 * number)
        story.at(moment, _say, idea.pk, people[number], body, stance, number)
    story.at(story.now - timedelta(hours=9), _quote, idea.pk, people[len(SAID)])


def _say(pk: int, person: Person, body: str, stance: str, number: int) -> None:
    idea = Idea.objects.select_related("project").get(pk=pk)
    if idea.is_published:
        discussion.submit_reply(
            author=person, idea=idea, body=body, stance=stance, client_key=_key(number)
        )


def _quote(pk: int, person: Person) -> None:
    idea = Idea.objects.select_related("project").get(pk=pk)
    source = (
        Reply.objects.filter(idea=idea, body=SAID[0][1], visibility=Visibility.PUBLISHED)
        .select_related("author", "idea")
        .first()
    )
    if source is None or not idea.is_published:
        return
    name = source.author.display_name
    discussion.submit_reply(
        author=person,
        idea=idea,
        parent=source,
        body=f"Ini yang penting. @{name}, siapa yang sebaiknya merawat menurut Anda?",
        quoted=source,
        quote="Asal dirawat sesudahnya",
        client_key=_key(99),
    )


def _key(number: int) -> UUID:
    return UUID(int=random.Random(f"sikap {number}").getrandbits(128), version=4)
