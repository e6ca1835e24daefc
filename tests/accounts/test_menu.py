"""The menu of each role: the way to what the person works on, and where the reader is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

QUEUE = reverse("forum:answer_queue")


def menu_of(page: str) -> list[tuple[str, bool]]:
    """Address and whether it is marked as current, in the main menu."""
    menu = re.search(r'<nav class="masthead__nav".*?</nav>', page, re.DOTALL)
    assert menu
    links = re.findall(r'<a href="([^"]+)"([^>]*)>', menu[0])
    return [(href, "aria-current" in rest) for href, rest in links]


@pytest.mark.parametrize(("who", "leads"), [
    ("responder", True), ("leader", True), ("moderator", False), ("planner", False),
    ("auditor", False), ("resident", False),
])  # fmt: skip
def test_drafts_and_answers_are_in_the_menu_of_those_who_write_or_check_them(
    who, leads, cast, sign_in
):
    page = sign_in(getattr(cast, who)).get("/proyek/").content.decode()
    assert (QUEUE in dict(menu_of(page))) == leads
    dock = page[page.index('<nav class="dock"') :]
    assert (f'href="{QUEUE}"' in dock) == leads


def test_a_leader_finds_the_draft_that_waits_and_its_page(
    idea, responder, leader, perkim, sign_in, city
):
    from forum.answers import services as answers
    from forum.answers.services import Content

    perkim.answers_need_review = True
    perkim.save()
    draft = answers.save_draft(
        idea=idea, officer=responder, content=Content(body="Lampu kami pasang."), seen_version=0
    )
    browser = sign_in(leader)
    assert "Tidak ada draf yang menunggu" in browser.get(QUEUE).content.decode()
    answers.send_for_review(draft=draft, by=responder, seen_version=draft.version)
    page = browser.get(QUEUE).content.decode()
    way = reverse("forum:answer_draft", args=[draft.pk])
    assert f'href="{way}"' in page and "Anda bukan pejabat penghubung" not in page
    assert dict(menu_of(browser.get(way).content.decode()))[QUEUE]


def test_the_menu_of_a_leader_costs_no_query(leader, make_person, perkim, sign_in):
    browser, other = sign_in(leader), sign_in(make_person("Ani", role="planner"))

    def count(client) -> int:
        client.get("/akun/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/akun/")
        return len(seen)

    assert count(browser) <= count(other)


@pytest.mark.parametrize("name", ["word_rules", "learnt_score", "comments_to_check", "desk"])
def test_the_desk_is_marked_on_all_its_pages(name, moderator, sign_in):
    page = sign_in(moderator).get(reverse(f"forum:{name}")).content.decode()
    marked = [href for href, here in menu_of(page) if here]
    assert marked == [reverse("forum:desk")]
