"""After the end: the record stays, is found by its words, its answers are rated."""

import re
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.sessions import selectors, services
from forum.sessions.models import SessionRating, SessionScores
from tests.together import at_once

SCORES = {"clear": "4", "helpful": "3", "courteous": "4", "timely": "2"}


@pytest.fixture
def record(session, ask, responder, over):
    """A past session with one written answer: `question = record()`."""

    def make(body="Kapan lampunya dipasang?", answer="Setelah lelang selesai."):
        question = ask(body)
        services.answer(question=question, by=responder, body=answer, seen_version=0)
        over(session)
        return selectors.fresh(question.pk)

    return make


def url(question):
    return f"/tanya/{question.session_id}/{question.pk}/nilai/"


def test_the_record_is_found_by_words_of_question_and_answer(record, project, client):
    question = record()
    for query, found in (("lampu", True), ("lelang", True), ("got mampet", False)):
        for path in (f"/tanya/{question.session_id}/", f"/proyek/{project.slug}/tanya/"):
            page = client.get(path, {"q": query}).content.decode()
            assert ("Kapan lampunya" in page) is found, (path, query)


def test_a_search_for_nothing_shows_nothing_and_does_not_fail(record, project, client):
    question = record()
    for query in ("yang", "%", "'\"*", "x" * 500):
        for path in (f"/tanya/{question.session_id}/", f"/proyek/{project.slug}/tanya/"):
            assert client.get(path, {"q": query}).status_code == 200


def test_who_took_part_rates_once_and_may_change_it(record, sign_in, resident):
    question, client = record(), sign_in(resident)
    assert "Kirim penilaian" in client.get(url(question)).content.decode()
    assert client.post(url(question), SCORES).status_code == 302
    assert client.post(url(question), {**SCORES, "clear": "1"}).status_code == 302
    rating = SessionRating.objects.get()
    assert (rating.person, rating.clear, rating.timely) == (resident, 1, 2)


def test_an_empty_or_impossible_rating_is_422(record, sign_in, resident):
    question, client = record(), sign_in(resident)
    for data in ({}, {"clear": "5"}, {"clear": "abc"}):
        assert client.post(url(question), data).status_code == 422
    assert not SessionRating.objects.exists()


def test_who_may_not_rate(record, sign_in, other_resident, responder, planner, client):
    question = record()
    for person in (other_resident, responder, planner):
        assert sign_in(person).post(url(question), SCORES).status_code == 403
    assert client.post(url(question), SCORES).status_code == 403
    assert not SessionRating.objects.exists()


def test_nobody_rates_before_the_end(session, ask, sign_in, resident, responder):
    question = ask()
    services.answer(question=question, by=responder, body="Besok.", seen_version=0)
    assert sign_in(resident).post(url(question), SCORES).status_code == 403


def test_nothing_is_shown_below_five_raters_and_never_who(record, make_person, sign_in):
    question = record()
    people = [make_person(f"Penilai {n}") for n in range(5)]
    for n, person in enumerate(people, start=1):
        services.rate(
            question=question, person=person, scores={"clear": 4, "helpful": 2}, took_part=True
        )
        page = sign_in(None).get(url(question)).content.decode()
        assert ("5 warga sudah menilai" in page) is (n == 5)
        assert ("Belum cukup penilaian" in page) is (n < 5)
    for person in people:
        assert person.display_name not in page


def test_one_more_rating_changes_nothing_that_can_be_seen(record, make_person, sign_in, responder):
    question = record()
    people = [make_person(f"Penilai {n}") for n in range(9)]

    def rate(person, mark):
        services.rate(question=question, person=person, scores={"clear": mark}, took_part=True)

    def seen():
        paths = (url(question), f"/tanya/{question.session_id}/")
        browsers = [sign_in(None), sign_in(responder)]
        return [
            re.sub(r'nonce="[^"]*"|csrfmiddlewaretoken"[^>]*', "", b.get(p).content.decode())
            for b in browsers
            for p in paths
        ]

    for person in people[:5]:
        rate(person, 4)
    before = seen()
    assert "5 warga sudah menilai" in before[0] and "4,0" in before[0]
    for person in people[5:]:
        rate(person, 1)
        assert seen() == before
    rate(people[5], 2)  # changed before it is counted: still one
    assert seen() == before
    rate(people[0], 1)  # changed after it was counted: the fifth
    assert "9 warga sudah menilai" in seen()[0] and "1,0" not in seen()[0]


