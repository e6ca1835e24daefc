"""The officers' desk: taken up once, answered, said aloud, skipped, put back; who may not."""

import pytest

from forum.sessions import services
from forum.sessions.models import Question, QuestionHistory, Session, SessionAnswer
from tests.together import at_once


def act(client, question, action, **fields):
    url = f"/tanya/{question.session_id}/meja/{question.pk}/tindakan/"
    return client.post(url, {"tindakan": action, **fields})


def now(question) -> Question:
    return Question.objects.get(pk=question.pk)


def page(client, session) -> str:
    return client.get(f"/tanya/{session.pk}/").content.decode()


def test_taking_up_shows_everybody_who_is_at_it(session, ask, sign_in, responder):
    question = ask()
    assert act(sign_in(responder), question, "ambil").status_code == 302
    assert (now(question).state, now(question).officer) == ("being_answered", responder)
    assert "Sedang dijawab Hendra Wijaya" in page(sign_in(None), session)


def test_a_question_that_a_colleague_took_is_409_and_says_who(
    ask, sign_in, responder, second_responder
):
    question = ask()
    act(sign_in(responder), question, "ambil")
    client = sign_in(second_responder)
    for action, fields in (
        ("ambil", {}),
        ("jawab", {"body": "Naskah saya yang panjang.", "version": 0}),
        ("lisan", {"note": "Sudah saya jawab."}),
        ("lewati", {"reason": "Di luar topik sesi."}),
    ):
        answer = act(client, question, action, **fields)
        assert answer.status_code == 409
        shown = answer.content.decode()
        assert "Pertanyaan ini sedang dijawab Hendra Wijaya." in shown
        for typed in fields.values():
            assert str(typed) in shown
    assert (now(question).state, now(question).officer) == ("being_answered", responder)
    assert not SessionAnswer.objects.exists()


def test_taking_up_twice_is_the_same_as_once(ask, sign_in, responder):
    question, client = ask(), sign_in(responder)
    assert [act(client, question, "ambil").status_code for _ in range(2)] == [302, 302]
    assert QuestionHistory.objects.filter(question=question, field="state").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_one_gets_it(session, ask, responder, second_responder):
    question = ask()
    people = [responder, second_responder]

    def take():
        person = people.pop()
        try:
            services.take_up(question=question, by=person)
        except services.TakenByColleague as taken:
            return taken.question.officer_id
        return "mine"

    results = at_once(2, take)
    assert sorted(map(str, results)) == sorted([str(now(question).officer_id), "mine"])
    assert QuestionHistory.objects.filter(question=question, field="state").count() == 1


def test_a_written_answer_stands_below_the_question_for_all(session, ask, sign_in, responder, told):
    question, client = ask(), sign_in(responder)
    act(client, question, "ambil")
    assert act(client, question, "jawab", body="Minggu **depan**.", version=0).status_code == 302
    shown = page(sign_in(None), session)
    assert "Minggu <strong>depan</strong>." in shown
    assert "Hendra Wijaya" in shown
    assert (now(question).state, Session.objects.get().answered_count) == ("answered", 1)
    assert ("session", "Pertanyaan Anda sudah dijawab", "Nur Aini") in told()


def test_changing_an_answer_keeps_the_earlier_text_and_needs_its_version(
    ask, sign_in, responder, second_responder
):
    question = ask()
    first, second = sign_in(responder), sign_in(second_responder)
    act(first, question, "jawab", body="Besok.", version=0)
    stale = act(second, question, "jawab", body="Lusa.", version=0)
    assert stale.status_code == 409
    assert "Lusa." in stale.content.decode() and "Besok." in stale.content.decode()
    assert 'name="version" value="1"' in stale.content.decode()
    assert act(second, question, "jawab", body="Lusa.", version=1).status_code == 302
    answer = SessionAnswer.objects.get()
    assert (answer.body, answer.version, answer.officer) == ("Lusa.", 2, second_responder)
    earlier = QuestionHistory.objects.get(question=question, field="answer")
    assert (earlier.text, earlier.actor) == ("Besok.", second_responder)
    assert Session.objects.get().answered_count == 1


def test_answered_aloud_with_a_note_skipped_with_a_reason(session, ask, sign_in, responder, told):
    aloud, skipped, client = ask("Satu?"), ask("Dua?"), sign_in(responder)
    assert act(client, aloud, "lisan", note="Lampu datang Mei.").status_code == 302
    empty = act(client, skipped, "lewati", reason=" ")
    assert empty.status_code == 422
    assert "Tulis alasannya" in empty.content.decode()
    assert act(client, skipped, "lewati", reason="Dibahas sesi lain.").status_code == 302
    shown = page(sign_in(None), session)
    assert "Lampu datang Mei." in shown and "Dibahas sesi lain." in shown
    assert (now(aloud).state, now(skipped).state) == ("answered_aloud", "skipped")
    assert Session.objects.get().answered_count == 1
    assert {row[1] for row in told() if row[2] == "Nur Aini"} >= {
        "Pertanyaan Anda dijawab lisan", "Pertanyaan Anda dilewati. Baca alasannya",
    }  # fmt: skip


