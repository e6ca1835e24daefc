"""Ten thousand replies: the first twenty at once, the rest by cursor, every link lands."""

import html
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.discussion import services as discussion
from forum.discussion.models import Reply
from participation.models import Idea


def text_of(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def endless(idea, many_replies):
    """9,000 replies to the aspirasi, 1,000 answers to one of the first."""
    top = many_replies(idea, 9000)
    many_replies(idea, 1000, parent=top[4])
    return Idea.objects.get(pk=idea.pk)


def queries(client, path):
    cache.clear()
    client.get("/tentang/aturan/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen.captured_queries)


def test_ten_thousand_replies_in_pages(endless, client, shown):
    path = f"/aspirasi/{endless.pk}/"
    top = list(Reply.objects.filter(parent=None).order_by("order").values_list("pk", flat=True))
    answers = list(
        Reply.objects.exclude(parent=None).order_by("order").values_list("pk", flat=True)
    )

    first = shown(client.get(path))
    assert first == [*top[:5], *answers[:10], *top[5:20]], (
        "twenty threads, ten answers of a long one"
    )
    assert shown(client.get(f"{path}?urut=baru")) == top[:-21:-1]
    assert shown(client.get(f"{path}?dari=akhir")) == top[-20:]

    # A link lands on the reply: at the beginning, deep in the discussion, deep in a long thread.
    for wanted in (top[3], top[4711], top[-1], answers[2], answers[10], answers[777], answers[-1]):
        assert wanted in shown(client.get(f"{path}?balasan={wanted}")), wanted
    assert len(shown(client.get(f"{path}?balasan={answers[10]}"))) == 51
    assert shown(client.get(f"{path}?balasan=999999999")) == first

    # And none of this costs more queries than a short discussion.
    few = queries(client, path)
    assert few <= 12
    for query in ("?urut=baru", "?dari=akhir", f"?balasan={answers[777]}", f"?utas={top[4]}"):
        assert queries(client, path + query) <= few + 3, query


def test_the_cursor_of_newest_first_goes_through_all_replies_once(
    idea, many_replies, client, shown
):
    made = many_replies(idea, 50)
    seen, address = [], f"/aspirasi/{idea.pk}/?urut=baru"
    while address:
        response = client.get(address)
        page = text_of(response)
        assert ('data-live-at-end="false"' in page) == bool(seen), (
            "new ones belong on the first page"
        )
        seen += shown(response)
        match = re.search(r'href="([^"]*dari=\d+)#diskusi', page)
        address = match and match[1]
    assert seen == [reply.pk for reply in reversed(made)]


def test_a_long_thread_has_pages_of_its_own(idea, many_replies, client, shown):
    (top,) = many_replies(idea, 1)
    answers = many_replies(idea, 120, parent=top)
    page = text_of(client.get(f"/aspirasi/{idea.pk}/"))
    address = re.search(r'href="(\?utas=[^"]*)#', page)[1]
    seen = shown(client.get(f"/aspirasi/{idea.pk}/"))[1:]
    while address:
        response = client.get(f"/aspirasi/{idea.pk}/{address}")
        seen += shown(response)[1:]
        assert "Ke balasan pertama di utas ini" in text_of(
            response
        ) and "Ke semua balasan" in text_of(response)
        match = re.search(r'href="(\?utas=\d+&dari=\d+)#', text_of(response))
        address = match and match[1]
    assert seen == [answer.pk for answer in answers]


@pytest.mark.parametrize(
    "query", ["?utas=0", "?utas=99999999", "?utas=x", "?dari=-1", "?urut=x&sikap=%00"]
)
def test_a_strange_address_is_an_answer_and_no_error(idea, make_reply, client, query):
    make_reply("Satu")
    assert client.get(f"/aspirasi/{idea.pk}/{query}").status_code in (200, 404)


def test_a_thread_of_another_aspirasi_or_one_held_back_is_not_found(
    idea, make_idea, make_reply, client
):
    elsewhere = make_reply("Di sana", idea_=make_idea(title="Lain"))
    held = make_reply("Hubungi 0812 3456 7890")
    answer = make_reply("Jawaban", parent=make_reply("Di sini"))
    for reply in (elsewhere, held, answer):
        assert client.get(f"/aspirasi/{idea.pk}/?utas={reply.pk}").status_code == 404


def test_the_link_of_a_hidden_answer_lands_on_its_tombstone(idea, many_replies, client, shown):
    (top,) = many_replies(idea, 1)
    answer = many_replies(idea, 30, parent=top)[25]
    discussion.hide_reply(reply=Reply.objects.get(pk=answer.pk))
    response = client.get(f"/aspirasi/{idea.pk}/?balasan={answer.pk}")
    assert answer.pk in shown(response) and "Nomor 25." not in text_of(response)
