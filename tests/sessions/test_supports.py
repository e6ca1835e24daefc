"""Support: once per person, one order for all, a crowd of taps is one change a second."""

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forum.sessions import policy, selectors, services
from forum.sessions.models import Question, QuestionSupport, Session
from tests.jobs import drain
from tests.together import at_once


def support(client, question, value="ya", **headers):
    url = f"/tanya/{question.session_id}/{question.pk}/dukung/"
    return client.post(url, {"dukung": value}, headers=headers)


def later(session):
    """As if the second since numbers were last told were over."""
    ago = timezone.now() - timedelta(seconds=5)
    Session.objects.filter(pk=session.pk).update(supports_shown_at=ago)


def queue(session):
    return [question.body for question in selectors.questions(session).queue]


def test_support_counts_once_and_can_be_taken_back(ask, sign_in, other_resident):
    question, client = ask(), sign_in(other_resident)
    for value, count in (("ya", 1), ("ya", 1), ("tidak", 0), ("tidak", 0), ("ya", 1)):
        answer = support(client, question, value)
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"#tanya-{question.pk}")
        question.refresh_from_db()
        assert question.support_count == count


def test_by_htmx_the_answer_is_the_button(ask, sign_in, other_resident):
    answer = support(sign_in(other_resident), ask(), **{"HX-Request": "true"})
    shown = answer.content.decode()
    assert 'aria-pressed="true"' in shown and "<b>1</b>" in shown and "<html" not in shown


def test_who_is_not_signed_in_is_sent_to_the_door(ask, client):
    assert "/akun/login/" in support(client, ask())["Location"]
    assert not QuestionSupport.objects.exists()


def test_a_link_alone_supports_nothing(ask, sign_in, other_resident):
    question = ask()
    url = f"/tanya/{question.session_id}/{question.pk}/dukung/"
    assert "Ya, dukung" in sign_in(other_resident).get(url).content.decode()
    assert not QuestionSupport.objects.exists()


def test_settled_hidden_or_over_takes_no_support(
    session, ask, over, sign_in, other_resident, responder, moderator
):
    settled, hidden, late = ask("Satu?"), ask("Dua?"), ask("Tiga?")
    services.answer_aloud(question=settled, by=responder)
    services.hide_question(question=hidden, by=moderator, rule="spam", message="x")
    client = sign_in(other_resident)
    assert support(client, settled).status_code == 403
    assert support(client, hidden).status_code == 410
    over(session)
    assert support(client, late).status_code == 403
    assert not QuestionSupport.objects.exists()


def test_the_queue_is_by_supports_then_by_time(session, ask, make_person):
    first, second, third = ask("Satu?"), ask("Dua?"), ask("Tiga?")
    for question, n in ((second, 1), (third, 2)):
        for _ in range(n):
            later(session)
            services.support(question=question, person=make_person())
    assert queue(session) == ["Tiga?", "Dua?", "Satu?"]
    later(session)
    services.support(question=first, person=make_person())
    assert queue(session) == ["Tiga?", "Satu?", "Dua?"]
    orders = [question.queue_order for question in selectors.questions(session).queue]
    assert orders == sorted(orders) and max(orders) < 2**53


def test_a_crowd_is_one_change_at_once_and_one_job_for_the_rest(
    session, ask, make_person, monkeypatch
):
    # On a busy machine the five take longer than a second.
    monkeypatch.setattr(services, "SUPPORTS_EVERY", timedelta(hours=1))
    one, two = ask("Satu?"), ask("Dua?")
    session.refresh_from_db()
    before = session.revision
    for question in (two, one, two, one, two):
        services.support(question=question, person=make_person())
    session.refresh_from_db()
    assert session.revision == before + 1, "each tap was a change of its own"
    assert session.supports_due
    one.refresh_from_db()
    assert (one.support_count, one.ranked_count) == (2, 0)
    drain(retries=True)
    session.refresh_from_db()
    assert (session.revision, session.supports_due) == (before + 2, False)
    rows = Question.objects.order_by("pk").values_list("support_count", "ranked_count")
    assert list(rows) == [(2, 2), (3, 3)]
    assert queue(session) == ["Dua?", "Satu?"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted_and_all_told(session, ask, make_person):
    question = ask()
    people = [make_person() for _ in range(8)]
    at_once(8, lambda: services.support(question=question, person=people.pop()))
    drain(retries=True)
    question.refresh_from_db()
    assert (question.support_count, question.ranked_count) == (8, 8)


STEPS = ["ask", "hold", "release", "hide", "support", "unsupport", "take", "release_own",
         "answer", "aloud", "skip", "tell"]  # fmt: skip


class _RollBack(Exception):
    pass


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 7)), max_size=25))
def test_counters_equal_a_recount_in_any_order(
    steps, session, resident, other_resident, responder, second_responder, moderator
):
    Session.objects.filter(pk=session.pk).update(most_open=100)
    try:
        with transaction.atomic():
            for step, number in steps:
                officer = second_responder if number % 3 == 0 else responder
                person = resident if number % 2 else other_resident
                _take(step, number, session, person, officer, moderator)
            services.tell_supports(session_id=session.pk)
            _recount(session)
            raise _RollBack
    except _RollBack:
        pass


def _take(step, number, session, person, officer, moderator):
    if step in ("ask", "hold"):
        body = "Hubungi 0812 3456 7890?" if step == "hold" else f"Pertanyaan {number}?"
        services.ask(session=session, author=person, body=body, client_key=uuid.uuid4())
        return
    if step == "tell":
        services.tell_supports(session_id=session.pk)
        return
    pks = list(Question.objects.order_by("pk").values_list("pk", flat=True))
    if not pks:
        return
    question = selectors.fresh(pks[number % len(pks)])
    try:
        if step == "release":
            services.release_question(question=question, by=moderator)
        elif step == "hide":
            services.hide_question(question=question, by=moderator, rule="spam", message="x")
        elif step in ("support", "unsupport") and policy.may_support(person, question):
            do = services.support if step == "support" else services.withdraw_support
            do(question=question, person=person)
        elif question.is_published and step == "take":
            services.take_up(question=question, by=officer)
        elif question.is_published and step == "release_own":
            services.let_go(question=question, by=officer)
        elif question.is_published and step == "answer":
            answer = getattr(question, "answer", None)
            services.answer(
                question=question, by=officer, body="Ya.",
                seen_version=answer.version if answer else 0,
            )  # fmt: skip
        elif question.is_published and step == "aloud":
            services.answer_aloud(question=question, by=officer)
        elif question.is_published and step == "skip":
            services.skip(question=question, by=officer, reason="x")
    except services.TakenByColleague:
        pass


def _recount(session):
    session = Session.objects.get(pk=session.pk)
    questions = Question.objects.filter(session=session)
    published = questions.filter(visibility="published")
    assert session.question_count == published.count()
    answered = published.filter(state__in=["answered", "answered_aloud"])
    assert session.answered_count == answered.count()
    orders = list(questions.exclude(order=None).values_list("order", flat=True))
    assert len(orders) == len(set(orders)), "two questions at one place"
    for question in questions:
        assert question.support_count == QuestionSupport.objects.filter(question=question).count()
        if question.is_published:
            assert question.ranked_count == question.support_count
        assert question.revision <= session.revision
        assert question.desk_revision <= session.desk_revision
