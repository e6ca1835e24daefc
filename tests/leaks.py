"""What may not come out, and every way out: the table behind tests/test_leaks.py.

A new kind of private thing: make it in `tell` and name it with `world.hide`. A new way out (a
feed, an export, a push): a function with `@way_out`. A new address needs nothing: whatever stands
in config/urls.py is opened by every reader with everything that there is.
"""

import html
import itertools
import json
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from channels.layers import get_channel_layer
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts import selectors as accounts
from accounts.models import Person, Role
from config.urls import urlpatterns
from core.documents import Document
from forum import tasks
from forum.answers import ratings
from forum.answers import services as answers
from forum.answers.models import (
    AnswerDraft,
    AnswerRating,
    AnswerTemplate,
    Attachment,
    CommentRuling,
    Commitment,
)
from forum.appeals import services as appeals
from forum.clock.models import Holiday
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.disposition import services as offices
from forum.disposition.models import Note
from forum.identity import services as identity
from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from forum.screening.models import WordRule
from forum.sessions import services as live_sessions
from forum.sessions.models import Question, Session
from notifications import bridge, push
from notifications import mail as letters
from notifications import services as notifications
from notifications.categories import Cadence, Category, Channel
from notifications.models import Notice, PhoneNumber, PushSubscription
from participation import services as participation
from participation.models import Idea, IdeaHistory, Photo, Project
from tests.jobs import drain

# In every private text: who looks for this word may find public texts only.
WORD = "lentera"
# A resident who takes part, an officer who answers, one who moderates, one who does neither.
READERS = ("anonymous", "resident", "responder", "moderator", "auditor")
# Who follows the links of the pages too: the others would open the same pages once more.
FOLLOWERS = ("anonymous", "moderator")
STAFF = ("responder", "moderator", "auditor")
# Who works on what came in, and stands at the desk of a live session.
WORKERS = ("responder", "moderator")
PHONE = "Hubungi 0812-0000-1234."  # makes the screening hold a post


@dataclass(frozen=True)
class Secret:
    """A marker that no text holds by chance, what it stands for, and who may read it.

    `later`: it was public until the second half of the story.
    """

    marker: str
    what: str
    allowed: frozenset[str] = frozenset()
    owner: Any = None
    later: bool = False


@dataclass(frozen=True)
class Read:
    """Something that came out: to whom, where, and the text; `early` in the first half."""

    reader: str
    person: Any
    where: str
    text: str
    early: bool = False


@dataclass
class World:
    """What there is to leak, and who tries to read it."""

    people: dict[str, Any]
    sign_in: Callable[..., Any]
    secrets: list[Secret] = field(default_factory=list)
    frames: list[tuple[str, str]] = field(default_factory=list)
    early_frames: int = 0
    begins: str = "/"  # only addresses that begin so are opened: for a plant, which is somewhere
    outside: list[str] = field(default_factory=list)  # on a locked screen, at a gateway
    read: set[tuple[str, str]] = field(default_factory=set)  # (reader, marker), allowed or not

    def hide(self, marker: str, what: str, *allowed: str, owner: Any = None, later=False) -> str:
        """Name a secret; returns the marker to write into the text."""
        assert marker.startswith("qz"), "markers are found by chance otherwise"
        self.secrets.append(Secret(marker, what, frozenset(allowed), owner, later))
        return marker

    def leaks(self, way: str, *readers: str) -> Iterator[str]:
        """Every secret that one of these readers (or any) reads by a way out who may not."""
        anything = False
        for read in WAYS[way](self, readers or READERS):
            anything = True
            for leak in self._leaks_in(read):
                yield f"{way}: {leak}"
        assert anything, f"nothing came out by this way, so nothing was tested: {way}"

    def _leaks_in(self, read: Read) -> Iterator[str]:
        text = read.text.casefold()
        for secret in self.secrets:
            if secret.marker not in text:
                continue
            self.read.add((read.reader, secret.marker))
            if read.reader in secret.allowed:
                continue
            if secret.owner is not None and read.person == secret.owner:
                continue
            if not (secret.later and read.early):
                yield f"{read.reader} reads {secret.what} at {read.where}"


# --- The story ------------------------------------------------------------------------------------


