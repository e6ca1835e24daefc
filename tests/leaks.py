"""What may not come out, and every way out: the table behind tests/test_leaks.py.

A new kind of private thing: make it in `tell` and name it with `world.hide`. A new way out (a
feed, an export, a push): a function with `@way_out`. A new address needs nothing: whatever stands
in config/urls.py is opened by every reader with everything that there is.
"""

import html
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
from channels.layers import get_channel_layer
from django.apps import apps
from django.core import mail
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.urls import URLPattern, reverse
from django.utils import timezone

from accounts.models import Person
from config.urls import urlpatterns
from forum import tasks
from forum.answers import services as answers
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.identity import services as identity
from forum.moderation import services as moderation
from forum.moderation.models import Case
from notifications import mail as letters
from notifications.models import Notice
from participation import services as participation
from participation.models import Idea, IdeaHistory, Photo, Project
from tests.jobs import drain

# In every private text: who looks for this word may find public texts only.
WORD = "lentera"
# A resident who takes part, an officer who answers, one who moderates, one who does neither.
READERS = ("anonymous", "resident", "responder", "moderator", "auditor")
STAFF = ("responder", "moderator", "auditor")
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
    answers.rate_answer(
        answer=whose.official_answer, person=rater, scores={"clear": 1}, took_part=True
    )
    flagger = somebody("qzflagger", "who reported")
    note = world.hide("qzflagnote", "the note of a report", "moderator", owner=flagger)
    moderation.flag(target=public, person=flagger, reason="spam", note=note)
    why = world.hide("qzreveal", "why an identity was opened", "auditor", owner=whose.author)
    reason = f"{why} Surat resmi Polres."
    identity.reveal(post=whose, by=moderator, ground="threat", reason=reason)

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
    return SimpleNamespace(
        author=named, public=public, project=project, ideas=ideas, replies=replies, edited=edited
    )


def _and_then_no_more(world: World, make: Any, was: SimpleNamespace) -> None:
    moderator, author = world.people["moderator"], was.author
    message = world.hide("qzruling", "the message of a ruling", "moderator", owner=author)
    for post in (was.ideas["hidden"], was.replies["hidden"]):
        case = moderation.examine(target=post, by=moderator)
        decided = {"decision": "hide", "rule": "private_data", "message": f"{message} Ada nomor."}
        moderation.rule(case=case, seen_version=case.version, by=moderator, **decided)
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
        waiting = list(all_addresses(person))
        known = set(waiting)
        while waiting:
            address = waiting.pop(0)
            response = client.get(address)
            text = text_of(response)
            yield Read(name, person, address, text)
            if response.status_code != 200 or "?" in address:
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
    for name in readers:
        client = world.sign_in(world.people[name])
        for address in lists:
            for query in (f"q={WORD}", f"q={WORD}&urut=supported", "urut=answered"):
                response = client.get(f"{address}?{query}")
                yield Read(name, world.people[name], f"{address}?{query}", text_of(response))


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

# What a number means in an address that begins so. Anything else is tried with every number.
NUMBERS: dict[str, Any] = {"aspirasi": Idea, "balasan": Reply, "meja": Case, "kabar": Notice}


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
    for route, pattern in routes():
        kinds = {name: type(kind).__name__ for name, kind in pattern.pattern.converters.items()}
        assert len(kinds) < 2, f"say in tests/leaks.py what to try for {route}"
        if not kinds:
            yield f"/{route}"
        for name, kind in kinds.items():
            hole = re.compile(rf"<\w+:{name}>")
            for value in values(kind, route, person):
                yield "/" + hole.sub(str(value), route)


def values(kind: str, route: str, person: Any) -> list[Any]:
    if kind == "NumberConverter":
        model = NUMBERS.get(route.split("/")[0])
        return sorted(model.objects.values_list("pk", flat=True) if model else all_numbers())
    if kind == "SlugConverter":
        return (
            ["privasi"] if route.startswith("tentang") else [p.slug for p in Project.objects.all()]
        )
    if kind == "UUIDConverter":
        return [photo.key for photo in Photo.objects.all()]
    if kind == "StringConverter" and "berhenti" in route:
        return [letters.token(person, ["reply"])] if person else []
    raise AssertionError(f"say in tests/leaks.py what to try for {route}")


def all_numbers() -> set[int]:
    found: set[int] = set()
    for label in ("participation", "forum", "notifications"):
        for model in apps.get_app_config(label).get_models():
            keys = model._default_manager.order_by("-pk").values_list("pk", flat=True)[:20]
            found |= {key for key in keys if isinstance(key, int)}
    return found


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
