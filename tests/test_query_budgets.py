"""The number of queries of the pages that everybody opens does not grow with the number of rows."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.jobs import drain

ANONYMOUS, SIGNED_IN = 12, 16


def count(client, path):
    """The queries of one page with nothing rendered before."""
    cache.clear()
    client.get("/tentang/aturan/")  # the city is read once per process
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen.captured_queries), [query["sql"][:150] for query in seen.captured_queries]


@pytest.fixture
def full_idea(idea, make_person, make_reply, responder, resident):
    """An aspirasi with an official answer, ratings, and 100 replies of which many are answers."""
    import uuid

    from forum.answers import ratings
    from forum.answers import services as answers
    from forum.answers.services import Promise
    from forum.discussion import services as discussion
    from participation import services as participation

    people = [make_person() for _ in range(6)]
    answer = answers.publish_answer(
        idea=idea, officer=responder, body="Terima kasih.", promises=[Promise("first", "Diganti")]
    )
    for person in people:
        participation.support(idea=idea, person=person)
        ratings.rate_answer(answer=answer, person=person, scores={"clear": 4}, took_part=True)
    parent = None
    for n in range(100):
        reply = discussion.submit_reply(
            author=[*people, resident, responder][n % 8], idea=idea, body=f"Balasan {n}",
            parent=parent, client_key=uuid.uuid4(),
        )  # fmt: skip
        reply.refresh_from_db()
        parent = reply if n % 3 == 0 else parent
    return idea


def test_the_page_of_an_aspirasi_with_100_replies(full_idea, make_idea, client, sign_in, resident):
    empty = make_idea(title="Tanpa balasan")
    for browser, budget in ((client, ANONYMOUS), (sign_in(resident), SIGNED_IN)):
        full, queries = count(browser, f"/aspirasi/{full_idea.pk}/")
        assert full <= budget, "\n".join(queries)
        few, _ = count(browser, f"/aspirasi/{empty.pk}/")
        assert few <= full


def test_reading_the_news_of_a_discussion_costs_little_more(full_idea, sign_in, resident):
    """The author opens the page with unseen news of it: the line is marked, that once."""
    drain()
    client = sign_in(resident)
    path = f"/aspirasi/{full_idea.pk}/"
    first, queries = count(client, path)
    assert first <= SIGNED_IN + 9, "\n".join(queries)
    again, queries = count(client, path)
    assert again <= SIGNED_IN, "\n".join(queries)


def test_the_list_of_aspirasi(make_idea, client, sign_in, resident):
    make_idea()
    for browser, budget in ((client, ANONYMOUS), (sign_in(resident), SIGNED_IN)):
        one, queries = count(browser, "/aspirasi/")
        assert one <= budget, "\n".join(queries)
    for n in range(45):
        make_idea(title=f"Usul nomor {n}")
    for browser in (client, sign_in(resident)):
        many, queries = count(browser, "/aspirasi/")
        filtered, _ = count(browser, "/aspirasi/?kategori=penerangan&urut=supported&q=usul")
        assert max(many, filtered) <= (ANONYMOUS if browser is client else SIGNED_IN), queries


def test_the_page_of_a_project_and_the_home_page(project, make_idea, make_project, client):
    make_idea()
    for path in ("/", f"/proyek/{project.slug}/", "/proyek/"):
        one, queries = count(client, path)
        assert one <= ANONYMOUS, "\n".join(queries)
        for n in range(5):
            make_idea(title=f"Usul {n}")
            make_project(title=f"Proyek {n}")
        many, queries = count(client, path)
        assert many <= one, "\n".join(queries)