def test_an_aspect_that_few_rated_has_no_figure(record, make_person):
    question = record()
    for n in range(5):
        scores = {"clear": 2, "timely": 1 if n else None}
        services.rate(question=question, person=make_person(), scores=scores, took_part=True)
    shown, _own = selectors.opinions(question, AnonymousUser())
    assert (shown.raters, shown.means["clear"], shown.means["timely"]) == (5, 2, None)


@pytest.mark.django_db(transaction=True)
def test_ten_raters_at_once_are_counted_in_fives(record, make_person):
    question = record()
    people = [make_person() for _ in range(10)]
    at_once(
        10 if connection.vendor == "postgresql" else 2,
        lambda: services.rate(
            question=question, person=people.pop(), scores={"clear": 3}, took_part=True
        ),
    )
    while people:
        services.rate(question=question, person=people.pop(), scores={"clear": 3}, took_part=True)
    assert SessionScores.objects.get().raters == 10
    assert not SessionRating.objects.filter(released=False).exists()


def test_the_page_costs_the_same_for_few_and_for_many(
    session, make_person, responder, client, sign_in, resident
):
    def count(browser):
        cache.clear()
        browser.get("/tentang/aturan/")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/tanya/{session.pk}/").status_code == 200
        return len(seen.captured_queries), [q["sql"][:120] for q in seen.captured_queries]

    visitors = (client, sign_in(resident), sign_in(responder))
    few = [count(browser)[0] for browser in visitors]
    for n in range(30):
        question = services.ask(
            session=session, author=make_person(), body=f"Soal {n}?", client_key=uuid.uuid4()
        )
        if n % 3 == 0:
            services.answer(question=question, by=responder, body="Ya.", seen_version=0)
        if n % 3 == 1:
            services.take_up(question=question, by=responder)
    for browser, before in zip(visitors, few, strict=True):
        after, queries = count(browser)
        assert after <= before + 1, "\n".join(queries)
    assert count(client)[0] <= 14


def test_long_lists_go_on_by_cursor(make_session, make_person, responder, client, monkeypatch):
    monkeypatch.setattr(selectors, "QUEUE", 3)
    monkeypatch.setattr(selectors, "RECORD", 2)
    session = make_session()
    for n in range(10):
        question = services.ask(
            session=session, author=make_person(), body=f"Soal nomor {n}?", client_key=uuid.uuid4()
        )
        if n >= 7:
            services.answer_aloud(question=question, by=responder)
    seen, page = [], selectors.questions(session)
    seen += page.queue
    while page.next_queue:
        page = selectors.questions(session, queue_cursor=page.next_queue)
        seen += page.queue
    assert [q.body for q in seen] == [f"Soal nomor {n}?" for n in range(7)]
    first = client.get(f"/tanya/{session.pk}/").content.decode()
    assert "?antrean=" in first and "?rekaman=" in first
    record = selectors.questions(session)
    older = selectors.questions(session, record_cursor=record.next_record).record
    assert [q.body for q in [*record.record, *older]] == [f"Soal nomor {n}?" for n in (9, 8, 7)]
    assert client.get(f"/tanya/{session.pk}/?antrean=abc").status_code == 404


def test_the_presenters_screen_has_the_queue_and_nothing_to_press(session, ask, responder, client):
    first, _second = ask("Soal pertama?"), ask("Soal kedua?", shown_as="hidden")
    services.take_up(question=first, by=responder)
    page = client.get(f"/tanya/{session.pk}/layar/").content.decode()
    assert "Soal pertama?" in page and "Soal kedua?" in page
    assert "<form" not in page and "<textarea" not in page
    assert 'http-equiv="refresh"' in page  # without JavaScript