def test_one_puts_back_what_is_ones_own_the_planners_anything(
    ask, sign_in, responder, second_responder, planner, make_person, other_unit, session
):
    question = ask()
    outsider = make_person("Tamu", role="responder", unit=other_unit)
    services.edit_session(
        session=session, by=responder, seen_version=1,
        plan_=services.SessionPlan(
            title="T", starts_at=session.starts_at, ends_at=session.ends_at,
            officers=[responder, outsider],
        ),
    )  # fmt: skip
    act(sign_in(responder), question, "ambil")
    assert act(sign_in(outsider), question, "lepas").status_code == 409
    assert now(question).state == "being_answered"
    for _ in range(2):
        assert act(sign_in(responder), question, "lepas").status_code == 302
    assert (now(question).state, now(question).officer) == ("waiting", None)
    act(sign_in(outsider), question, "ambil")
    assert act(sign_in(planner), question, "lepas").status_code == 302
    assert now(question).state == "waiting"


def test_who_is_not_an_officer_of_the_session_answers_nothing(
    session, ask, sign_in, resident, responder_elsewhere, planner, moderator, client
):
    question = ask()
    for person in (resident, responder_elsewhere, planner, moderator):
        for action, fields in (
            ("ambil", {}), ("jawab", {"body": "Ya.", "version": 0}), ("lisan", {}),
            ("lewati", {"reason": "x"}),
        ):  # fmt: skip
            assert act(sign_in(person), question, action, **fields).status_code == 403
    assert act(client, question, "ambil").status_code == 302  # to sign in
    assert now(question).state == "waiting"


def test_an_officer_who_lost_every_role_and_the_post_answers_no_more(
    session, ask, sign_in, responder
):
    question, client = ask(), sign_in(responder)
    responder.role_grants.all().delete()
    responder.staff_profile.delete()
    assert act(client, question, "ambil").status_code == 403


def test_what_is_left_is_answered_in_writing_after_the_end(session, ask, over, sign_in, responder):
    question = ask()
    over(session)
    answer = act(sign_in(responder), question, "jawab", body="Menyusul.", version=0)
    assert answer.status_code == 302
    assert "Menyusul." in page(sign_in(None), session)


def test_an_unknown_action_changes_nothing(ask, sign_in, responder):
    question = ask()
    assert act(sign_in(responder), question, "hapus").status_code == 422
    assert now(question).state == "waiting"


# --- Moderators ----------------------------------------------------------------------------------


def test_hiding_names_the_rule_leaves_a_tombstone_and_tells_the_author(
    session, ask, sign_in, moderator, resident, told
):
    question = ask("Petugasnya malas, siapa namanya?")
    empty = act(sign_in(moderator), question, "sembunyikan", message="Ulangi tanpa nama.")
    assert empty.status_code == 422
    assert "Ulangi tanpa nama." in empty.content.decode()
    assert "Pilih aturan yang dilanggar." in empty.content.decode()
    done = act(
        sign_in(moderator), question, "sembunyikan", rule="person", message="Ulangi tanpa nama."
    )
    assert done.status_code == 302
    everybody, author = page(sign_in(None), session), page(sign_in(resident), session)
    assert "siapa namanya" not in everybody
    assert "Menyerang orang" in author and "Ulangi tanpa nama." in author
    assert Session.objects.get().question_count == 0
    assert ("moderation", "Pertanyaan Anda disembunyikan. Aturan: %(rule)s", "Nur Aini") in told()
    for path in ("?q=malas", "perubahan/", "layar/"):
        shown = sign_in(None).get(f"/tanya/{session.pk}/{path}").content.decode()
        assert "siapa namanya" not in shown


def test_a_hidden_question_comes_back_to_its_place(session, ask, moderator, resident, told):
    first, second = ask("Satu?"), ask("Dua?")
    services.hide_question(question=first, by=moderator, rule="spam", message="x")
    assert services.release_question(question=first, by=moderator)
    assert not services.release_question(question=first, by=moderator)
    assert now(first).order < now(second).order
    assert Session.objects.get().question_count == 2


def test_release_and_hide_are_for_moderators_of_the_project_and_not_of_ones_own(
    make_session, ask, sign_in, resident, responder, planner, moderator, moderator_elsewhere
):
    session = make_session(premoderated=True)
    question, own = ask(in_=session), ask(in_=session, author=moderator)
    hide = {"rule": "spam", "message": "x"}
    for person in (resident, responder, planner, moderator_elsewhere):
        assert act(sign_in(person), question, "terbitkan").status_code == 403
        assert act(sign_in(person), question, "sembunyikan", **hide).status_code == 403
    assert act(sign_in(moderator), own, "terbitkan").status_code == 403
    assert act(sign_in(moderator), question, "terbitkan").status_code == 302
    assert (now(question).visibility, now(own).visibility) == ("published", "held")


def test_a_held_question_is_not_answered_before_it_is_released(
    make_session, ask, sign_in, responder
):
    question = ask(in_=make_session(premoderated=True))
    assert act(sign_in(responder), question, "ambil").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_releases_at_once_publish_once(make_session, ask, moderator):
    question = ask(in_=make_session(premoderated=True))
    results = at_once(4, lambda: services.release_question(question=question, by=moderator))
    assert results.count(True) == 1
    assert Session.objects.get().question_count == 1
