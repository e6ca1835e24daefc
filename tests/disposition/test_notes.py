"""Private notes reach those who work on an aspirasi, and nobody else by any way out."""

import uuid

import pytest
from django.core import mail

from accounts.models import Role, RoleGrant
from forum.disposition import services as disposition
from forum.disposition.models import Note, NoteMention
from forum.tasks import send_letters
from notifications.models import Notice, Receipt
from tests.jobs import drain

SECRET = "Kontraktor lampunya sedang diperiksa Inspektorat"


@pytest.fixture
def task(stand_at, idea, moderator, perkim):
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
    return idea.disposition


@pytest.fixture
def write(task, responder):
    def make(*, by=None, body=SECRET, mentions=(), key=None):
        return disposition.write_note(
            disposition=task,
            by=by or responder,
            body=body,
            client_key=key or uuid.uuid4(),
            mentions=[person.pk for person in mentions],
        )

    return make


def post(browser, task, **fields):
    fields.setdefault("client_key", str(uuid.uuid4()))
    return browser.post(f"/tugas/{task.idea_id}/catatan/", fields)


def test_a_note_calls_colleagues_who_are_told_without_its_text(
    task, responder, moderator, leader, sign_in
):
    answer = post(sign_in(responder), task, body=SECRET, mentions=[moderator.pk, leader.pk])
    note = Note.objects.get()
    assert answer["Location"].endswith(f"/tugas/{task.idea_id}/#catatan-{note.pk}")
    drain()
    told = Receipt.objects.filter(event__source_kind="note")
    assert set(told.values_list("person", flat=True)) == {moderator.pk, leader.pk}
    news = sign_in(moderator).get("/kabar/").content.decode()
    assert "Anda disebut dalam catatan internal" in news and SECRET not in news
    send_letters()
    letters = [letter for letter in mail.outbox if letter.to == [moderator.email]]
    assert letters and not any(SECRET in letter.body for letter in letters)
    for person in (moderator, leader, responder):
        assert SECRET in sign_in(person).get(f"/tugas/{task.idea_id}/").content.decode()


@pytest.mark.parametrize(
    "who",
    ["anonymous", "resident", "other_resident", "responder_elsewhere", "moderator_elsewhere",
     "planner", "bkpsdm", "city_admin", "auditor"],
)  # fmt: skip
def test_no_way_out_shows_a_note_to_anybody_else(who, task, write, cast, sign_in, moderator):
    note = write(mentions=[moderator])
    disposition.refuse(
        disposition=task, by=cast.responder, seen_version=2, reason="Rahasia dapur kami"
    )
    drain()
    browser, number = sign_in(getattr(cast, who)), task.idea_id
    ways = [
        "/", "/proyek/", "/aspirasi/", "/aspirasi/?q=Inspektorat", "/aspirasi/?q=Kontraktor",
        f"/proyek/{task.idea.project.slug}/", f"/proyek/{task.idea.project.slug}/perubahan/",
        f"/aspirasi/{number}/", f"/aspirasi/{number}/perubahan/", f"/aspirasi/{number}/riwayat/",
        f"/aspirasi/{number}/lengkapi/", "/kabar/", "/kabar/perubahan/", "/jam-jawaban/",
        "/tugas/", f"/tugas/{number}/", "/jawaban/", "/meja/", "/aspirasi-saya/",
    ]  # fmt: skip
    for way in ways:
        text = browser.get(way, follow=True).content.decode()
        for secret in (SECRET, "Rahasia dapur", "catatan internal", f"catatan-{note.pk}"):
            assert secret.lower() not in text.lower(), (way, secret)
    assert browser.get(f"/tugas/{number}/").status_code in (302, 403, 404)
    assert post(browser, task, body="x").status_code in (302, 403, 404)
    assert browser.post(f"/catatan/{note.pk}/tarik/").status_code in (302, 404)
    assert Note.objects.count() == 1 and Note.objects.get().withdrawn_at is None


def test_who_lost_access_since_is_not_sent_what_was_told_before(
    task, write, make_person, perkim, sign_in
):
    leaver = make_person("Wahyu Hidayat", role=Role.RESPONDER, unit=perkim)
    write(mentions=[leaver])
    drain()
    RoleGrant.objects.filter(person=leaver).delete()
    send_letters()
    assert not [letter for letter in mail.outbox if letter.to == [leaver.email]]
    news = sign_in(leaver).get("/kabar/").content.decode()
    assert "catatan internal" not in news and task.idea.title not in news


def test_opening_the_task_is_having_seen_its_news(task, write, moderator, sign_in):
    write(mentions=[moderator])
    drain()
    browser = sign_in(moderator)
    assert Notice.objects.filter(person=moderator, seen_at=None).exists()
    browser.get(f"/tugas/{task.idea_id}/")
    assert not Notice.objects.filter(person=moderator, seen_at=None).exists()


def test_a_withdrawn_note_is_shown_to_nobody_and_told_to_nobody(
    task, write, responder, moderator, sign_in
):
    note = write(mentions=[moderator])
    drain()
    assert sign_in(moderator).post(f"/catatan/{note.pk}/tarik/").status_code == 403
    assert sign_in(responder).post(f"/catatan/{note.pk}/tarik/").status_code == 302
    for person in (responder, moderator):
        page = sign_in(person).get(f"/tugas/{task.idea_id}/").content.decode()
        assert SECRET not in page and "menarik catatan ini" in page
    assert "catatan internal" not in sign_in(moderator).get("/kabar/").content.decode()
    send_letters()
    letters = [letter for letter in mail.outbox if letter.to == [moderator.email]]
    assert not any("catatan internal" in letter.body for letter in letters)
    assert sign_in(responder).post(f"/catatan/{note.pk}/tarik/").status_code == 404


def test_only_those_who_see_it_can_be_called(
    task, write, responder, responder_elsewhere, resident, sign_in
):
    write(mentions=[responder_elsewhere, resident, responder])
    assert not NoteMention.objects.exists(), "strangers do not count, nor oneself"
    answer = post(sign_in(responder), task, body=SECRET, mentions=[resident.pk])
    assert answer.status_code == 422 and "Pilih rekan dari daftar" in answer.content.decode()


def test_a_repeated_send_is_one_note(task, responder, moderator, sign_in):
    key = str(uuid.uuid4())
    for _ in range(2):
        answer = post(
            sign_in(responder), task, body=SECRET, client_key=key, mentions=[moderator.pk]
        )
        assert answer.status_code == 302
    assert Note.objects.count() == NoteMention.objects.count() == 1


def test_an_empty_or_endless_note_keeps_what_was_typed(task, responder, sign_in):
    browser = sign_in(responder)
    empty = post(browser, task, body="  ")
    assert empty.status_code == 422 and "Tulis catatannya dulu" in empty.content.decode()
    long = post(browser, task, body="kata " * 700)
    assert long.status_code == 422 and "kata kata" in long.content.decode()
    assert not Note.objects.exists()


def test_markup_in_a_note_stays_text(task, responder, sign_in):
    post(sign_in(responder), task, body="<script>alert(1)</script>")
    page = sign_in(responder).get(f"/tugas/{task.idea_id}/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
