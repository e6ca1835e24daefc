"""What somebody typed is never lost, and a post that is sent again arrives once."""

import re

import pytest
from playwright.sync_api import expect

from forum.discussion.models import Reply
from participation.models import Idea

BODY = "Lampu pertama sebaiknya di dekat tangga."


@pytest.fixture
def page(browse, idea, resident):
    """A resident on the page of an aspirasi."""
    page = browse(resident)
    page.goto(f"/aspirasi/{idea.pk}/")
    return page


def composer(page):
    return page.locator("#tulis")


def send(page):
    page.get_by_role("button", name="Kirim balasan").click()


def test_a_typed_reply_is_still_there_after_a_reload(page, idea, make_reply):
    answered = make_reply("Mulai dari mana?")
    page.reload()
    row = page.locator(f"#balasan-{answered.pk}")
    row.get_by_role("link", name=re.compile("^Balas")).click()
    page.locator("#id_body").fill(BODY)
    expect(composer(page).get_by_text("Draf tersimpan")).to_be_visible()
    page.reload()
    expect(page.locator("#id_body")).to_have_value(BODY)
    expect(page.get_by_text("Membalas Budi Prasetyo")).to_be_visible()

    send(page)
    expect(page.locator(f"#balasan-{answered.pk}-anak > li")).to_contain_text(BODY)
    page.reload()
    expect(page.locator("#id_body")).to_have_value("")


def test_typed_in_the_last_moment_before_the_page_goes(page, idea):
    page.locator("#id_body").press_sequentially("Sempat")
    page.reload()
    expect(page.locator("#id_body")).to_have_value("Sempat")


def test_a_draft_can_be_thrown_away(page):
    page.locator("#id_body").fill(BODY)
    expect(composer(page).get_by_text("Draf tersimpan")).to_be_visible()
    page.get_by_role("button", name="Buang draf").click()
    expect(page.locator("#id_body")).to_have_value("")
    expect(page.locator("#id_body")).to_be_focused()
    page.reload()
    expect(page.locator("#id_body")).to_have_value("")


def test_without_a_connection_nothing_is_lost_and_sending_again_works(page, idea):
    page.locator("#id_body").fill(BODY)
    page.context.set_offline(True)
    send(page)
    expect(composer(page).get_by_role("alert")).to_contain_text("Belum terkirim.")
    expect(page.locator("#id_body")).to_have_value(BODY)
    expect(page.locator("#id_body")).to_be_editable()
    page.context.set_offline(False)
    send(page)
    expect(page.locator("#balasan > li")).to_contain_text(BODY)
    expect(composer(page).get_by_role("alert")).to_be_hidden()
    assert Reply.objects.filter(idea=idea).count() == 1


def test_a_reply_whose_answer_was_lost_is_not_posted_twice(page, idea):
    """The server has it, the browser does not know: the same key goes out again."""
    lost = []

    def lose_the_answer(route):
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/balas/", lose_the_answer, times=1)
    page.locator("#id_body").fill(BODY)
    send(page)
    expect(composer(page).get_by_role("alert")).to_contain_text("Belum terkirim.")
    assert lost == [200]
    assert Reply.objects.filter(idea=idea).count() == 1
    send(page)
    expect(page.locator("#id_body")).to_have_value("")
    expect(page.locator("#balasan > li")).to_have_count(1)
    assert Reply.objects.filter(idea=idea).count() == 1


def test_after_a_lost_answer_and_a_reload_the_key_is_still_the_same(page, idea):
    page.route("**/balas/", lambda route: (route.fetch(), route.abort()), times=1)
    page.locator("#id_body").fill(BODY)
    expect(composer(page).get_by_text("Draf tersimpan")).to_be_visible()
    send(page)
    expect(composer(page).get_by_role("alert")).to_contain_text("Belum terkirim.")
    page.reload()
    expect(page.locator("#id_body")).to_have_value(BODY)
    send(page)
    expect(page.locator("#id_body")).to_have_value("")
    assert Reply.objects.filter(idea=idea).count() == 1


def test_a_second_press_while_the_first_is_on_its_way_does_nothing(page, idea):
    waiting = []
    page.route("**/balas/", lambda route: waiting.append(route))
    page.locator("#id_body").fill(BODY)
    send(page)
    button = page.get_by_role("button", name="Kirim balasan")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.dispatch_event("click")
    button.press("Enter")
    assert len(waiting) == 1
    waiting[0].continue_()
    expect(page.locator("#balasan > li")).to_have_count(1)


def test_an_aspirasi_in_the_making_survives_and_goes_when_it_is_sent(browse, project, resident):
    page = browse(resident)
    page.goto(f"/proyek/{project.slug}/kirim/")
    page.get_by_label("Apa yang Anda usulkan?").fill("Keran air minum di taman")
    page.get_by_label("Ceritakan lebih lanjut").fill("Anak-anak haus sepulang sekolah.")
    page.get_by_label("Lainnya").check()
    expect(page.get_by_text("Draf tersimpan")).to_be_visible()
    page.goto("/")
    page.goto(f"/proyek/{project.slug}/kirim/")
    expect(page.get_by_label("Apa yang Anda usulkan?")).to_have_value("Keran air minum di taman")
    expect(page.get_by_label("Lainnya")).to_be_checked()
    page.get_by_role("button", name="Kirim aspirasi").click()
    expect(page.get_by_text("Aspirasi terkirim.")).to_be_visible()
    page.goto(f"/proyek/{project.slug}/kirim/")
    expect(page.get_by_label("Apa yang Anda usulkan?")).to_have_value("")
    assert Idea.objects.filter(title="Keran air minum di taman").count() == 1
