"""Every form, every bad value: a sentence, 4xx, what was typed stays, nothing is half-saved."""

import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from forum.answers.models import OfficialAnswer
from forum.discussion.models import Reply
from forum.moderation.models import Flag
from participation.models import Idea, IdeaHistory, Stage

LONG_WORD = "x" * 100_000
BAD_TEXTS = {
    "control": "lampu\x07mati",
    "null": "lampu\x00mati",
    "direction": "lampu\u202emati",
    "encoding": "lampu\ufffdmati",
    "long_word": LONG_WORD,
    "too_long": "lampu mati " * 20_000,
    "blank": "  \n\t ",
    "missing": "",
}


def page_of(answer):
    return answer.content.decode()


def is_refused(answer, *, status=422):
    """A 4xx page of ours with a summary and an error next to a field."""
    assert answer.status_code == status, answer.status_code
    page = page_of(answer)
    assert "notice--bad" in page
    assert 'class="error"' in page or "notice--bad" in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        (field, bad)
        for field in ("title", "body", "place")
        for bad in BAD_TEXTS
        if not (field == "place" and bad in ("blank", "missing"))  # the place may be empty
    ],
)
def test_an_aspirasi_with_a_bad_text(field, bad, sign_in, resident, project, idea_form):
    sent = idea_form(**{field: BAD_TEXTS[bad], "shown_as": "pseudonym"})
    answer = sign_in(resident).post(f"/proyek/{project.slug}/kirim/", sent)
    is_refused(answer)
    assert Idea.objects.count() == 0
    other = "body" if field != "body" else "title"
    assert sent[other] in page_of(answer), "what was typed is gone"
    assert sent["client_key"] in page_of(answer)


@pytest.mark.parametrize(
    "changes",
    [
        {"category": "tidak-ada"}, {"category": ""}, {"category": "\x00"},
        {"village": "00.00.00.0000"}, {"village": ""}, {"village": "'; --"},
        {"shown_as": "anonim"}, {"shown_as": ""},
        {"client_key": "bukan-uuid"}, {"client_key": ""},
        {"latitude": "1e400"}, {"latitude": "NaN"}, {"longitude": "999"},
    ],
    ids=str,
)  # fmt: skip
def test_an_aspirasi_with_an_unknown_choice(changes, sign_in, resident, project, idea_form):
    answer = sign_in(resident).post(f"/proyek/{project.slug}/kirim/", idea_form(**changes))
    is_refused(answer)
    assert Idea.objects.count() == 0


def test_bytes_that_are_no_text(sign_in, resident, project, idea_form):
    client = sign_in(resident)
    body = b"title=%ff%fe&body=%c3%28&category=penerangan"
    answer = client.post(
        f"/proyek/{project.slug}/kirim/", body, content_type="application/x-www-form-urlencoded"
    )
    is_refused(answer)
    for path in ("/aspirasi/?q=%00", "/aspirasi/?q=%ff%fe", "/aspirasi/?kelurahan=%00&status=%00"):
        assert client.get(path).status_code == 200


def test_a_body_that_is_far_too_large_is_refused_as_a_whole(sign_in, resident, project, idea_form):
    answer = sign_in(resident).post(
        f"/proyek/{project.slug}/kirim/",
        "&".join(f"{k}={v}" for k, v in idea_form(body="x" * 2_000_000).items()),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code in (400, 413)
    assert Idea.objects.count() == 0


def photo(kind="JPEG", size=(60, 40)):
    content = BytesIO()
    Image.new("RGB", size, "green").save(content, kind)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.jpg", b"bukan foto", "tidak bisa dibaca"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "tidak bisa dibaca"),
        ("a.jpg", photo()[:200], "tidak bisa dibaca"),
        ("a.jpg", b"\xff\xd8\xff" + b"0" * 11_000_000, "10 MB"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64, "HEIC"),
        ("a.jpg", b"", "kosong"),
    ],
)
def test_a_wrong_photo_keeps_everything_that_was_typed(
    name, content, words, sign_in, resident, project, idea_form
):
    good = SimpleUploadedFile("b.png", photo("PNG"))
    wrong = SimpleUploadedFile(name, content)
    answer = sign_in(resident).post(
        f"/proyek/{project.slug}/kirim/", {**idea_form(), "photos": [good, wrong]}
    )
    if words == "kosong" and answer.status_code == 302:
        return  # a browser sends an empty file part when none was chosen
    is_refused(answer)
    assert words in page_of(answer)
    assert "ke-2" in page_of(answer) or words == "kosong"
    assert "Tambah lampu di parkir timur" in page_of(answer)
    assert Idea.objects.count() == 0


def test_five_photos_are_one_too_many(sign_in, resident, project, idea_form):
    photos = [SimpleUploadedFile(f"{n}.png", photo("PNG")) for n in range(5)]
    answer = sign_in(resident).post(
        f"/proyek/{project.slug}/kirim/", {**idea_form(), "photos": photos}
    )
    is_refused(answer)
    assert "Paling banyak 4 foto" in page_of(answer)


