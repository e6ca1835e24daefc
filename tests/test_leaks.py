"""Held, hidden and withdrawn texts and the names behind pseudonyms come out by no way at all.

The ways and the secrets are in tests/leaks.py. The plants at the end prove that a leak is found.
"""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.urls import resolve

from core.text import to_html
from forum.answers import selectors as answers
from forum.answers.models import Attachment
from forum.discussion import mentions, quotes
from forum.discussion import rendering as discussion_rendering
from forum.discussion.models import Reply
from forum.disposition import selectors as dispositions
from forum.notify import sources
from forum.sessions import rendering as sessions_rendering
from forum.sessions.models import Question
from participation import identity, policy, selectors
from participation.models import Idea, ShownAs
from tests import leaks
from tests.test_access import TABLE


@pytest.fixture
def world(
    cast, make_person, make_project, make_idea, sign_in, monkeypatch, mailoutbox, settings,
    django_capture_on_commit_callbacks, tmp_path,
):  # fmt: skip
    """Tells the story: `world()`, after what is to be planted."""

    def tell() -> leaks.World:
        cast.resident = make_person("Pembaca Biasa")  # wrote nothing of what is secret
        people = {name: getattr(cast, name) for name in (*leaks.READERS, "city_admin")}
        made = leaks.World(people=people, sign_in=sign_in)
        settings.MEDIA_ROOT = tmp_path
        leaks.record_frames(made, monkeypatch)
        leaks.record_messages(made, monkeypatch, settings)
        make = SimpleNamespace(
            person=make_person, project=make_project, idea=make_idea, client=Client
        )
        leaks.tell(made, make, lambda: django_capture_on_commit_callbacks(execute=True))
        return made

    return tell


def test_no_page_shows_a_secret(world):
    """And whoever may read one does: else nothing would be found because nothing was told."""
    told = world()
    assert list(told.leaks("addresses")) == []
    missed = [
        (reader, secret.what)
        for secret in told.secrets
        for reader in secret.allowed
        if (reader, secret.marker) not in told.read
    ]
    assert missed == []


def test_no_other_way_out_shows_a_secret(world):
    told = world()
    ways = [way for way in leaks.WAYS if way != "addresses"]
    assert [leak for way in ways for leak in told.leaks(way)] == []


def test_every_address_of_the_table_is_opened(world):
    """A page that nobody opens is not tested."""
    told = world()
    opened = leaks.all_addresses(told.people["resident"])
    assert set(TABLE) - {resolve(address).view_name for address in opened} == set()


def test_no_posts_are_listed_in_the_admin_pages():
    """There they would stand with their author's name, or lead to it. What is listed are rules,
    days and projects; a post goes through a ModelAdmin that asks `shown_author`, named here."""
    ours = {model for model in admin.site._registry if model._meta.app_label in LABELS}
    assert {model.__name__ for model in ours} == RULES_AND_DAYS
    for model in ours:
        points_at = {field.related_model for field in model._meta.fields}
        assert not points_at & {Idea, Reply, Question}, model
        assert not admin.site._registry[model].inlines, model


LABELS = ("forum", "participation", "notifications")
RULES_AND_DAYS = {"ClockRule", "ClockSettings", "Holiday", "Project", "WordRule"}


# --- The tests above can fail ---------------------------------------------------------------------


class Always(str):
    """A way to appear that every author seems to have chosen."""

    label = "Nama saya"
    __hash__ = str.__hash__

    def __eq__(self, other):
        return True


def plant_byline(monkeypatch):
    """Whoever looks sees the name, whatever the author chose."""
    ways = SimpleNamespace(NAME=Always("name"), PSEUDONYM=ShownAs.PSEUDONYM, HIDDEN=ShownAs.HIDDEN)
    monkeypatch.setattr(identity, "ShownAs", ways)


def plant_news(monkeypatch):
    """The news asks the post itself."""

    def named(post):
        return identity.ShownAuthor(post.author.display_name)

    monkeypatch.setattr(sources, "shown_author", named)


