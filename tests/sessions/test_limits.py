"""Who asks, supports or rates too fast, writes what is not taken, or may not for a time."""

import uuid

import pytest

from accounts import services as accounts
from config import settings as real
from forum.sessions import selectors, services
from forum.sessions.models import Question, QuestionSupport, SessionRating
from tests.sessions.conftest import form

HTMX = {"HX-Request": "true"}
ONCE = {"person": ["1/h"], "new": ["1/h"]}
NIK = "3515144508680002"


@pytest.fixture
def limits(settings):
    """Limits in the place of some real ones: `limits(question=...)`."""

    def set_to(**changes):
        settings.LIMITS = {**real.LIMITS, **changes}

    return set_to


@pytest.fixture
def answered(ask, responder):
    question = ask()
    services.answer(question=question, by=responder, body="Minggu depan.", seen_version=0)
    return selectors.fresh(question.pk)


def url(session):
    return f"/tanya/{session.pk}/kirim/"


def is_refused(answer, *kept):
    assert answer.status_code == 429, answer.status_code
    assert int(answer["Retry-After"]) >= 1
    page = answer.content.decode()
    assert "Silakan lanjut" in page
    for words in kept:
        assert words in page, "what was typed is gone"


# --- Screening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_an_identity_number_goes_back_with_the_text_kept(headers, session, sign_in, resident):
    client, sent = sign_in(resident), form(f"NIK saya {NIK}, sudah terdaftar?")
    answer = client.post(url(session), sent, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Hapus NIK" in page and NIK in page and sent["client_key"] in page
    assert not Question.objects.exists()
    mended = {**sent, "body": "Apakah saya sudah terdaftar?"}
    assert client.post(url(session), mended).status_code == 302
    assert Question.objects.get().is_published


def test_the_same_question_again_is_marked_for_the_officers_then_held(
    session, settings, sign_in, resident, responder
):
    settings.FINGERPRINT_DAYS = 3
    client, desk = sign_in(resident), sign_in(responder)
    body = "Kapan lampu taman di ujung jalan dipasang dan siapa yang merawatnya nanti?"
    seen = []
    for _ in range(3):
        assert client.post(url(session), form(body)).status_code == 302
        marked = "Ditandai saringan" in desk.get(f"/tanya/{session.pk}/meja/").content.decode()
        seen.append((Question.objects.latest("pk").visibility, marked))
    assert seen == [("published", False), ("published", True), ("held", True)]
    page = sign_in(None).get(f"/tanya/{session.pk}/").content.decode()
    assert "Ditandai saringan" not in page


def test_the_same_question_in_another_project_is_no_repetition(
    session, settings, make_project, make_session, ask
):
    settings.FINGERPRINT_DAYS = 3
    body = "Kapan lampu taman di ujung jalan dipasang dan siapa yang merawatnya nanti?"
    elsewhere = make_session(project_=make_project())
    assert [ask(body).findings, ask(body, in_=elsewhere).findings] == [[], []]


# --- Limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_one_question_too_many_keeps_what_was_typed(headers, limits, session, sign_in, resident):
    limits(question=ONCE)
    client, first = sign_in(resident), form("Pertama?")
    client.post(url(session), first, headers=headers)
    again = client.post(url(session), first, headers=headers)
    assert again.status_code == (200 if headers else 302), "the same form is the same question"
    sent = form("Kedua, masih di sini?", shown_as="hidden")
    answer = client.post(url(session), sent, headers=headers)
    is_refused(answer, "Kedua, masih di sini?", sent["client_key"])
    assert '<option value="hidden" selected>' in answer.content.decode()
    assert ("<!doctype html>" in answer.content.decode().lower()) is not bool(headers)
    assert [question.body for question in Question.objects.all()] == ["Pertama?"]


def test_one_support_too_many_says_so(limits, ask, sign_in, other_resident):
    limits(support=ONCE)
    client, first, second = sign_in(other_resident), ask("Satu?"), ask("Dua?")
    path = f"/tanya/{first.session_id}/{{}}/dukung/"
    assert client.post(path.format(first.pk), {"dukung": "ya"}).status_code == 302
    is_refused(client.post(path.format(second.pk), {"dukung": "ya"}))
    answer = client.post(path.format(second.pk), {"dukung": "ya"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (429, path.format(second.pk))
    assert "Silakan lanjut" in client.get(answer["HX-Redirect"]).content.decode()
    assert QuestionSupport.objects.count() == 1


def test_one_rating_too_many_keeps_the_marks(limits, answered, over, sign_in, resident):
    limits(rate=ONCE)
    over(answered.session)
    client, path = sign_in(resident), f"/tanya/{answered.session_id}/{answered.pk}/nilai/"
    assert client.post(path, {"clear": "4"}).status_code == 302
    answer = client.post(path, {"clear": "1"})
    is_refused(answer)
    assert answer.context["form"]["clear"].value() == "1"
    assert SessionRating.objects.get().clear == 4


# --- Limited for a time ---------------------------------------------------------------------------


def test_a_suspended_person_neither_asks_nor_supports(
    session, ask, sign_in, resident, other_resident, moderator
):
    question, client = ask(author=other_resident), sign_in(resident)
    accounts.suspend(person=resident, by=moderator, days=7)
    sent = form("Bolehkah saya bertanya?")
    for headers, status in (({}, 403), (HTMX, 422)):
        answer = client.post(url(session), sent, headers=headers)
        assert answer.status_code == status
        assert "dibatasi sampai" in answer.content.decode()
        assert "Bolehkah saya bertanya?" in answer.content.decode()
    path = f"/tanya/{session.pk}/{question.pk}/dukung/"
    for value in ("ya", "tidak"):
        answer = client.post(path, {"dukung": value})
        assert answer.status_code == 403 and "dibatasi sampai" in answer.content.decode()
    assert client.post(path, {"dukung": "ya"}, headers=HTMX)["HX-Redirect"] == path
    assert [row.author for row in Question.objects.all()] == [other_resident]
    assert not QuestionSupport.objects.exists()


def test_a_suspended_person_does_not_rate(answered, over, sign_in, resident, moderator):
    over(answered.session)
    client, path = sign_in(resident), f"/tanya/{answered.session_id}/{answered.pk}/nilai/"
    accounts.suspend(person=resident, by=moderator, days=7)
    assert client.post(path, {"clear": "1"}).status_code == 403
    assert "dibatasi sampai" in client.get(path).content.decode()
    assert not SessionRating.objects.exists()


def test_the_key_of_a_form_is_of_one_person(limits, session, sign_in, resident, other_resident):
    """Somebody else's counted form lets nobody past the own limit."""
    limits(question=ONCE)
    shared = str(uuid.uuid4())
    sign_in(other_resident).post(url(session), form("Satu?", client_key=shared))
    client = sign_in(resident)
    assert client.post(url(session), form("Dua?")).status_code == 302
    is_refused(client.post(url(session), form("Tiga?", client_key=shared)), "Tiga?")
