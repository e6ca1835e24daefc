"""Photos as people send them: checked, turned upright, stripped of place and device, made small.

Whatever arrives is decoded and written anew as WebP, at most 1600 px wide or high; the original is
never kept. A wrong file gives the sender a sentence (ValidationError), never an error page.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")
HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"heim", b"heis")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo ready to keep: WebP bytes and its size in pixels."""

    content: bytes
    width: int
    height: int


def read(upload: UploadedFile, *, position: int) -> Picture:
    """Decode one upload. `position` (1, 2, ...) tells the sender which photo is meant."""
    which = {"number": position}
    if (upload.size or 0) > LARGEST_BYTES:
        raise ValidationError(
            _("Foto ke-%(number)s lebih dari 10 MB. Ambil ulang dengan ukuran lebih kecil.") % which
        )
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        raise ValidationError(
            _("Foto ke-%(number)s berformat HEIC. Ubah ke JPG di kamera, lalu pilih lagi.") % which
        )
    try:
        with warnings.catch_warnings():
            # A picture that unpacks to far more than its file is an attack, not a photo.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise Image.DecompressionBombError
                opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(opened)
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                picture = upright.convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(
            _("Foto ke-%(number)s terlalu besar untuk dibuka. Pilih foto lain.") % which
        ) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError(
            _("Foto ke-%(number)s tidak bisa dibaca. Pilih foto JPG, PNG, atau WebP yang utuh.")
            % which
        ) from error
    content = BytesIO()
    picture.save(content, "WEBP", quality=80, method=4)
    return Picture(content.getvalue(), picture.width, picture.height)
