"""A report reaches the desk at once; a decision is told to author, readers and colleagues."""

import re

import pytest
from playwright.sync_api import expect

from forum.moderation import services as moderation
from forum.moderation.models import Rule

MESSAGE = "Hapus nomor teleponnya, lalu kirim lagi."


@pytest.fixture
def reply(make_reply):
    return make_reply("Telepon saja Pak Budi di kantor.")


def test_a_report_is_decided_with_a_reason_and_can_be_undone(
    browse, idea, reply, other_resident, make_person, moderator
):
    reader = browse()
    reader.goto(f"/aspirasi/{idea.pk}/")
    row = reader.locator(f"#balasan-{reply.pk}")
    expect(row).to_contain_text("Telepon saja Pak Budi")
    expect(connection(reader)).to_have_text("Terhubung")
    desk = browse(moderator)
    desk.goto("/meja/")
    expect(connection(desk)).to_have_text("Terhubung")

    report(browse(make_person()), idea, reply)

    bar = desk.locator("button.livebar")
    expect(bar).to_have_text("1 perkara baru. Tampilkan", timeout=3000)
    bar.click()
    desk.locator(".ticket a").click()
    expect(desk.get_by_text("1 laporan warga")).to_be_visible()
    hide(desk, Rule.PRIVATE_DATA.label, MESSAGE)
    expect(desk.get_by_text("Keputusan tersimpan.")).to_be_visible()

    expect(row).to_contain_text("Balasan ini disembunyikan petugas.", timeout=3000)
    expect(row).not_to_contain_text("Telepon")
    author = browse(other_resident)
    author.goto(f"/aspirasi/{idea.pk}/")
    expect(author.get_by_text("Balasan Anda disembunyikan: Data pribadi.")).to_be_visible()
    expect(author.get_by_text(MESSAGE)).to_be_visible()

    desk.goto(f"/balasan/{reply.pk}/")
    desk.get_by_role("button", name="Periksa di meja moderasi").click()
    desk.get_by_role("button", name="Tampilkan kembali").click()
    expect(desk.get_by_text("Keputusan tersimpan.")).to_be_visible()
    expect(row).to_contain_text("Telepon saja Pak Budi", timeout=3000)
    author.reload()
    expect(author.get_by_text("Balasan Anda disembunyikan")).to_have_count(0)


def test_the_second_moderator_is_told_who_decided_and_keeps_the_text(
    browse, reply, moderator, second_moderator, make_person
):
    case = moderation.flag(target=reply, person=make_person(), reason=Rule.PRIVATE_DATA)
    first, second = browse(moderator), browse(second_moderator)
    for desk in (first, second):
        desk.goto(f"/meja/{case.pk}/")
    first.get_by_role("button", name="Biarkan tayang").click()
    expect(first.get_by_text("Keputusan tersimpan.")).to_be_visible()
    expect(second.locator(f"#perkara-{case.pk}")).to_have_count(0, timeout=3000)

    hide(second, Rule.PERSON.label, "Jangan menyebut nama petugas.")

    told = second.get_by_role("alert")
    expect(told).to_contain_text("Dewi Lestari sudah memutuskan lebih dulu")
    expect(told).to_contain_text("Keputusan Anda tidak disimpan.")
    expect(told).to_be_focused()
    mine = second.get_by_label("Pesan yang Anda tulis, belum terkirim")
    expect(mine).to_have_value("Jangan menyebut nama petugas.")
    reply.refresh_from_db()
    assert reply.is_published


def test_a_hidden_aspirasi_says_why_to_its_author_and_that_it_is_gone_to_others(
    browse, idea, resident, moderator
):
    case = moderation.examine(target=idea, by=moderator)
    reader = browse()
    reader.goto(f"/aspirasi/{idea.pk}/")
    expect(connection(reader)).to_have_text("Terhubung")
    desk = browse(moderator)
    desk.goto(f"/meja/{case.pk}/")
    hide(desk, Rule.OFF_TOPIC.label, "Ini bukan tentang taman.")
    expect(desk.get_by_text("Keputusan tersimpan.")).to_be_visible()

    expect(reader.locator("a.livebar")).to_contain_text("Muat ulang", timeout=3000)
    reader.locator("a.livebar").click()
    expect(reader.get_by_role("heading", name="disembunyikan petugas")).to_be_visible()
    expect(reader.get_by_text(idea.title)).to_have_count(0)
    author = browse(resident)
    author.goto("/aspirasi-saya/")
    author.get_by_role("link", name=idea.title).click()
    expect(author.get_by_text("Aspirasi ini disembunyikan: Di luar topik.")).to_be_visible()
    expect(author.get_by_text("Ini bukan tentang taman.")).to_be_visible()


