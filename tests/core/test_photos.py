"""Photos: made small, stripped of place and device; a wrong file gets a sentence."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from core import photos


def upload(image: Image.Image, kind: str = "JPEG", **options) -> SimpleUploadedFile:
    content = BytesIO()
    image.save(content, kind, **options)
    return SimpleUploadedFile("foto.jpg", content.getvalue())


def test_a_photo_is_made_small_and_loses_its_place():
    big = Image.new("RGB", (4000, 2000), "green")
    exif = Image.Exif()
    exif[0x010F] = "Kamera"
    exif.get_ifd(0x8825)[1] = "S"
    picture = photos.read(upload(big, exif=exif), position=1)
    assert (picture.width, picture.height) == (1600, 800)
    again = Image.open(BytesIO(picture.content))
    assert again.format == "WEBP"
    assert not again.getexif()


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = photos.read(upload(Image.new("RGB", (400, 200)), exif=exif), position=1)
    assert (picture.width, picture.height) == (200, 400)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"bukan gambar",
        b"%PDF-1.4",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + b"\x00" * 20,
        b"\xff\xd8\xff\xe0" + b"\x00" * 50,
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
    ],
)
def test_what_is_no_photo_gets_a_sentence(content):
    with pytest.raises(ValidationError, match="Foto ke-3 tidak bisa dibaca"):
        photos.read(SimpleUploadedFile("a.jpg", content), position=3)


def test_a_truncated_photo_gets_a_sentence():
    whole = upload(Image.effect_noise((800, 800), 80).convert("RGB")).read()
    with pytest.raises(ValidationError, match="tidak bisa dibaca"):
        photos.read(SimpleUploadedFile("a.jpg", whole[: len(whole) // 2]), position=1)


def test_a_photo_from_an_apple_phone_names_the_way_out():
    heic = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100
    with pytest.raises(ValidationError, match="HEIC"):
        photos.read(SimpleUploadedFile("a.heic", heic), position=1)


def test_a_bomb_is_not_opened():
    bomb = upload(Image.new("1", (12_000, 12_000)), "PNG")
    assert bomb.size < 100_000
    with pytest.raises(ValidationError, match="terlalu besar"):
        photos.read(bomb, position=1)


def test_more_than_ten_megabytes_are_not_read():
    large = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff" + b"0" * (photos.LARGEST_BYTES + 1))
    with pytest.raises(ValidationError, match="10 MB"):
        photos.read(large, position=1)
