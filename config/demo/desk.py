"""The desk of the demo: a first post, a merger, one asked to edit, a limited account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts import services as accounts
from accounts.models import Person
from forum.discussion import services as discussion
from forum.moderation import services as moderation
from forum.moderation.models import Case
from participation import policy as participation_policy
from participation import services as participation
from participation.models import Idea, Project

if TYPE_CHECKING:
    from uuid import UUID

    from config.demo.loader import Story

TITLES = ("Lampu jalan dekat gerbang sering mati", "Lampu dekat gerbang tolong diperbaiki")


def tell(story: Story) -> None:
    """What the desk shows today; everybody and everything in it is made up.

    Told last, at the present moment, so that no deadline has passed when the demo is opened.
    """
    project = next(
        each
        for each in Project.objects.filter(staff_only=False).order_by("pk")
        if participation_policy.takes_ideas(each)
    )
    Project.objects.filter(pk=project.pk).update(first_posts_checked=True)
    project.first_posts_checked = True
    village = next(iter(story.villages.values()))
    city_moderator, colleague = story.moderators[0].person, story.moderators[-1].person
    settled = [
        speaker.person
        for speaker in story.residents
        if Idea.objects.filter(author=speaker.person, published_at__isnull=False).exists()
    ]

    def send(author: Any, title: str, body: str) -> Idea:
        draft = participation.IdeaDraft(
            title=title, body=body, category_id="penerangan", village_id=village.code
        )
        return moderation.submit_idea(
            author=author, project=project, draft=draft, client_key=story.key()
        )

    first, second = (
        send(settled[n], title, "Sudah seminggu gelap, orang takut lewat setelah magrib.")
        for n, title in enumerate(TITLES)
    )
    for supporter in settled[2:5]:
        participation.support(idea=second, person=supporter)
    _decide(second, city_moderator, "merge", into=first)

    newcomer = _account("baru", "Akun Contoh Baru", village)
    send(newcomer, "Bangku di bawah pohon", "Orang tua saya perlu tempat duduk saat menunggu.")

    asked = _reply(settled[3], first, "Petugasnya malas semua, sebut saja namanya.", story.key())
    message = "Tulis masalah pelayanannya saja, tanpa menyerang orangnya."
    _decide(asked, city_moderator, "ask_edit", rule="person", message=message)

    spammer = _account("dibatasi", "Akun Contoh Dibatasi", village)
    participation.support(idea=first, person=spammer)
    publish = _reply(spammer, first, "Setuju, sudah lama gelap.", story.key())
    _decide(publish, city_moderator, "publish")
    spam = _reply(spammer, first, "Jual pulsa murah, cek profil saya.", story.key())
    message = "Ini tempat berdiskusi, bukan berjualan. Akun dibatasi 7 hari."
    _decide(spam, city_moderator, "suspend", rule="spam", message=message, days=7)

    doubtful = _reply(settled[4], first, "Sepertinya lurahnya tidak pernah ke sini.", story.key())
    for flagger in settled[5:7]:
        moderation.flag(target=doubtful, person=flagger, reason="person", note="Menuduh.")
    case = Case.objects.get(reply=doubtful)
    story.clock.moment = story.now  # a claim lasts ten minutes
    moderation.come_to_desk(person=colleague, case=case)


def _account(mailbox: str, name: str, village: Any) -> Person:
    """An account with the password of all others of the demo."""
    known = Person.objects.get(email__startswith="warga1@")
    person = accounts.create_person(
        email=f"{mailbox}@{known.email.partition('@')[2]}",
        display_name=name,
        village_code=village.code,
        email_verified=True,
    )
    Person.objects.filter(pk=person.pk).update(password=known.password)
    return person


def _reply(author: Any, idea: Idea, body: str, key: UUID) -> Any:
    reply = discussion.submit_reply(author=author, idea=idea, body=body, client_key=key)
    reply.refresh_from_db()
    return reply


def _decide(post: Any, by: Any, decision: str, **more: Any) -> None:
    case = moderation.examine(target=post, by=by)
    moderation.rule(case=case, seen_version=case.version, decision=decision, by=by, **more)
