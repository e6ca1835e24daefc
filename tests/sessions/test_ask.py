"""Asking: who may, when, how many; what is held; what is typed stays."""

import uuid

import pytest

from accounts import services as accounts
from forum.sessions import services
from forum.sessions.models import Question, Session
from tests.sessions.conftest import form


def url(session):
    return f"/tanya/{session.pk}/kirim/"


@pytest.mark.parametrize("begins", [2, -0.5])
def test_a_resident_asks_before_and_during_the_session(make_session, sign_in, resident, begins):
    session = make_session(begins=begins)
    answer = sign_in(resident).post(url(session), form())
    question = Question.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"#tanya-{question.pk}")
    assert (question.visibility, question.state) == ("published", "waiting")
    page = sign_in(None).get(f"/tanya/{session.pk}/").content.decode()
    assert "Kapan lampunya dipasang?" in page
    session.refresh_from_db()
    assert session.question_count == 1


def test_who_is_not_signed_in_keeps_the_text_and_is_shown_the_way(session, client):
    answer = client.post(url(session), form("Apakah air mancurnya tetap ada?"))
    assert answer.status_code == 403
    assert "Apakah air mancurnya tetap ada?" in answer.content.decode()
    assert "/akun/" in answer.content.decode()
    assert not Question.objects.exists()


def test_nobody_asks_after_the_end_and_the_text_stays(session, over, sign_in, resident):
    over(session)
    answer = sign_in(resident).post(url(session), form("Terlambatkah saya?"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Terlambatkah saya?" in page
    assert "sudah selesai" in page
    assert not Question.objects.exists()


def test_a_cancelled_or_closed_session_takes_no_question(
    make_session, sign_in, resident, responder
):
    cancelled, closed = make_session(begins=2), make_session()
    services.cancel_session(session=cancelled, by=responder, reason="Petugas sakit.")
    services.close_session(session=closed, by=responder)
    for session in (cancelled, closed):
        assert sign_in(resident).post(url(session), form()).status_code == 403
    assert not Question.objects.exists()


def test_a_blocked_person_asks_nothing(session, sign_in, resident, city_admin):
    client = sign_in(resident)
    accounts.block(person=resident, by=city_admin, reason="uji")
    assert client.post(url(session), form()).status_code == 403
    assert not Question.objects.exists()


def test_a_session_of_a_project_for_the_staff_is_not_there_for_residents(
    make_project, make_session, sign_in, resident
):
    session = make_session(project_=make_project(staff_only=True))
    for path in ("", "perubahan/", "layar/", "kalender.ics", "meja/"):
        assert sign_in(resident).get(f"/tanya/{session.pk}/{path}").status_code == 404
    assert sign_in(resident).post(url(session), form()).status_code == 404


def test_no_more_open_questions_than_the_session_allows(session, sign_in, resident, responder):
    client = sign_in(resident)
    for n in range(3):
        assert client.post(url(session), form(f"Pertanyaan {n}?")).status_code == 302
    answer = client.post(url(session), form("Pertanyaan keempat?"))
    assert answer.status_code == 403
    assert "Pertanyaan keempat?" in answer.content.decode()
    assert "Tunggu salah satunya dijawab dulu" in answer.content.decode()
    first = Question.objects.order_by("pk")[0]
    services.answer_aloud(question=first, by=responder)
    assert client.post(url(session), form("Pertanyaan keempat?")).status_code == 302


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": " "}, "Tulis pertanyaan Anda dulu."),
        ({"body": "a " * 400}, "paling banyak 500 huruf"),
        ({"shown_as": "raja"}, "Pilih cara tampil dari daftar."),
        ({"client_key": "bukan-kunci"}, "Formulir ini tidak lengkap."),
    ],
)
def test_bad_input_is_422_and_says_so(session, sign_in, resident, changes, sentence):
    answer = sign_in(resident).post(url(session), form(**changes))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Question.objects.exists()


def test_sending_twice_makes_one_question(session, sign_in, resident):
    client, fields = sign_in(resident), form()
    for _ in range(3):
        assert client.post(url(session), fields).status_code == 302
    assert Question.objects.count() == 1
    assert Session.objects.get().question_count == 1


