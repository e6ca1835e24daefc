"""The staff's tasks in a real browser: nothing for axe to find, and a list for the keyboard."""

import uuid

import pytest

from forum.clock import services as clock
from forum.clock.models import Clock, Holiday
from forum.disposition import services as disposition
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import Leaf, look_at, press_by_name


@pytest.fixture
def tasks(make_idea, moderator, responder, perkim, other_unit, idea):
    """One in each place of the way, an overdue one, one with a long title."""
    received = make_idea(title="Antikonstitusionalisme" * 4)
    asked, routed = make_idea(title="Bangku di bawah pohon"), make_idea(title="Keran air minum")
    disposition.return_to_resident(
        disposition=asked.disposition, by=moderator, seen_version=1, missing="Sebut patokannya."
    )
    disposition.route(
        disposition=routed.disposition, by=moderator, seen_version=1, unit=perkim,
        supporting=[other_unit], reason="Tolong dicek.",
    )  # fmt: skip
    disposition.assign(
        disposition=routed.disposition, by=responder, seen_version=2, officer=responder
    )
    disposition.write_note(
        disposition=routed.disposition, by=responder, body="Sudah dicek.",
        client_key=uuid.uuid4(), mentions=[moderator.pk],
    )  # fmt: skip
    Clock.objects.filter(idea=idea).update(due_on="2026-01-05")
    clock.load_rules()
    return received, asked, routed


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_of_the_tasks(
    browse, tasks, viewport, moderator, responder, resident, city_admin, idea
):
    received, asked, routed = tasks
    day = Holiday.objects.first()
    leaves = [
        Leaf("/tugas/", moderator),
        Leaf("/tugas/?tab=lewat", moderator),
        Leaf("/tugas/?tab=menunggu", responder),
        Leaf(f"/tugas/{received.pk}/", moderator, then=open_the_folds),
        Leaf(f"/tugas/{received.pk}/", moderator, then=send_an_empty_return),
        Leaf(f"/tugas/{routed.pk}/", responder, then=open_the_folds),
        Leaf(f"/aspirasi/{idea.pk}/"),
        Leaf(f"/aspirasi/{routed.pk}/"),
        Leaf(f"/aspirasi/{routed.pk}/riwayat/"),
        Leaf(f"/aspirasi/{asked.pk}/", resident),
        Leaf(f"/aspirasi/{asked.pk}/lengkapi/", resident, then=press_by_name("Kirim")),
        Leaf("/jam-jawaban/"),
        Leaf("/hari-libur/?tahun=2026", city_admin),
        Leaf(f"/hari-libur/{day.pk}/", city_admin),
    ]
    windows, found = {}, []
    for leaf in leaves:
        key = leaf.person and leaf.person.pk
        page = windows.get(key) or windows.setdefault(key, browse(leaf.person, viewport=viewport))
        problems = look_at(page, leaf, narrow=viewport is PHONE)
        found += [f"{leaf.path} ({leaf.person or 'visitor'}): {each}" for each in problems]
    assert not found, "\n" + "\n".join(found)


def open_the_folds(page):
    for fold in page.locator("details.fold").all():
        fold.evaluate("(it) => (it.open = true)")


def send_an_empty_return(page):
    open_the_folds(page)
    page.get_by_role("button", name="Minta dilengkapi").click()
    page.get_by_role("alert").first.wait_for()


def test_the_list_goes_by_arrows_and_enter(browse, tasks, moderator):
    page = browse(moderator)
    page.goto("/tugas/?tab=lewat")
    page.goto("/tugas/")
    page.wait_for_function("document.querySelector('script[src*=htmx]')")
    titles = page.locator("tbody th a").all_inner_texts()
    assert len(titles) >= 2
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.innerText") == titles[1]
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.innerText") == titles[0]
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=titles[0]).wait_for()
