"""Documents as civil servants attach them: known by their content, never by their name.

PDF, OpenDocument and Office files without macros, and pictures (made small and stripped by
`core.photos`). A wrong file gives the sender a sentence (ValidationError), never an error page.
"""

import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import photos, text

LARGEST_BYTES = 5 * 1024 * 1024
MOST_PARTS = 5_000  # files inside an Office file
LONGEST_NAME = 100

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
# By the folder that only this kind of Office file has.
OFFICE = {
    "word/": ("docx", f"{_OPEN_XML}wordprocessingml.document"),
    "xl/": ("xlsx", f"{_OPEN_XML}spreadsheetml.sheet"),
    "ppt/": ("pptx", f"{_OPEN_XML}presentationml.presentation"),
}
_OASIS = "application/vnd.oasis.opendocument."
OPEN_DOCUMENT = {
    f"{_OASIS}text": "odt",
    f"{_OASIS}spreadsheet": "ods",
    f"{_OASIS}presentation": "odp",
}
ACCEPT = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.odp,.jpg,.jpeg,.png,.webp"


@dataclass(frozen=True, slots=True)
class Document:
    """A file ready to keep: its bytes, the name it is offered under, its kind."""

    content: bytes
    name: str
    extension: str
    content_type: str


def read(upload: UploadedFile, *, position: int) -> Document:
    """Check one upload. `position` (1, 2, ...) tells the sender which file is meant."""
    which = {"number": position}
    if (upload.size or 0) > LARGEST_BYTES:
        raise ValidationError(_("Berkas ke-%(number)s lebih dari 5 MB. Perkecil dulu.") % which)
    upload.seek(0)
    content = upload.read()
    if content[:5] == b"%PDF-":
        if b"%%EOF" not in content[-2048:]:
            raise ValidationError(
                _("Berkas ke-%(number)s terpotong. Unggah PDF yang utuh.") % which
            )
        return _document(upload, content, "pdf", "application/pdf")
    if content[:4] == b"PK\x03\x04":
        extension, content_type = _office_kind(upload, which)
        return _document(upload, content, extension, content_type)
    if content[:3] == b"\xff\xd8\xff" or content[:4] in (b"\x89PNG", b"RIFF"):
        picture = photos.read(upload, position=position)
        return _document(upload, picture.content, "webp", "image/webp")
    raise ValidationError(
        _(
            "Berkas ke-%(number)s tidak bisa dipakai. Pilih PDF, gambar, atau "
            "dokumen seperti Word atau Excel."
        )
        % which
    )


def _office_kind(upload: UploadedFile, which: dict[str, int]) -> tuple[str, str]:
    """The kind of a zipped Office file. Only its list of parts is read, nothing is unpacked."""
    try:
        upload.seek(0)
        with zipfile.ZipFile(upload) as archive:
            parts = archive.namelist()
            if len(parts) > MOST_PARTS:
                raise zipfile.BadZipFile
            first = archive.infolist()[0]
            stored = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
            declared = (
                archive.read(first).decode("ascii", "replace")
                if stored and first.file_size < 200
                else ""
            )
    except (zipfile.BadZipFile, OSError, ValueError, IndexError, NotImplementedError) as error:
        raise ValidationError(
            _("Berkas ke-%(number)s tidak bisa dibuka. Simpan ulang, lalu pilih lagi.") % which
        ) from error
    except RuntimeError as error:  # zipfile's word for an encrypted part
        raise ValidationError(
            _(
                "Berkas ke-%(number)s dikunci dengan kata sandi. Simpan tanpa kata "
                "sandi supaya warga bisa membukanya."
            )
            % which
        ) from error
    lowered = [part.lower() for part in parts]
    if any("vbaproject" in part or part.startswith("basic/") for part in lowered):
        raise ValidationError(
            _("Berkas ke-%(number)s berisi makro. Simpan tanpa makro, lalu pilih lagi.") % which
        )
    if declared in OPEN_DOCUMENT:
        return OPEN_DOCUMENT[declared], declared
    if "[Content_Types].xml" in parts:
        for folder, kind in OFFICE.items():
            if any(part.startswith(folder) for part in parts):
                return kind
    raise ValidationError(
        _(
            "Berkas ke-%(number)s tidak bisa dipakai. Pilih PDF, gambar, atau "
            "dokumen seperti Word atau Excel."
        )
        % which
    )


def _document(upload: UploadedFile, content: bytes, extension: str, content_type: str) -> Document:
    """The name keeps letters, digits and a few signs; the extension follows the content."""
    try:
        stem = text.clean_line(PurePath(upload.name or "").stem)
    except ValidationError:
        stem = ""
    stem = re.sub(r"[^\w .,()-]+", " ", stem).strip(" .")[:LONGEST_NAME].strip()
    return Document(content, f"{stem or _('lampiran')}.{extension}", extension, content_type)