def plant_stale_news(monkeypatch):
    """Visibility decided when it was told: everything told is shown."""
    monkeypatch.setitem(sources.FIND, "idea", lambda person, keys: dict.fromkeys(keys, "siapa"))
    monkeypatch.setitem(sources.FIND, "reply", lambda person, keys: dict.fromkeys(keys, "siapa"))


def plant_list(monkeypatch):
    monkeypatch.setattr(selectors, "visible_to", lambda person: Idea.objects.all())


def plant_page(monkeypatch):
    monkeypatch.setattr(policy, "may_view_idea", lambda person, idea: policy.YES)


def plant_frame(monkeypatch):
    def whole(reply, **how):
        return f"{reply.author.email} {reply.body}"

    monkeypatch.setattr(discussion_rendering, "reply_html", whole)


def plant_names(monkeypatch):
    """Whoever takes part is offered by name."""

    def everybody(idea, start):
        return list(Reply.objects.filter(idea=idea).values_list("author__display_name", flat=True))

    monkeypatch.setattr(mentions, "offers", everybody)


def plant_tasks(monkeypatch):
    monkeypatch.setattr(dispositions, "PUBLIC", Q(pk__gt=0))


def plant_file(monkeypatch):
    monkeypatch.setattr(answers, "attachment_for", lambda _, key: Attachment.objects.get(key=key))


def plant_asker(monkeypatch):
    plant_byline(monkeypatch)
    monkeypatch.setattr(
        sessions_rendering, "shown_name", lambda each: each.author.display_name, raising=False
    )


def plant_quote(monkeypatch):
    """What was quoted once is shown for ever."""

    def kept(reply, name):
        return quotes.Quote(reply.quoted.pk, name, to_html(reply.quote)) if reply.quote else None

    monkeypatch.setattr(quotes, "shown", kept)


PLANTS = [
    (plant_byline, "addresses", "responder", "the hidden author of an aspirasi", "/aspirasi/"),
    (plant_news, "mail", "resident", "the hidden author of a reply"),
    (plant_stale_news, "mail", "resident", "a withdrawn aspirasi"),
    (plant_list, "search", "anonymous", "an aspirasi of the staff"),
    (plant_list, "since the last visit", "anonymous", "a hidden aspirasi"),
    (plant_names, "mention offers", "resident", "the hidden author of a reply"),
    (plant_page, "addresses", "anonymous", "a held aspirasi at /foto/", "/foto/"),
    (plant_tasks, "addresses", "responder", "a hidden aspirasi at /tugas/", "/tugas/"),
    (plant_file, "addresses", "auditor", "the attachment of a draft at /lampiran/", "/lampiran/"),
    (
        plant_asker,
        "addresses",
        "anonymous",
        "the hidden author of a question at /tanya/",
        "/tanya/",
    ),
    (plant_quote, "addresses", "anonymous", "a hidden reply", "/aspirasi/"),
    (plant_frame, "addresses", "anonymous", "a withdrawn reply", "/aspirasi/"),
]


def test_planted_leaks_are_found(world, monkeypatch):
    story = world()
    for plant, way, reader, told, *begins in PLANTS:
        cache.clear()
        story.begins = begins[0] if begins else "/"
        before = transaction.savepoint()  # a letter goes once
        with monkeypatch.context() as planted:
            plant(planted)
            wanted = f"{way}: {reader} reads "
            found = (leak for leak in story.leaks(way, reader) if leak.startswith(wanted))
            assert any(told in leak for leak in found), (plant.__name__, way)
        transaction.savepoint_rollback(before)


def test_a_leak_planted_in_the_frames_is_found(world, monkeypatch):
    plant_frame(monkeypatch)  # they are made while the story is told
    story = world()
    wanted = "live frames: anonymous reads a hidden reply"
    assert any(leak.startswith(wanted) for leak in story.leaks("live frames"))
