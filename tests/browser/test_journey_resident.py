"""A resident joins, asks for something, is supported, hears back, and says what it was worth."""

import re
import time

from playwright.sync_api import expect

from participation.models import Idea
from tests.browser.conftest import PHONE

EMAIL = "nur.aini@contoh.example"


def test_from_joining_to_rating_the_official_answer(
    browse, project, make_project, other_resident, responder, code_from_mail, photo
):
    make_project("Teduh Sepanjang Parit")
    page = browse(viewport=PHONE)
    join_by_code(page, code_from_mail)
    idea = ask_for_lamps(page, project, photo)
    support(browse(other_resident, viewport=PHONE), idea)

    page.reload()
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#jawaban-resmi")).to_be_hidden()
    answer_officially(browse(responder), idea)
    answered = time.monotonic()

    page.get_by_role("button", name="Ada jawaban resmi. Tampilkan").click(timeout=3000)
    official = page.locator("#jawaban-resmi.official")
    expect(official).to_be_visible(timeout=3000)
    assert time.monotonic() - answered < 3
    expect(official).to_contain_text("Hendra Wijaya")
    expect(official).to_contain_text("Tiang dan lampu dipasang di sisi timur")
    expect(page.locator("#alur")).to_contain_text("Masuk rancangan")
    assert page.evaluate("window.sameDocument"), "the answer came by loading the page again"

    rate(page, official)


def join_by_code(page, code_from_mail):
    page.goto("/akun/signup/")
    page.get_by_label("Alamat email").fill(EMAIL)
    page.get_by_label("Nama panggilan").fill("Nur Aini")
    page.get_by_label("Kelurahan tempat tinggal").select_option(label="Akcaya")
    page.get_by_role("checkbox", name=re.compile("Saya setuju")).check()
    page.get_by_role("button", name="Daftar").click()
    expect(page.get_by_role("heading", name="Masukkan 6 angka")).to_be_visible()
    page.get_by_label("Kode").fill(code_from_mail(EMAIL))
    page.get_by_role("button", name="Selesai").click()
    expect(page.get_by_role("link", name="Akun", exact=True)).to_be_visible()


def ask_for_lamps(page, project, photo) -> Idea:
    page.get_by_role("link", name="Kirim", exact=True).click()
    expect(page).to_have_url(re.compile("/kirim/$"))
    page.get_by_role("link", name=project.title).click()
    page.get_by_label("Apa yang Anda usulkan?").fill("Tambah lampu di parkir timur")
    page.get_by_label("Ceritakan lebih lanjut").fill("Setelah magrib sisi timur gelap sekali.")
    page.get_by_label("Penerangan").check()
    expect(page.get_by_label("Kelurahan", exact=True)).to_have_value("61.71.01.1006")
    page.locator("input[type=file]").set_input_files(photo)
    expect(page.locator(".upload--done canvas")).to_have_attribute(
        "aria-label", "Foto 1: parkir.jpg"
    )
    page.get_by_role("button", name="Kirim aspirasi").click()
    expect(page.get_by_text("Aspirasi terkirim.")).to_be_visible()
    image = page.locator(".photos img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("naturalWidth", 1600)
    return Idea.objects.get(title="Tambah lampu di parkir timur")


def support(page, idea):
    page.goto(f"/aspirasi/{idea.pk}/")
    button = page.locator(".actionbar .support")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")


def answer_officially(page, idea):
    page.goto("/jawaban/")
    page.get_by_role("link", name=re.compile(f"^Jawab.*{idea.title}")).click()
    page.get_by_label("Jawaban", exact=True).fill("Terima kasih, Ibu Nur. Sisi timur memang gelap.")
    promise = page.get_by_role("group", name="Janji 1")
    promise.get_by_label("Apa yang akan dikerjakan").fill("Tiang dan lampu dipasang di sisi timur")
    promise.get_by_label("Paling lambat").fill("2030-01-31")
    page.get_by_label("Masuk rancangan").last.check()
    page.get_by_role("button", name="Terbitkan jawaban").click()
    expect(page.get_by_text("Jawaban resmi sudah tayang.")).to_be_visible()


def rate(page, official):
    official.get_by_role("link", name="Nilai jawaban ini").click()
    page.get_by_role("group", name="Jelas").get_by_label("4 dari 4").check()
    page.get_by_role("group", name="Tepat waktu").get_by_label("3 dari 4").check()
    page.get_by_role("button", name="Kirim penilaian").click()
    expect(page.get_by_text("Terima kasih, penilaian Anda tersimpan.")).to_be_visible()
    mark = page.get_by_role("group", name="Jelas").get_by_label("4 dari 4")
    expect(mark).to_be_checked()
    # One mark says who gave it: figures come with the fifth.
    expect(page.get_by_text("Belum cukup penilaian.")).to_be_visible()
