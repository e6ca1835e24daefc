"""A report reaches the desk at once; a decision is told to author, readers and colleagues."""

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