def record_frames(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep whatever is handed to the channel layer: sockets get this and nothing else."""

    async def group_send(layer: Any, group: str, message: dict[str, Any]) -> None:
        world.frames.append((group, json.dumps(message, default=str)))

    # The one of Redis hands unknown names on to a layer for each loop: it has no such attribute.
    monkeypatch.setattr(type(get_channel_layer()), "group_send", group_send, raising=False)


def record_messages(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Keep what is handed to push services and to the gateway of short messages."""

    class Gateway:
        def send(self, message: bridge.Message) -> None:
            world.outside.append(message.text)

        def reports(self, handle: Callable[[bridge.Report], None]) -> int:
            return 0

    def hand_over(message: dict[str, Any], **device: str) -> None:
        world.outside.append(json.dumps(message))

    settings.VAPID_PRIVATE_KEY, settings.MESSAGE_BRIDGE = push.new_private_key(), "recorded"
    monkeypatch.setattr(bridge, "configured", Gateway)
    monkeypatch.setattr(push, "hand_over", hand_over)


def take_everywhere(world: World, person: Any) -> None:
    """Let a person have all news at once, on a device and as short messages too."""
    session = world.sign_in(person).session
    row, _new = UserSession.objects.get_or_create(
        session_key=session.session_key,
        defaults={"user": person, "ip": "127.0.0.1", "user_agent": "uji"},
    )
    address = f"https://push.example/{person.pk}"
    notifications.add_device(person=person, session=row, endpoint=address, p256dh="x", auth="x")
    number = f"+62812{person.pk:08d}"
    PhoneNumber.objects.create(person=person, number=number, confirmed_at=timezone.now())
    cells = itertools.product(Category.values, (Channel.PUSH, Channel.BRIDGE))
    notifications.set_wanted(person=person, wanted=dict.fromkeys(cells, Cadence.NOW))


def tell(world: World, make: Any, commit: Callable[[], Any]) -> None:
    """Tell the story through the services, in two halves, each committed.

    `make` has the makers of tests/conftest.py; within `commit()` what waits for a commit is done
    at its end.
    """
    with commit():
        later = _when_it_was_public(world, make)
        drain()
    make.client().get(reverse("forum:idea", args=[later.public.pk]))  # its rows are kept now
    world.early_frames = len(world.frames)
    with commit():
        _and_then_no_more(world, make, later)
        drain()


def _when_it_was_public(world: World, make: Any) -> SimpleNamespace:
    reader, responder = world.people["resident"], world.people["responder"]
    moderator, named = world.people["moderator"], make.person("Nur Aini")

    def somebody(marker: str, what: str) -> Person:
        person = make.person(f"{marker.title()} Rahasia")
        Person.objects.filter(pk=person.pk).update(email=f"{marker}@contoh.example")
        person.refresh_from_db()
        world.hide(marker, f"name or address of {what}", owner=person)
        return person

    for person in (reader, responder, moderator, named):
        take_everywhere(world, person)

    # Authors whose names are not shown, and people whose part in it is their own affair.
    public = make.idea(author=named, title=f"Usul terbuka {WORD}")
    asked = reply(public, reader, "Bagaimana menurut yang lain?")
    nameless = {}
    for way in ("pseudonym", "hidden"):
        author = somebody(f"qz{way}idea", f"the {way} author of an aspirasi")
        nameless[way] = make.idea(author=author, shown_as=way, title=f"Usul {way} {WORD}")
        reply(nameless[way], author, "Tambahan dari penulisnya.", shown_as=way)
        replier = somebody(f"qz{way}reply", f"the {way} author of a reply")
        reply(public, replier, "Menurut saya baik.", parent=asked, shown_as=way)
        answers.publish_answer(idea=nameless[way], officer=responder, body="Terima kasih, Kak.")
    whose = nameless["hidden"]
    participation.support(idea=whose, person=reader)
    participation.support(idea=whose, person=somebody("qzsupporter", "a supporter"))
    rater = somebody("qzrater", "a rater")
    ratings.rate_answer(
        answer=whose.official_answer, person=rater, scores={"clear": 1}, took_part=True
    )
    flagger = somebody("qzflagger", "who reported")
    note = world.hide("qzflagnote", "the note of a report", "moderator", owner=flagger)
    moderation.flag(target=public, person=flagger, reason="spam", note=note)
    why = world.hide("qzreveal", "why an identity was opened", "auditor", owner=whose.author)
    reason = f"{why} Surat resmi Polres."
    identity.reveal(post=whose, by=moderator, ground="threat", reason=reason)

    # The comment of a rating that nobody may read yet.
    critic = make.person("Pengulas Biasa")
    comment = world.hide("qzcomment", "a comment that is not shown", owner=critic)
    ratings.rate_answer(
        answer=whose.official_answer, person=critic, scores={"clear": 2}, took_part=True,
        comment=f"{comment} {PHONE}",
    )  # fmt: skip
    _in_the_offices(world, make, public)
    sessions = _live_session(world, make, public.project, somebody)

    # Not for the public.
    inside = world.hide("qzstaffonly", "an aspirasi of the staff", *STAFF)
    make.idea(author=responder, project_=make.project(staff_only=True), title=f"{inside} {WORD}")
    held = world.hide("qzheldidea", "a held aspirasi", "moderator", owner=named)
    text = {"title": f"{held} {WORD}", "body": f"{held} {WORD} {PHONE}", "place": held}
    photograph(make.idea(author=named, **text), held)
    held_reply = world.hide("qzheldreply", "a held reply", "moderator", owner=named)
    reply(public, named, f"{held_reply} {WORD} {PHONE}")

    # Public now: supported, replied to, told of, rendered and kept.
    closed = world.hide("qzclosed", "an aspirasi of a closed project", "moderator", later=True)
    project = make.project()
    make.idea(author=named, project_=project, title=f"{closed} {WORD}", body=closed)
    ideas, replies = {}, {}
    for state in ("hidden", "withdrawn"):
        private = {"owner": named, "later": True}
        marker = world.hide(f"qz{state}post", f"a {state} aspirasi", "moderator", **private)
        text = {"title": f"{marker} {WORD}", "body": f"{marker} {WORD}", "place": marker}
        ideas[state] = make.idea(author=named, **text)
        photograph(ideas[state], marker)
        participation.support(idea=ideas[state], person=reader)
        participation.change_status(idea=ideas[state], status="planned", by=responder)
        marker = world.hide(f"qz{state}talk", f"a {state} reply", "moderator", **private)
        replies[state] = reply(public, named, f"{marker} {WORD}", parent=asked)
    mine = reply(ideas["hidden"], reader, "Kapan mulai?")
    reply(ideas["hidden"], named, "Besok, qzhiddenpost.", parent=mine)
    old = world.hide("qzoldtext", "the text before an edit", "moderator", owner=named, later=True)
    edited = reply(public, named, f"{old} {WORD}", parent=asked)
    # Quoted by somebody who did not write it, and promised under an aspirasi that is hidden later.
    reply(public, reader, "Ini betul.", quoted=replies["hidden"], quote="qzhiddentalk lentera")
    marker = world.hide("qzpromise", "a promise under a hidden aspirasi", later=True)
    answers.publish_answer(
        idea=ideas["hidden"], officer=responder, body=f"{marker} {WORD}",
        promises=[answers.Promise("first", marker, timezone.localdate() + timedelta(days=9))],
    )  # fmt: skip
    return SimpleNamespace(
        sessions=sessions,
        author=named,
        public=public,
        project=project,
        ideas=ideas,
        replies=replies,
        edited=edited,
    )


def _in_the_offices(world: World, make: Any, idea: Idea) -> None:
    """A way through the offices with notes, and an answer that is drafted, checked, given back."""
    responder, moderator = world.people["responder"], world.people["moderator"]
    unit = accounts.unit_of(responder)
    asked = make.idea(author=idea.author, title="Usul yang belum lengkap")
    missing = world.hide("qzmissing", "what is missing", *WORKERS, owner=idea.author)
    added = world.hide("qzadded", "what an author adds for the staff", *WORKERS)
    offices.return_to_resident(
        disposition=asked.disposition, by=moderator, seen_version=1, missing=f"{missing} {WORD}"
    )
    offices.complete(
        disposition=asked.disposition, by=idea.author, seen_version=2, text=f"{added} {WORD}"
    )
    task = idea.disposition
    why = world.hide("qzroute", "why an aspirasi was passed on", *WORKERS)
    offices.route(disposition=task, by=moderator, seen_version=1, unit=unit, reason=why)
    note = world.hide("qznote", "a private note", *WORKERS)
    offices.write_note(
        disposition=task, by=responder, body=f"{note} {WORD}", client_key=uuid.uuid4(),
        mentions=[moderator.pk],
    )  # fmt: skip
    taken_back = world.hide("qztakenback", "a private note that was taken back")
    offices.withdraw_note(
        note=offices.write_note(
            disposition=task, by=responder, body=taken_back, client_key=uuid.uuid4()
        ),
        by=responder,
    )
    template = world.hide("qztemplate", "a template of answers", "responder")
    answers.save_template(by=responder, fields={"title": template, "body": template})
    draft = world.hide("qzdraft", "the draft of an answer", "responder")
    file = world.hide("qzfile", "the attachment of a draft", "responder")
    remark = world.hide("qzremark", "the remark on a draft", "responder")
    kept = answers.save_draft(
        idea=idea,
        officer=responder,
        content=answers.Content(
            body=f"{draft} {WORD}",
            promises=[answers.Promise("first", draft)],
            next_step=draft,
            files=[Document(f"%PDF {file}".encode(), f"{file}.pdf", "pdf", "application/pdf")],
        ),
    )
    answers.send_for_review(draft=kept, by=responder, seen_version=kept.version)
    colleague = make.person("Rekan Seunit", role=Role.RESPONDER, unit=unit)
    answers.return_draft(draft=kept, by=colleague, remark=remark, seen_version=kept.version)


def _live_session(world: World, make: Any, project: Project, somebody: Any) -> SimpleNamespace:
    """A session with a held question, one without a name and one that is hidden later."""
    officer, asker = world.people["responder"], make.person("Penanya Biasa")
    now = timezone.now()
    session = live_sessions.schedule_session(
        project=project,
        by=officer,
        plan_=live_sessions.SessionPlan(
            title="Tanya langsung", starts_at=now - timedelta(minutes=5),
            ends_at=now + timedelta(hours=1), officers=[officer],
        ),
    )  # fmt: skip

    def ask(author: Any, body: str, **fields: Any) -> Question:
        made = live_sessions.ask(
            session=session, author=author, body=body, client_key=uuid.uuid4(), **fields
        )
        return Question.objects.select_related("session__project").get(pk=made.pk)

    held = world.hide("qzheldask", "a held question", *WORKERS, owner=asker)
    ask(asker, f"{held} {WORD} {PHONE}")
    for way in ("pseudonym", "hidden"):
        author = somebody(f"qz{way}ask", f"the {way} author of a question")
        question = ask(author, f"Kapan dipasang {way} {WORD}?", shown_as=way)
        live_sessions.answer(question=question, by=officer, body="Besok.", seen_version=0)
    gone = world.hide("qzgoneask", "a hidden question", *WORKERS, owner=asker, later=True)
    question = ask(asker, f"{gone} {WORD}")
    live_sessions.answer(question=question, by=officer, body=f"Jawab {gone}.", seen_version=0)
    return SimpleNamespace(question=question, asker=asker)


def _and_then_no_more(world: World, make: Any, was: SimpleNamespace) -> None:
    moderator, author = world.people["moderator"], was.author
    message = world.hide("qzruling", "the message of a ruling", "moderator", owner=author)
    for post in (was.ideas["hidden"], was.replies["hidden"]):
        case = moderation.examine(target=post, by=moderator)
        decided = {"decision": "hide", "rule": "private_data", "message": f"{message} Ada nomor."}
        moderation.rule(case=case, seen_version=case.version, by=moderator, **decided)
    ruling = Ruling.objects.filter(case__reply=was.replies["hidden"]).get()
    plea = world.hide("qzappeal", "the text of an appeal", "moderator", owner=author)
    appeals.lodge(ruling=ruling, by=author, body=f"{plea} {WORD}")
    asker = was.sessions.asker
    because = world.hide("qzaskruling", "why a question was hidden", *WORKERS, owner=asker)
    live_sessions.hide_question(
        question=was.sessions.question, by=moderator, rule="private_data", message=because
    )
    discussion.withdraw_reply(reply=was.replies["withdrawn"], by=author)
    discussion.edit_reply(reply=was.edited, by=author, body="Sudah diubah.", seen_version=1)
    withdrawn = was.ideas["withdrawn"]
    Idea.objects.filter(pk=withdrawn.pk).update(visibility="withdrawn")
    IdeaHistory.objects.create(
        idea=withdrawn, field="visibility", old="published", new="withdrawn", actor=author
    )
    participation.announce_row(Idea.objects.select_related("project").get(pk=withdrawn.pk))
    Project.objects.filter(pk=was.project.pk).update(is_published=False)


def reply(idea: Idea, author: Any, body: str, **fields: Any) -> Reply:
    """A reply through the service, as it is afterwards."""
    made = discussion.submit_reply(
        author=author, idea=idea, body=body, client_key=uuid.uuid4(), **fields
    )
    return Reply.objects.select_related("idea__project", "author", "parent").get(pk=made.pk)


def photograph(idea: Idea, marker: str) -> None:
    """A photo whose bytes can be recognised."""
    photo = Photo(idea=idea, width=1, height=1)
    photo.file.save(f"{photo.key}.webp", ContentFile(f"RIFF {marker}".encode()), save=True)


# --- The ways out ---------------------------------------------------------------------------------

Way = Callable[[World, tuple[str, ...]], Iterator[Read]]
WAYS: dict[str, Way] = {}


def way_out(name: str) -> Callable[[Way], Way]:
    def add(way: Way) -> Way:
        WAYS[name] = way
        return way

    return add


@way_out("addresses")
def addresses(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """Every address of the forum with everything that there is, and the links on those pages.

    Rows that are kept rendered stay kept between the readers: one may not warm them for another.
    """
    cache.clear()
    for name in readers:
        person = world.people[name]
        client = world.sign_in(person)
        waiting = [each for each in all_addresses(person) if each.startswith(world.begins)]
        known = set(waiting)
        while waiting:
            address = waiting.pop(0)
            response = client.get(address)
            text = text_of(response)
            yield Read(name, person, address, text)
            if response.status_code != 200 or "?" in address or name not in FOLLOWERS:
                continue
            fresh = {link for link in links(address, text) if is_ours(link)} - known
            known |= fresh
            waiting += sorted(fresh)


@way_out("answers to posts")
def answers_to_posts(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """What a form sent without its fields gets back, from a resident and an officer."""
    for name in {"resident", "auditor"} & set(readers):
        client = world.sign_in(world.people[name])
        for address in all_addresses(world.people[name]):
            if address.startswith(("/aspirasi/", "/balasan/")):
                response = client.post(address)
                yield Read(name, world.people[name], f"POST {address}", text_of(response))


@way_out("search")
def search(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """What the word finds that stands in every private text."""
    lists = ["/aspirasi/", *(f"/proyek/{p.slug}/" for p in Project.objects.all())]
    lists += [f"/tanya/{session.pk}/" for session in Session.objects.all()]
    lists += [f"/proyek/{slug}/tanya/" for slug in keys(Project, "slug")]
    for name in readers:
        client = world.sign_in(world.people[name])
        for address in lists:
            for query in (f"q={WORD}", f"q={WORD}&urut=supported", "urut=answered"):
                response = client.get(f"{address}?{query}")
                yield Read(name, world.people[name], f"{address}?{query}", text_of(response))


@way_out("mention offers")
def mention_offers(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """Every secret name begins with these letters, and one that is offered is found by them."""
    for name in readers:
        client = world.sign_in(world.people[name])
        for idea, begins in itertools.product(keys(Idea), ("qz", "nur")):
            address = f"/aspirasi/{idea}/peserta/?q={begins}"
            yield Read(name, world.people[name], address, text_of(client.get(address)))


@way_out("since the last visit")
def since_last_visit(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    for name in readers:
        client = world.sign_in(world.people[name])
        for address in ("/", *(f"/proyek/{p.slug}/" for p in Project.objects.all())):
            response = client.get(f"{address}?sejak_tanggal=2020-01-01")
            yield Read(name, world.people[name], address, text_of(response))


@way_out("live frames")
def live_frames(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """A frame is the same for all who watch; of a project of the staff those are the staff."""
    staff = Project.objects.filter(staff_only=True)
    inside = {project.topic for project in staff}
    inside |= {idea.topic for idea in Idea.objects.filter(project__in=staff)}
    for number, (topic, text) in enumerate(world.frames):
        reader = "responder" if topic in inside else "anonymous"
        yield Read(reader, None, f"{topic}, frame {number}", text, number < world.early_frames)


@way_out("mail")
def post(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """The letters of now and, a day later, the digests: headers, text and HTML."""
    names = {person.email: name for name, person in world.people.items() if person}
    people = {person.email: person for person in Person.objects.all()}
    for moment in (timezone.now(), timezone.now() + timedelta(days=1)):
        with time_machine.travel(moment):
            drain()
            tasks.send_letters()
    for letter in mail.outbox:
        address = letter.to[0]
        text = letter.message().as_string() + letter.body + str(letter.alternatives)
        name = names.get(address, "somebody")
        yield Read(name, people[address], f"mail to {address}: {letter.subject}", text)


@way_out("push and short messages")
def messages(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """Whoever sees the device reads them: for them there is nobody who may."""
    drain()
    for channel in (Channel.PUSH, Channel.BRIDGE):
        tasks.send_letters(channel)
    for text in world.outside:
        yield Read("whoever sees it", None, text, text)


@way_out("admin pages")
def admin_pages(world: World, readers: tuple[str, ...]) -> Iterator[Read]:
    """Every list and row of Django's admin. Accounts stand there by name: not what they wrote."""
    person = world.people["city_admin"]
    Person.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client = world.sign_in(person)
    waiting, known = ["/admin/"], {"/admin/"}
    while waiting:
        address = waiting.pop(0)
        response = client.get(address, follow=True)
        text = text_of(response)
        if not address.startswith(("/admin/accounts/", "/admin/account/", "/admin/auth/")):
            yield Read("city_admin", person, address, text)
        fresh = {link for link in links(address, text) if link.startswith("/admin/")}
        fresh = {link for link in fresh if "logout" not in link and "jsi18n" not in link} - known
        known |= fresh
        waiting += sorted(fresh)[: 120 - len(known)] if len(known) < 120 else []


# --- Finding addresses ----------------------------------------------------------------------------

# What stands in an address that begins so, or is called so; the longest that fits counts. Of
# days and words, which are no secret, one is enough.
FOUND: dict[str, Callable[[], Any]] = {
    "aspirasi/": lambda: keys(Idea),
    "balasan/": lambda: keys(Reply),
    "catatan/": lambda: keys(Note),
    "foto/": lambda: keys(Photo, "key"),
    "hari-libur/": lambda: keys(Holiday)[:1],
    "janji/": lambda: keys(Commitment),
    "jawaban/draf/": lambda: keys(AnswerDraft),
    "jawaban/templat/": lambda: keys(AnswerTemplate),
    "kabar/": lambda: keys(Notice),
    "kabar/perangkat/": lambda: keys(PushSubscription),
    "keputusan/": lambda: keys(Ruling),
    "lampiran/": lambda: keys(Attachment, "key"),
    "meja/": lambda: keys(Case),
    "meja/komentar/": lambda: keys(CommentRuling),
    "meja/saringan/": lambda: keys(WordRule)[:1],
    "meja/saringan/skor/": lambda: keys(Project, "slug")[:1],
    "proyek/": lambda: keys(Project, "slug"),
    "tanya/": lambda: keys(Session),
    "tentang/": lambda: ["privasi"],
    "tugas/": lambda: keys(Idea),
    # Further holes of an address.
    "act": lambda: ["verifikasi"],
    "key": lambda: keys(AnswerRating, "comment_key"),
    "question_pk": lambda: keys(Question),
    "version": lambda: [1],
}


def keys(model: Any, name: str = "pk") -> list[Any]:
    rows = model._default_manager.order_by("pk").values_list(name, flat=True)
    return [key for key in rows if key is not None]


def routes(patterns: Any = urlpatterns, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of our own: its route as text and its pattern."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        # allauth's pages, which are the other ones below akun/, show nobody but the reader.
        elif route != "akun/" and pattern.namespace != "admin":
            yield from routes(pattern.url_patterns, route)


def all_addresses(person: Any) -> Iterator[str]:
    for route, _pattern in routes():
        holes = re.findall(r"<\w+:(\w+)>", route)
        for found in itertools.product(*(values(hole, route, person) for hole in holes)):
            address = route
            for value in found:
                address = re.sub(r"<\w+:\w+>", str(value), address, count=1)
            yield f"/{address}"


def values(hole: str, route: str, person: Any) -> list[Any]:
    if hole == "token":
        return [letters.token(person, ["reply"])] if person else []
    begins = route.partition("<")[0]
    fitting = [begin for begin in FOUND if begins.startswith(begin)]
    further = not re.match(rf"[^<]*<\w+:{hole}>", route)
    name = hole if further else max(fitting, key=len, default="")
    assert name in FOUND, f"say in tests/leaks.py what to try for {hole} in {route}"
    return list(FOUND[name]())


def links(page: str, text: str) -> set[str]:
    """The addresses that a page leads to, without the places on them."""
    found = set()
    for link in re.findall(r'(?:href|src|data-live)="([^"]*)"', text):
        link = html.unescape(link).partition("#")[0]
        if link.startswith("?"):
            link = page.partition("?")[0] + link
        if link.startswith("/") and not link.startswith("//"):
            found.add(link)
    return found


def is_ours(link: str) -> bool:
    """A page of our own that is not among the addresses anyway: one with a question."""
    return "?" in link and not link.startswith(("/static/", "/akun/", "/admin/", "/demo/"))


def text_of(response: Any) -> str:
    """Everything that a browser gets: status line aside, headers and body."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{dict(response.headers)}\n{body.decode(errors='replace')}"
