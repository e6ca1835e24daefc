"""A discussion with a script: quoting, naming, who else is here, news in other orders."""

import pytest
from playwright.sync_api import expect

from forum.answers import services as answers
from forum.discussion.models import Reply


def connected(page, path):
    page.goto(path)
    expect(page.locator("[data-live-slot] [data-live-word]")).to_have_text("Terhubung")


@pytest.fixture
def post(server, cookie, make_person):
    writer = cookie(make_person("Siti Aminah"))

    def reply(idea, body, **fields):
        assert server.reply(idea.pk, body, cookie=writer, **fields).status == 200

    return reply


def test_a_quote_is_put_above_what_was_typed(browse, idea, resident, make_reply):
    source = make_reply("Usul saya pegangan di dua sisi.")
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/")
    area = page.locator("#id_body")
    area.fill("Sudah saya tulis")
    row = page.locator(f"#balasan-{source.pk}")
    row.get_by_role("link", name="Kutip").click()
    expect(area).to_have_value("> Usul saya pegangan di dua sisi.\n\nSudah saya tulis")
    expect(area).to_be_focused()
    page.get_by_role("button", name="Kirim balasan").click()
    quote = page.locator(f"#balasan-{source.pk}-anak blockquote")
    expect(quote).to_contain_text("Usul saya pegangan di dua sisi.")
    expect(quote).to_contain_text("Kutipan dari Budi Prasetyo")


def test_names_are_offered_after_the_sign_and_typing_goes_on(
    browse, idea, resident, make_reply, make_person
):
    make_reply("Hadir", author=make_person("Yohana Sulastri"))
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/")
    area = page.locator("#id_body")
    area.click()
    page.keyboard.type("Setuju dengan @Yoh")
    offer = page.get_by_role("button", name="Yohana Sulastri")
    expect(offer).to_be_visible()
    expect(area).to_be_focused()
    offer.click()
    expect(area).to_have_value("Setuju dengan @Yohana Sulastri ")
    expect(area).to_be_focused()
    expect(offer).to_be_hidden()
    page.keyboard.type("soal lampu")
    expect(area).to_have_value("Setuju dengan @Yohana Sulastri soal lampu")


def test_two_readers_see_that_there_are_two_and_that_one_writes(
    browse, idea, resident, other_resident
):
    here, there = browse(resident), browse(other_resident)
    for page in (here, there):
        connected(page, f"/aspirasi/{idea.pk}/")
    for page in (here, there):
        expect(page.locator("[data-presence]")).to_have_text(
            "2 orang sedang melihat", timeout=25_000
        )
    area = there.locator("#id_body")
    area.click()
    before = area.evaluate("(area) => area.getBoundingClientRect().top")
    here.locator("#id_body").click()
    here.keyboard.type("Saya")
    expect(there.locator("[data-writing]")).to_have_text("1 orang sedang menulis", timeout=8000)
    assert area.evaluate("(area) => area.getBoundingClientRect().top") == before
    expect(here.locator("[data-writing] span")).to_have_text("")
    here.get_by_role("button", name="Kirim balasan").click()
    expect(there.locator("[data-writing] span")).to_have_text("", timeout=12_000)


def test_newest_first_puts_news_on_top(browse, idea, resident, make_reply, post):
    for n in range(3):
        make_reply(f"Lama {n}")
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/?urut=baru")
    post(idea, "Paling baru")
    page.get_by_role("button", name="1 balasan baru. Tampilkan").click()
    expect(page.locator("#balasan > li").first).to_contain_text("Paling baru")
    page.locator("#id_body").fill("Dari saya")
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("#balasan > li").first).to_contain_text("Dari saya")


def test_beside_each_other_news_is_announced_and_the_own_reply_is_said_to_be_there(
    browse, make_project, make_idea, resident, make_reply, post
):
    idea = make_idea(project_=make_project("Alun-alun", takes_stance=True))
    make_reply("Setuju", idea_=idea, stance="agree")
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/?sikap=dua")
    post(idea, "Tidak setuju saya", stance="disagree")
    news = page.get_by_role("link", name="1 balasan baru. Tampilkan")
    expect(news).to_be_visible()
    page.get_by_role("radio", name="Netral").check()
    page.locator("#id_body").fill("Coba dulu")
    page.get_by_role("button", name="Kirim balasan").click()
    own = page.locator("[data-posted-elsewhere]")
    expect(own).to_contain_text("Balasan Anda sudah tayang.")
    expect(news).to_be_visible()
    own.get_by_role("link").click()
    expect(page.locator("#balasan > li").last).to_contain_text("Coba dulu")
    page.goto(f"/aspirasi/{idea.pk}/?sikap=dua")
    expect(page.locator(".stances section")).to_have_count(3)


def test_an_answer_in_a_thread_that_goes_on_is_announced_with_its_place(
    browse, idea, resident, many_answers, post
):
    top = many_answers(12)
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/")
    expect(page.locator(f"#balasan-{top.pk}-anak > li")).to_have_count(10)
    post(idea, "Jawaban baru", parent=str(top.pk))
    page.get_by_role("link", name="1 balasan baru. Tampilkan").click()
    expect(page.get_by_text("Jawaban baru")).to_be_visible()


@pytest.fixture
def many_answers(idea, make_reply):
    def make(count):
        top = Reply.objects.get(pk=make_reply("Utas panjang").pk)
        for n in range(count):
            make_reply(f"Jawaban {n}", parent=top)
        return top

    return make


def test_an_official_answer_waits_until_it_is_asked_for_and_the_status_moves(
    browse, idea, resident, responder, server, cookie
):
    page = browse(resident)
    connected(page, f"/aspirasi/{idea.pk}/")
    area = page.locator("#id_body")
    area.click()
    before = area.evaluate("(area) => area.getBoundingClientRect().top")
    fields = {
        "body": "Kami kerjakan.", "status": "planned", "version": "0",
        "janji-TOTAL_FORMS": "0", "janji-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = server.post(f"/aspirasi/{idea.pk}/jawab/", fields, cookie=cookie(responder))
    assert answer.status == 302, answer.text
    expect(page.locator("#status-aspirasi")).to_contain_text("Masuk rancangan")
    bar = page.get_by_role("button", name="Ada jawaban resmi. Tampilkan")
    expect(bar).to_be_visible()
    expect(page.locator("#jawaban-resmi")).to_be_hidden()
    expect(area).to_be_focused()
    assert abs(area.evaluate("(area) => area.getBoundingClientRect().top") - before) < 2
    bar.click()
    expect(page.locator("#jawaban-resmi")).to_contain_text("Kami kerjakan.")
    expect(bar).to_be_hidden()
    assert answers.selectors.answer_to(idea) is not None
