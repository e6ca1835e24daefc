"""The list of tasks: the right things in each tab, in order, page by page, at a constant price."""

import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from forum.clock.models import Clock
from forum.disposition import services as disposition
from forum.disposition.models import Disposition
from participation.models import Idea, Project


@pytest.fixture
def make_task(stand_at, make_idea, moderator, responder, perkim):
    def make(title, *, state="received", officer=None, unit=None):
        idea = make_idea(title=title)
        task = idea.disposition
        if state != "received":
            disposition.route(disposition=task, by=moderator, seen_version=1, unit=unit or perkim)
        if state == "assigned":
            disposition.assign(
                disposition=task, by=responder, seen_version=2, officer=officer or responder
            )
        return idea

    return make


def titles(page, *wanted):
    text = page.content.decode()
    return [title for title in wanted if title in text]


def test_each_tab_shows_what_is_the_persons(
    stand_at, make_task, moderator, responder, responder_elsewhere, leader, other_unit, sign_in
):
    wanted = ("Satu baru", "Dua diteruskan", "Tiga milikku", "Empat di unit lain")
    make_task("Satu baru")
    make_task("Dua diteruskan", state="routed")
    make_task("Tiga milikku", state="assigned")
    make_task("Empat di unit lain", state="routed", unit=other_unit)
    verifier, unit, head = sign_in(moderator), sign_in(responder), sign_in(leader)
    assert titles(verifier.get("/tugas/"), *wanted) == ["Satu baru"]
    assert titles(unit.get("/tugas/"), *wanted) == ["Tiga milikku"]
    assert titles(unit.get("/tugas/?tab=menunggu"), *wanted) == ["Dua diteruskan"]
    assert titles(head.get("/tugas/?tab=menunggu"), *wanted) == ["Dua diteruskan"]
    elsewhere = sign_in(responder_elsewhere).get("/tugas/?tab=menunggu")
    assert titles(elsewhere, *wanted) == ["Empat di unit lain"]
    counts = {name: count for name, _label, count in unit.get("/tugas/").context["tabs"]}
    assert counts == {"saya": 1, "menunggu": 1, "lewat": 0}
    counts = {name: count for name, _label, count in verifier.get("/tugas/").context["tabs"]}
    assert counts == {"verifikasi": 1, "saya": 0, "menunggu": 0, "lewat": 0}
    assert "Perlu verifikasi" not in unit.get("/tugas/").content.decode()
    stand_at("2026-06-10 09:00")
    late = verifier.get("/tugas/?tab=lewat").content.decode()
    assert all(title in late for title in wanted) and "Lewat 1 hari kerja" in late
    only = verifier.get(f"/tugas/?tab=lewat&unit={other_unit.slug}")
    assert titles(only, *wanted) == ["Empat di unit lain"]


def test_an_unknown_tab_or_unit_is_the_usual_list(make_task, moderator, sign_in):
    make_task("Satu baru")
    assert "Satu baru" in sign_in(moderator).get("/tugas/?tab=x&unit=y").content.decode()


def test_200_items_page_by_page_nearest_first_none_twice(
    stand_at, make_task, moderator, sign_in, resident, project
):
    first = make_task("Nomor satu")
    Idea = type(first)
    rows = [
        Idea(
            project=project, author=resident, title=f"Butir {n:03}", body="x",
            village=first.village,
            category=first.category, visibility="published", published_at=first.published_at,
        )
        for n in range(199)
    ]  # fmt: skip
    Idea.objects.bulk_create(rows)
    made = list(Idea.objects.exclude(pk=first.pk))
    Disposition.objects.bulk_create(Disposition(idea=idea) for idea in made)
    Clock.objects.bulk_create(
        Clock(idea=idea, step="verification", unit=project.unit, days=3,
              due_on=f"2026-06-{8 + idea.pk % 5:02}")
        for idea in made if idea.pk % 7
    )  # fmt: skip
    browser, seen, due, path = sign_in(moderator), [], [], "/tugas/"
    while path:
        answer = browser.get(path)
        rows = answer.context["rows"]
        seen += [task.pk for task, _ring in rows]
        due += [task.due_on for task, _ring in rows]
        following = answer.context["next_cursor"]
        path = f"/tugas/?kursor={following}" if following else ""
    assert len(seen) == len(set(seen)) == 200
    assert due == sorted(due)


def test_the_list_and_a_task_cost_the_same_with_few_and_many(
    make_task, moderator, sign_in, responder
):
    browser = sign_in(moderator)

    def count(path):
        cache.clear()
        browser.get("/tugas/")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    idea = make_task("Satu", state="assigned")
    one, page = count("/tugas/?tab=lewat"), count(f"/tugas/{idea.pk}/")
    for n in range(12):
        make_task(f"Lagi {n}", state=("received", "routed", "assigned")[n % 3])
        disposition.write_note(
            disposition=idea.disposition, by=responder, body=f"Catatan {n}",
            client_key=uuid.uuid4(), mentions=[moderator.pk],
        )  # fmt: skip
    for tab in ("lewat", "verifikasi", "menunggu", "saya"):
        assert count(f"/tugas/?tab={tab}") <= one + 1, tab  # one for the clocks of the rows
    assert one <= 14
    assert count(f"/tugas/{idea.pk}/") <= page + 1 <= 30  # one for the mentions


@pytest.mark.parametrize("gone", ["hidden", "withdrawn", "closed project"])
def test_what_is_not_public_any_more_only_a_verifier_still_opens(idea, cast, sign_in, gone):
    """The page of the aspirasi is a tombstone for the unit; here its whole text would stand."""
    address = reverse("forum:task", args=[idea.pk])
    assert sign_in(cast.responder).get(address).status_code == 200
    if gone == "closed project":
        Project.objects.update(is_published=False)
    else:
        Idea.objects.update(visibility=gone)
    assert sign_in(cast.responder).get(address).status_code == 404
    assert sign_in(cast.leader).get(address).status_code == 404
    assert sign_in(cast.moderator).get(address).status_code == 200
