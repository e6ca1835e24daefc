"""A photo that cannot be used is named in a sentence beside the field; no typed word is lost."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

from participation.models import Photo

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 400


def picture(*, width=400, height=300):
    content = BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def big():
    """A readable photo of 11 MB: readers stop at the end mark, what follows only weighs."""
    return picture() + b"\x00" * (11 * 1024 * 1024)


WRONG = {
    "daftar.pdf": (lambda: b"%PDF-1.7 " + b"x" * 500, "tidak bisa dibaca", "Bukan foto"),
    "besar.jpg": (big, "lebih dari 10 MB", "11 MB, terlalu besar"),
    "iphone.heic": (lambda: HEIC, "berformat HEIC", "Bukan foto"),
    "putus.jpg": (lambda: picture()[:600], "tidak bisa dibaca", "Bukan foto"),
}


def fill(page, project):
    page.goto(f"/proyek/{project.slug}/kirim/")
    page.get_by_label("Apa yang Anda usulkan?").fill("Ubin lepas di jalur utama")
    page.get_by_label("Ceritakan lebih lanjut").fill("Dua orang tersandung minggu ini.")
    page.get_by_label("Lainnya").check()


def expect_kept(page):
    expect(page.get_by_label("Apa yang Anda usulkan?")).to_have_value("Ubin lepas di jalur utama")
    expect(page.get_by_label("Ceritakan lebih lanjut")).to_have_value(
        "Dua orang tersandung minggu ini."
    )
    expect(page.get_by_label("Lainnya")).to_be_checked()


@pytest.fixture
def file(tmp_path):
    """One of the wrong photos as a file: `file("besar.jpg")`."""

    def write(name):
        path = tmp_path / name
        path.write_bytes(WRONG[name][0]())
        return path

    return write


def test_the_server_says_what_is_wrong_with_each_photo(browse, project, resident, file):
    page = browse(resident, java_script_enabled=False)
    for name, (_content, said, _on_the_device) in WRONG.items():
        fill(page, project)
        page.get_by_label("Foto").set_input_files([file(name)])
        page.get_by_role("button", name="Kirim aspirasi").click()
        error = page.locator("#id_photos_error")
        expect(error).to_contain_text("Foto ke-1")
        expect(error).to_contain_text(said)
        described = page.get_by_label("Foto").get_attribute("aria-describedby") or ""
        assert "id_photos_error" in described
        expect(page.get_by_text("Foto perlu dipilih sekali lagi")).to_be_visible()
        expect_kept(page)
    assert not Photo.objects.exists()


def test_the_device_says_it_before_anything_is_sent(browse, project, resident, file):
    page = browse(resident)
    fill(page, project)
    for name, (_content, _by_the_server, said) in WRONG.items():
        page.locator("input[type=file]").set_input_files([file(name)])
        error = page.locator("[data-photos-error]")
        expect(error).to_contain_text(f"{name}: ")
        expect(error).to_contain_text(said)
        page.get_by_role("button", name=re.compile("^Hapus foto")).click()
        expect(error).to_be_hidden()
        expect_kept(page)


def test_a_good_photo_goes_along_after_a_wrong_one(
    browse, project, resident, file, photo, tmp_path
):
    """It is made smaller on the device, and neither place nor camera are sent."""
    page = browse(resident)
    fill(page, project)
    field = page.locator("input[type=file]")
    photo_file = tmp_path / photo["name"]
    photo_file.write_bytes(photo["buffer"])
    field.set_input_files([file("daftar.pdf"), photo_file])
    expect(page.locator(".upload--bad")).to_have_count(1)
    expect(page.locator(".upload--done")).to_have_count(1)
    page.get_by_role("button", name="Kirim aspirasi").click()
    expect(page.get_by_text("Aspirasi terkirim.")).to_be_visible()
    stored = Photo.objects.get()
    assert (stored.width, stored.height) == (1600, 1067)


def test_more_than_four_photos_are_refused_in_words(browse, project, resident):
    page = browse(resident)
    fill(page, project)
    one = {"name": "satu.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.locator("input[type=file]").set_input_files([one] * 5)
    expect(page.locator(".upload--done")).to_have_count(4)
    expect(page.locator("[data-photos-error]")).to_contain_text("Paling banyak 4 foto.")