def test_by_htmx_the_answer_is_a_fresh_form_and_the_id_of_the_question(session, sign_in, resident):
    answer = sign_in(resident).post(url(session), form(), headers={"HX-Request": "true"})
    question = Question.objects.get()
    assert answer.status_code == 200
    assert f"tanya-{question.pk}" in answer["HX-Trigger"]
    assert 'name="client_key"' in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_question_that_the_screening_stops_is_seen_by_its_author_alone(
    session, sign_in, resident, other_resident
):
    answer = sign_in(resident).post(url(session), form("Hubungi saya di 0812 3456 7890 ya?"))
    assert answer["Location"].endswith("#milik-saya")
    question = Question.objects.get()
    assert (question.visibility, question.order) == ("held", None)
    assert "0812 3456 7890" in sign_in(resident).get(f"/tanya/{session.pk}/").content.decode()
    for person in (None, other_resident):
        for path in ("", "layar/", "perubahan/", "?q=hubungi"):
            page = sign_in(person).get(f"/tanya/{session.pk}/{path}").content.decode()
            assert "0812 3456 7890" not in page
    assert Session.objects.get().question_count == 0


def test_in_a_session_moderated_beforehand_every_question_waits(
    make_session, ask, resident, moderator
):
    session = make_session(premoderated=True)
    question = ask(in_=session)
    assert question.visibility == "held"
    assert services.release_question(question=question, by=moderator)
    question.refresh_from_db()
    assert (question.visibility, question.order is not None) == ("published", True)


@pytest.mark.parametrize(
    ("shown_as", "seen"),
    [("pseudonym", "Warga Akcaya"), ("hidden", "<b>Warga, identitas disembunyikan</b>")],
)
def test_a_hidden_name_is_nowhere_not_even_on_the_officers_desk(
    session, sign_in, resident, responder, moderator, planner, shown_as, seen
):
    sign_in(resident).post(url(session), form(shown_as=shown_as))
    question = Question.objects.get()
    services.take_up(question=question, by=responder)
    services.answer(question=question, by=responder, body="Minggu depan.", seen_version=0)
    paths = ["", "layar/", "perubahan/", "?q=lampu", f"{question.pk}/dukung/",
             f"{question.pk}/nilai/"]  # fmt: skip
    desk = ["meja/", f"meja/{question.pk}/", "meja/perubahan/"]
    for person in (None, responder, moderator, planner):
        for path in [*paths, *(desk if person else [])]:
            answer = sign_in(person).get(f"/tanya/{session.pk}/{path}")
            assert resident.display_name not in answer.content.decode(), (path, person)
    assert seen in sign_in(None).get(f"/tanya/{session.pk}/").content.decode()
    listed = sign_in(None).get(f"/proyek/{session.project.slug}/tanya/?q=lampu")
    assert "Kapan lampunya" in listed.content.decode()
    assert resident.display_name not in listed.content.decode()


def test_a_civil_servant_asks_under_the_own_name_and_is_told_so(session, ask, sign_in, planner):
    assert ask(author=planner, shown_as="hidden").shown_as == "name"
    page = sign_in(planner).get(f"/tanya/{session.pk}/").content.decode()
    assert "Anda bertanya dengan nama Anda" in page
    assert 'name="shown_as"' not in page, "a choice that is not kept"


def test_the_choices_say_what_will_be_read(session, sign_in, resident):
    page = sign_in(resident).get(f"/tanya/{session.pk}/").content.decode()
    assert f'<option value="name" selected>{resident.display_name}</option>' in page
    assert '<option value="hidden">Warga, identitas disembunyikan</option>' in page


@pytest.mark.parametrize("way", ["pseudonym", "hidden"])
def test_who_was_hidden_is_hidden_the_next_time_without_choosing(session, sign_in, resident, way):
    client = sign_in(resident)
    client.post(url(session), form(shown_as=way))
    assert (
        f'<option value="{way}" selected>' in client.get(f"/tanya/{session.pk}/").content.decode()
    )
    fields = form("Kapan selesainya?")
    del fields["shown_as"]
    client.post(url(session), fields)
    assert Question.objects.latest("pk").shown_as == way


def test_the_key_of_another_person_is_another_question(session, ask, resident, other_resident):
    key = uuid.uuid4()
    first, second = ask(client_key=key), ask(author=other_resident, client_key=key)
    assert first.pk != second.pk