def test_good_photos_are_kept_and_shown(sign_in, resident, project, idea_form, client):
    photos = [SimpleUploadedFile(f"{n}.jpg", photo(size=(3000, 1000))) for n in range(4)]
    answer = sign_in(resident).post(
        f"/proyek/{project.slug}/kirim/", {**idea_form(), "photos": photos}
    )
    assert answer.status_code == 302
    kept = Idea.objects.get().photos.all()
    assert [(p.width, p.height, p.position) for p in kept] == [(1600, 533, n) for n in (1, 2, 3, 4)]
    shown = client.get(f"/foto/{kept[0].key}.webp")
    assert shown.status_code == 200
    assert shown["Content-Type"] == "image/webp"
    assert b"".join(shown.streaming_content)[:4] == b"RIFF"


@pytest.mark.parametrize("stage", [Stage.DECISION, Stage.IMPLEMENTATION, Stage.DONE])
def test_a_closed_phase_says_so_and_keeps_the_text(
    stage, sign_in, resident, make_project, idea_form
):
    project = make_project(stage=stage)
    answer = sign_in(resident).post(f"/proyek/{project.slug}/kirim/", idea_form())
    assert answer.status_code == 403
    assert "ditutup" in page_of(answer)
    assert "Setelah magrib sisi timur gelap sekali." in page_of(answer)
    assert Idea.objects.count() == 0


def test_the_same_form_sent_twice_is_one_aspirasi(sign_in, resident, project, idea_form):
    client, sent = sign_in(resident), idea_form()
    first = client.post(f"/proyek/{project.slug}/kirim/", sent)
    second = client.post(f"/proyek/{project.slug}/kirim/", sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Idea.objects.count() == 1
    project.refresh_from_db()
    assert project.idea_count == 1


def test_the_key_of_another_person_is_nobodys_business(
    sign_in, resident, other_resident, project, idea_form
):
    sent = idea_form()
    sign_in(resident).post(f"/proyek/{project.slug}/kirim/", sent)
    sign_in(other_resident).post(f"/proyek/{project.slug}/kirim/", sent)
    assert Idea.objects.count() == 2


# --- Replies, reports, decisions, answers --------------------------------------------------------


@pytest.mark.parametrize("bad", BAD_TEXTS)
@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_reply_with_a_bad_text(bad, htmx, sign_in, resident, idea):
    headers = {"HX-Request": "true"} if htmx else {}
    sent = {"body": BAD_TEXTS[bad], "client_key": str(uuid.uuid4())}
    answer = sign_in(resident).post(f"/aspirasi/{idea.pk}/balas/", sent, headers=headers)
    is_refused(answer)
    assert sent["client_key"] in page_of(answer)
    assert Reply.objects.count() == 0


@pytest.mark.parametrize("parent", ["0", "-1", "abc", "999999", "9" * 30, "\x00"])
def test_a_reply_to_what_is_not_there_keeps_the_text(parent, sign_in, resident, idea):
    sent = {"body": "Saya setuju sekali.", "parent": parent, "client_key": str(uuid.uuid4())}
    answer = sign_in(resident).post(f"/aspirasi/{idea.pk}/balas/", sent)
    is_refused(answer)
    assert "Saya setuju sekali." in page_of(answer)
    assert Reply.objects.count() == 0


def test_a_reply_to_a_reply_of_another_aspirasi_is_refused(
    sign_in, resident, idea, make_idea, make_reply
):
    elsewhere = make_reply(idea_=make_idea(title="Yang lain"))
    sent = {"body": "Salah tempat", "parent": elsewhere.pk, "client_key": str(uuid.uuid4())}
    is_refused(sign_in(resident).post(f"/aspirasi/{idea.pk}/balas/", sent))
    assert Reply.objects.filter(idea=idea).count() == 0


@pytest.mark.parametrize("bad", BAD_TEXTS)
def test_an_edit_with_a_bad_text_changes_nothing(bad, sign_in, other_resident, make_reply):
    reply = make_reply("Asli")
    answer = sign_in(other_resident).post(
        f"/balasan/{reply.pk}/ubah/", {"body": BAD_TEXTS[bad], "version": 1}
    )
    is_refused(answer)
    reply.refresh_from_db()
    assert (reply.body, reply.version) == ("Asli", 1)


@pytest.mark.parametrize("reason", ["", "saya-kesal", "\x00"])
def test_a_report_without_a_reason(reason, sign_in, resident, make_reply):
    reply = make_reply()
    is_refused(sign_in(resident).post(f"/balasan/{reply.pk}/laporkan/", {"reason": reason}))
    assert Flag.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [{"rule": ""}, {"message": ""}, {"message": "a\x00b"}, {"rule": "x"}, {"decision": "hapus"},
     {"decision": ""}, {"version": "abc"}, {"version": ""}, {"version": "9" * 40}],
    ids=str,
)  # fmt: skip
def test_an_unfinished_decision_decides_nothing(changes, sign_in, moderator, resident, make_reply):
    from forum.moderation import services

    reply = make_reply()
    case = services.flag(target=reply, person=resident, reason="spam")
    sent = {"decision": "hide", "rule": "spam", "message": "Ini iklan.", "version": 1, **changes}
    is_refused(sign_in(moderator).post(f"/meja/{case.pk}/putuskan/", sent))
    case.refresh_from_db()
    reply.refresh_from_db()
    assert case.is_open
    assert reply.is_published