def test_colleagues_see_live_who_holds_a_case_and_the_open_one_stays_marked(
    browse, reply, moderator, second_moderator, make_person
):
    case = moderation.flag(target=reply, person=make_person(), reason=Rule.PERSON)
    first, second = browse(moderator), browse(second_moderator)
    first.goto(f"/meja/{case.pk}/")
    expect(first.get_by_text("Anda memegang")).to_be_visible()
    expect(connection(first)).to_have_text("Terhubung")
    second.goto(f"/meja/{case.pk}/")
    expect(second.get_by_text("Dewi Lestari memegang perkara ini")).to_be_visible()
    expect(connection(second)).to_have_text("Terhubung")
    keep = second.get_by_role("button", name="Biarkan tayang")
    expect(keep).to_be_disabled()
    keep.dispatch_event("click")
    expect(second.locator("[data-hold]")).to_be_focused()
    expect(first.get_by_text("Rizky Maulana melihat")).to_be_visible(timeout=3000)

    first.get_by_role("button", name="Lepas").click()
    expect(second.locator("[data-hold]")).to_contain_text("Belum dipegang", timeout=3000)
    expect(keep).to_be_enabled()
    ticket = second.locator(f"#perkara-{case.pk}")
    expect(ticket).to_contain_text("Belum dipegang")
    expect(ticket).to_have_attribute("aria-current", "true")
    second.reload()
    expect(second.get_by_text("Anda memegang")).to_be_visible()


def test_a_message_outlives_the_session(browse, reply, moderator, make_person, sign_in):
    case = moderation.flag(target=reply, person=make_person(), reason=Rule.PERSON)
    desk = browse(moderator)
    desk.goto(f"/meja/{case.pk}/")
    form = desk.get_by_role("form", name="Sembunyikan dengan alasan")
    form.get_by_label(str(Rule.PERSON.label)).check()
    form.get_by_label("Pesan kepada warga").fill(MESSAGE)
    expect(form.get_by_text("Draf tersimpan")).to_be_visible()
    context = desk.context
    kept = [each for each in context.cookies() if each["name"] == "sessionid"]
    context.clear_cookies(name="sessionid")
    form.get_by_role("button", name="Sembunyikan").click()
    expect(desk.get_by_label("Pesan yang Anda tulis, belum terkirim")).to_have_value(MESSAGE)
    expect(desk.get_by_role("link", name="Masuk").last).to_have_attribute(
        "href", re.compile(rf"next=%2Fmeja%2F{case.pk}%2F$")
    )
    context.add_cookies(kept)
    desk.goto(f"/meja/{case.pk}/")
    expect(form.get_by_label("Pesan kepada warga")).to_have_value(MESSAGE)
    form.get_by_role("button", name="Sembunyikan").click()
    expect(desk.get_by_text("Keputusan tersimpan.")).to_be_visible()
    assert (
        desk.evaluate("Object.keys(localStorage).filter((key) => key.includes('meja')).length") == 0
    )


def test_many_are_decided_at_once(browse, make_reply, make_person, moderator):
    for body in ("Jual kucing", "Jual pulsa"):
        moderation.flag(target=make_reply(body), person=make_person(), reason=Rule.SPAM)
    desk = browse(moderator)
    desk.goto("/meja/")
    desk.get_by_text("Putuskan sekaligus", exact=True).click()
    desk.get_by_role("link", name="Pilih semua yang tampak").click()
    expect(desk.get_by_text("2 dicentang")).to_be_visible()
    form = desk.locator("#sekaligus")
    form.get_by_label("Keputusan").select_option("hide")
    form.get_by_label(str(Rule.SPAM.label)).check()
    form.get_by_label("Pesan kepada warga").fill("Ini iklan.")
    form.get_by_role("button", name="Putuskan yang dicentang").click()
    expect(desk.get_by_role("heading", name="2 dari 2 keputusan tersimpan")).to_be_visible()
    expect(desk.locator(".ticket")).to_have_count(0)


def connection(page):
    return page.locator("[data-live-slot] [data-live-word]")


def report(page, idea, reply):
    page.goto(f"/aspirasi/{idea.pk}/")
    row = page.locator(f"#balasan-{reply.pk}")
    row.locator("summary").click()
    row.get_by_role("link", name="Laporkan").click()
    page.get_by_label("Data pribadi").check()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text("Petugas moderasi akan memeriksanya.")).to_be_visible()


def hide(desk, rule, message):
    form = desk.get_by_role("form", name="Sembunyikan dengan alasan")
    form.get_by_label(str(rule)).check()
    form.get_by_label("Pesan kepada warga").fill(message)
    form.get_by_role("button", name="Sembunyikan").click()
