"""Without JavaScript everything works by plain pages: taking part, looking around, deciding."""

import re

import pytest
from playwright.sync_api import expect

from accounts import services as accounts
from forum.moderation import services as moderation
from forum.moderation.models import Case, Rule
from participation.models import Idea
from tests.browser.conftest import PHONE

PASSWORD = "kapuas-pasang-surut"


@pytest.fixture
def plain(browse):
    """A window on a phone that runs no script: `plain(resident)`."""
    return lambda person=None: browse(person, java_script_enabled=False, viewport=PHONE)


def test_signing_in_by_password_asking_replying_and_supporting(
    plain, city, village, project, make_idea, make_reply, other_resident
):
    accounts.create_person(
        email="mariana@contoh.example", display_name="Mariana", village_code=village.code,
        password=PASSWORD, email_verified=True,
    )  # fmt: skip
    page = plain()
    idea = make_idea(title="Bangku di bawah pohon")
    theirs = make_reply("Setuju, yang teduh.", idea_=idea)

    page.goto(f"/aspirasi/{idea.pk}/")
    page.get_by_role("link", name="Masuk untuk membalas").click()
    sign_in_by_password(page)
    expect(page).to_have_url(re.compile(rf"/aspirasi/{idea.pk}/"))

    reply_to(page, "Bangku lama dipindah saja.")
    mine = page.locator("#balasan > li", has_text="Bangku lama dipindah saja.")
    expect(mine).to_be_visible()
    page.locator(f"#balasan-{theirs.pk}").get_by_role("link", name=re.compile("^Balas,?")).click()
    expect(page.get_by_text("Membalas Budi Prasetyo")).to_be_visible()
    reply_to(page, "Di sisi barat paling teduh.")
    nested = page.locator(f"#balasan-{theirs.pk}-anak > li")
    expect(nested).to_contain_text("Di sisi barat paling teduh.")

    edit(page, mine, "Bangku lama dipindah, jangan dibuang.")
    expect(mine).to_have_count(0)
    expect(page.get_by_text("Bangku lama dipindah, jangan dibuang.")).to_be_visible()
    support_and_withdraw(page)
    report(page, page.locator(f"#balasan-{theirs.pk}"))

    ask(page, project)
    sent = Idea.objects.get(title="Pagar kolam diberi pegangan")
    expect(page.get_by_text(f"Nomor {sent.number}")).to_be_visible()
    page.get_by_role("link", name="Lihat di Aspirasi saya").click()
    expect(page.get_by_role("link", name=sent.title)).to_be_visible()


def sign_in_by_password(page):
    page.locator("summary", has_text="Masuk dengan kata sandi").click()
    form = page.locator("details form")
    form.get_by_label("Alamat email").fill("mariana@contoh.example")
    form.get_by_label("Kata sandi").fill(PASSWORD)
    form.get_by_role("button", name="Masuk").click()


def reply_to(page, body):
    page.locator("#id_body").fill(body)
    page.get_by_role("button", name="Kirim balasan").click()
    expect(page.locator("#balasan")).to_contain_text(body)


def edit(page, row, body):
    row.locator("summary").click()
    row.get_by_role("link", name="Riwayat dan pilihan").click()
    page.get_by_role("link", name="Ubah", exact=True).click()
    page.get_by_label("Balasan Anda").fill(body)
    page.get_by_role("button", name="Simpan perubahan").click()


def support_and_withdraw(page):
    button = page.locator(".actionbar .support")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_contain_text("0")


def report(page, row):
    row.locator("summary").first.click()
    row.get_by_role("link", name="Laporkan").first.click()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih satu alasan.")
    page.get_by_label("Di luar topik").check()
    page.get_by_role("button", name="Kirim laporan").click()
    expect(page.get_by_text("Petugas moderasi akan memeriksanya.")).to_be_visible()