@pytest.mark.parametrize("bad", BAD_TEXTS)
def test_an_official_answer_with_a_bad_text(bad, sign_in, responder, idea):
    sent = {
        "body": BAD_TEXTS[bad], "status": "answered", "version": 0,
        "janji-TOTAL_FORMS": 1, "janji-INITIAL_FORMS": 0,
        "janji-0-kind": "first", "janji-0-text": "Lampu diganti", "janji-0-due_on": "2026-12-25",
    }  # fmt: skip
    answer = sign_in(responder).post(f"/aspirasi/{idea.pk}/jawab/", sent)
    is_refused(answer)
    assert "Lampu diganti" in page_of(answer)
    assert OfficialAnswer.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [{"janji-0-due_on": "besok"}, {"janji-0-kind": "x"}, {"janji-TOTAL_FORMS": "abc"},
     {"janji-TOTAL_FORMS": "5000"}, {"janji-0-text": "", "janji-0-due_on": "2026-12-25"},
     {"status": "x"}, {"version": ""}],
    ids=str,
)  # fmt: skip
def test_an_official_answer_with_a_bad_promise(changes, sign_in, responder, idea):
    sent = {
        "body": "Terima kasih, Ibu.", "status": "answered", "version": 0,
        "janji-TOTAL_FORMS": 1, "janji-INITIAL_FORMS": 0,
        "janji-0-kind": "first", "janji-0-text": "Lampu diganti", "janji-0-due_on": "2026-12-25",
        **changes,
    }  # fmt: skip
    answer = sign_in(responder).post(f"/aspirasi/{idea.pk}/jawab/", sent)
    assert answer.status_code == 422
    assert "Terima kasih, Ibu." in page_of(answer)
    assert OfficialAnswer.objects.count() == 0


@pytest.mark.parametrize("score", ["0", "5", "-1", "abc", "1.5", "\x00"])
def test_a_rating_outside_the_scale(score, sign_in, resident, responder, idea):
    from forum.answers import services

    answer = services.publish_answer(idea=idea, officer=responder, body="Baik.")
    is_refused(sign_in(resident).post(f"/aspirasi/{idea.pk}/nilai/", {"clear": score}))
    is_refused(sign_in(resident).post(f"/aspirasi/{idea.pk}/nilai/", {}))
    assert answer.ratings.count() == 0


@pytest.mark.parametrize("changes", [{"status": "x"}, {"reason": ""}, {"reason": "a\x00"}], ids=str)
def test_a_status_without_its_reason(changes, sign_in, responder, idea):
    sent = {"status": "in_progress", "reason": "Mulai dikerjakan.", **changes}
    is_refused(sign_in(responder).post(f"/aspirasi/{idea.pk}/status/", sent))
    assert IdeaHistory.objects.filter(idea=idea, field="status").count() == 0


# --- Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/aspirasi/0/", "/aspirasi/999999/", f"/aspirasi/{'9' * 18}/", f"/aspirasi/{'9' * 30}/",
     "/aspirasi/abc/", "/balasan/999999/", "/proyek/tidak-ada/", "/foto/x.webp", "/tentang/x/",
     "/foto/12345678-1234-5678-1234-567812345678.webp", "/aspirasi/?kursor=xx",
     "/aspirasi/?kursor=%00", "/%00",
     "/aspirasi/?urut=supported&kursor=WyIyMDI2LTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwxXQ"],
)  # fmt: skip
def test_an_address_of_nothing_is_a_404(path, client, city):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["urut=x", "status=x", "kelurahan=x", "kategori=x", "q=" + "a" * 5000, "q=%22%27%3B--",
     "q=a%26b|c", "q=*", "q=NEAR(", "balasan=x", "dari=x",
     "dari=" + "9" * 40, "sejak=x", "balas=" + "9" * 40],
)  # fmt: skip
def test_an_unknown_filter_is_ignored(query, client, idea, project):
    for path in ("/aspirasi/", f"/proyek/{project.slug}/", f"/aspirasi/{idea.pk}/",
                 f"/aspirasi/{idea.pk}/perubahan/"):  # fmt: skip
        assert client.get(f"{path}?{query}").status_code == 200, path
