"""Files of an answer: known by content, kept under random names, public only with the answer."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from forum.answers.models import AnswerDraft, Attachment, OfficialAnswer
from participation import services as participation
from tests.answers.conftest import page

PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def office(*parts: str, mimetype: str = "") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for part in parts:
            archive.writestr(part, "x")
    return content.getvalue()


def picture() -> bytes:
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera rahasia"
    Image.new("RGB", (60, 40), "green").save(content, "JPEG", exif=exif)
    return content.getvalue()


def upload(content: bytes, name: str = "Rancangan sisi timur.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_offered_with_the_answer_and_only_to_be_saved(
    idea, responder, sign_in, client, form, tmp_path
):
    sent = form(files=[upload(PDF), upload(picture(), "foto.jpg")])
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    shown = page(client.get(url("idea", idea.pk)))
    assert "Rancangan sisi timur.pdf" in shown and "foto.webp" in shown
    plan, photo = Attachment.objects.order_by("pk")
    response = client.get(url("attachment", plan.key))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert str(plan.key) in plan.file.name and "Rancangan" not in plan.file.name
    stored = b"".join(client.get(url("attachment", photo.key)).streaming_content)
    assert b"Kamera" not in stored and stored[:4] == b"RIFF"


def test_a_file_of_a_draft_is_there_for_the_unit_alone(idea, cast, colleague, sign_in, form):
    sent = form(files=[upload(PDF)], aksi="simpan")
    assert sign_in(cast.responder).post(url("answer", idea.pk), sent).status_code == 302
    key = Attachment.objects.get().key
    for person in (cast.anonymous, cast.resident, cast.responder_elsewhere, cast.moderator,
                   cast.leader, cast.planner, cast.city_admin):  # fmt: skip
        assert sign_in(person).get(url("attachment", key)).status_code == 404, person
    for person in (cast.responder, colleague):
        assert sign_in(person).get(url("attachment", key)).status_code == 200, person


def test_a_file_goes_with_the_aspirasi_and_with_a_new_version(
    idea, responder, moderator, sign_in, client, form
):
    browser = sign_in(responder)
    browser.post(url("answer", idea.pk), form(files=[upload(PDF)]))
    key = Attachment.objects.get().key
    assert str(key) in page(browser.get(url("answer", idea.pk)))
    browser.post(url("answer", idea.pk), form(version="1", kept=[str(key)]))
    assert client.get(url("attachment", key)).status_code == 200
    # A change that leaves it out: it stays public until the change is.
    browser.post(url("answer", idea.pk), form(version="2", aksi="simpan"))
    assert client.get(url("attachment", key)).status_code == 200
    browser.post(url("answer", idea.pk), form(version="2", draft_version="1"))
    assert client.get(url("attachment", key)).status_code == 404
    assert "Rancangan sisi timur.pdf" in page(client.get(url("answer_versions", idea.pk)))
    browser.post(url("answer", idea.pk), form(version="3", files=[upload(PDF)]))
    key = Attachment.objects.get(is_published=True).key
    idea.refresh_from_db()
    participation.hide_idea(idea=idea, by=moderator, reason="x")
    for person in (None, moderator, responder):
        assert sign_in(person).get(url("attachment", key)).status_code == 404


def test_what_is_taken_out_of_a_draft_is_deleted(
    idea, responder, sign_in, form, tmp_path, django_capture_on_commit_callbacks
):
    browser = sign_in(responder)
    browser.post(url("answer", idea.pk), form(files=[upload(PDF)], aksi="simpan"))
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(url("answer", idea.pk), form(aksi="simpan", draft_version="1"))
    assert not Attachment.objects.exists()
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (office("[Content_Types].xml", "word/document.xml"), "surat.docx"),
        (office("[Content_Types].xml", "xl/workbook.xml"), "surat.xlsx"),
        (office(mimetype="application/vnd.oasis.opendocument.text"), "surat.odt"),
    ],
    ids=["docx", "xlsx", "odt"],
)
def test_office_files_are_known_by_their_content(content, name, idea, responder, sign_in, form):
    sent = form(files=[upload(content, "surat.exe")], aksi="simpan")
    assert sign_in(responder).post(url("answer", idea.pk), sent).status_code == 302
    assert Attachment.objects.get().name == name


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"MZ\x90\x00",
        b"",
        b"%PDF-1.4 terpotong",
        b"PK\x03\x04 rusak",
        b"\xff\xd8\xff rusak",
        office("a.txt"),
        office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        office(mimetype="application/x-msdownload"),
        PDF + b"%" * 5 * 1024 * 1024 + b"\n%%EOF",
    ],
    ids="html exe empty cut-pdf broken-zip broken-jpg zip macros odd-mimetype too-big".split(),
)
def test_any_other_file_is_refused_with_a_sentence(content, idea, responder, sign_in, form):
    sent = form(body="Teks yang panjang.", files=[upload(content, "berkas.pdf")])
    response = sign_in(responder).post(url("answer", idea.pk), sent)
    assert response.status_code == 422
    assert "Berkas ke-1" in page(response) or "Foto ke-1" in page(response)
    assert "Teks yang panjang." in page(response) and "Pilih lagi berkasnya" in page(response)
    assert not OfficialAnswer.objects.exists() and not Attachment.objects.exists()


def test_at_most_five_files(idea, responder, sign_in, form):
    browser = sign_in(responder)
    sent = form(files=[upload(PDF) for _ in range(4)], aksi="simpan")
    assert browser.post(url("answer", idea.pk), sent).status_code == 302
    keys = [str(row.key) for row in Attachment.objects.all()]
    sent = form(files=[upload(PDF), upload(PDF)], kept=keys, aksi="simpan", draft_version="1")
    response = browser.post(url("answer", idea.pk), sent)
    assert response.status_code == 422 and "Paling banyak 5 lampiran" in page(response)
    assert Attachment.objects.count() == 4 and AnswerDraft.objects.get().version == 1


def test_a_wrong_field_says_that_files_must_be_chosen_again(idea, responder, sign_in, form):
    sent = form({"kind": "first", "text": "", "due_on": "2030-01-01"}, files=[upload(PDF)])
    response = sign_in(responder).post(url("answer", idea.pk), sent)
    assert response.status_code == 422 and "Pilih lagi berkasnya" in page(response)
    assert not Attachment.objects.exists()