def ask(page, project):
    page.goto(f"/proyek/{project.slug}/kirim/")
    page.get_by_label("Apa yang Anda usulkan?").fill("Pagar kolam diberi pegangan")
    page.get_by_role("button", name="Kirim aspirasi").click()
    expect(page.get_by_role("alert")).to_contain_text("Pilih satu kategori.")
    expect(page.get_by_label("Apa yang Anda usulkan?")).to_have_value("Pagar kolam diberi pegangan")
    page.get_by_label("Ceritakan lebih lanjut").fill("Anak-anak bermain di tepinya.")
    page.get_by_label("Lainnya").check()
    page.get_by_role("button", name="Kirim aspirasi").click()


def test_narrowing_paging_and_changing_the_language(plain, project, make_idea, draft, make_person):
    author = make_person()
    for n in range(32):
        make_idea(author=author, title=f"Usul nomor {n}")
    make_idea(author=author, title="Lampu taman mati", category_id="lainnya")
    page = plain()
    page.goto(f"/proyek/{project.slug}/")
    page.get_by_role("link", name="Saring dan urutkan").click()
    page.get_by_label("Kategori").select_option(label="Lainnya")
    page.get_by_role("button", name="Terapkan").click()
    expect(page.get_by_role("heading", name="1 dari 33 aspirasi")).to_be_visible()
    page.get_by_role("link", name="Hapus saringan").click()
    expect(page.get_by_role("heading", name="33 aspirasi")).to_be_visible()

    first = page.locator(".idea h3").all_inner_texts()
    page.get_by_role("link", name="Lihat aspirasi berikutnya").click()
    expect(page.get_by_role("link", name="Kembali ke awal daftar")).to_be_visible()
    second = page.locator(".idea h3").all_inner_texts()
    assert len(first) + len(second) == len({*first, *second}) == 33

    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")


def test_searching_finds_nothing_and_says_what_to_do(plain, idea):
    page = plain()
    page.goto("/")
    page.get_by_label("Cari aspirasi").fill("jembatan gantung")
    page.get_by_role("search").get_by_role("button", name="Cari").click()
    expect(page.get_by_role("heading", name="Tidak ada hasil untuk")).to_be_visible()
    page.get_by_role("link", name="Lihat semua aspirasi").click()
    expect(page.get_by_role("link", name=idea.title)).to_be_visible()


def test_deciding_at_the_desk(plain, make_reply, make_person, moderator):
    reply = make_reply("Beli pulsa murah di sini.")
    case = moderation.flag(target=reply, person=make_person(), reason=Rule.SPAM)
    page = plain(moderator)
    page.goto("/meja/")
    page.get_by_role("link", name="Beli pulsa murah").click()
    form = page.get_by_role("form", name="Sembunyikan dengan alasan")
    form.get_by_role("button", name="Sembunyikan").click()
    expect(page.get_by_role("alert").first).to_contain_text("Pilih aturan yang dilanggar.")
    form.get_by_label(str(Rule.SPAM.label)).check()
    form.get_by_label("Pesan kepada warga").fill("Ini iklan.")
    form.get_by_role("button", name="Sembunyikan").click()
    expect(page.get_by_text("Keputusan tersimpan.")).to_be_visible()
    expect(page.get_by_text("Semua sudah diperiksa")).to_be_visible()
    case.refresh_from_db()
    assert (case.state, case.decided_by) == (Case.State.CLOSED, moderator)


def test_answering_and_rating(plain, idea, responder, resident):
    page = plain(responder)
    page.goto(f"/aspirasi/{idea.pk}/jawab/")
    page.get_by_label("Jawaban", exact=True).fill("Terima kasih, kami pasang bulan depan.")
    page.get_by_role("button", name="Terbitkan jawaban").click()
    expect(page.get_by_text("Jawaban resmi sudah tayang.")).to_be_visible()
    author = plain(resident)
    author.goto(f"/aspirasi/{idea.pk}/")
    author.get_by_role("group", name="Jelas").get_by_label("4 dari 4").check()
    author.get_by_role("button", name="Kirim penilaian").click()
    expect(author.get_by_text("penilaian Anda tersimpan")).to_be_visible()
