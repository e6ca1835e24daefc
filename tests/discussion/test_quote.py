"""Quoting: the very words of a reply that is public, shown only as long as it is."""

import html
import re

import pytest

from forum.discussion import quotes
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from participation.models import Idea

SECRET = "Pegangannya di dua sisi."


def text_of(response):
    return html.unescape(response.content.decode())


@pytest.fixture
def source(make_reply, make_person) -> Reply:
    reply = make_reply(f"Usul saya.\n\n{SECRET}", author=make_person("Yohana Sulastri"))
    return Reply.objects.get(pk=reply.pk)


@pytest.fixture
def quoting(source, idea, say, resident) -> Reply:
    """A reply that quotes the second line of the source."""
    answer = say(
        resident, idea, f"> {SECRET}\n\nIni penting.", quoted=str(source.pk), parent=str(source.pk)
    )
    assert answer.status_code == 302
    return Reply.objects.get(quoted=source)


def ways_out(client, idea, quoting):
    """Everything that a reader can get of a reply."""
    page = f"/aspirasi/{idea.pk}/"
    paths = [page, f"{page}?urut=baru", f"{page}?balasan={quoting.pk}", f"/balasan/{quoting.pk}/"]
    return [text_of(client.get(path)) for path in paths] + [
        client.get(f"{page}perubahan/?sejak=0").content.decode()
    ]


def test_the_form_comes_with_the_words_to_answer_to(source, idea, sign_in, resident):
    page = text_of(sign_in(resident).get(f"/aspirasi/{idea.pk}/?kutip={source.pk}"))
    assert f"> Usul saya.\n> {SECRET}\n" in page
    assert f'name="quoted" value="{source.pk}"' in page
    assert f'name="parent" value="{source.pk}"' in page and "Membalas Yohana" in page


def test_a_quote_is_kept_apart_and_says_whose_it_is(source, quoting, idea, client):
    assert (quoting.body, quoting.quote, quoting.parent) == ("Ini penting.", SECRET, source)
    page = text_of(client.get(f"/aspirasi/{idea.pk}/"))
    quote = re.search(r"<blockquote.*?</blockquote>", page, re.DOTALL)[0]
    assert SECRET in quote and f"?balasan={source.pk}#balasan-{source.pk}" in quote
    assert "Kutipan dari Yohana Sulastri" in quote


@pytest.mark.parametrize("take_away", ["hide", "withdraw", "edit", "hold"])
def test_what_is_taken_out_of_sight_lives_on_in_no_quote(source, quoting, idea, client, take_away):
    assert all(SECRET in text for text in ways_out(client, idea, quoting))
    before = Idea.objects.get(pk=idea.pk).revision
    source.refresh_from_db()
    if take_away == "hide":
        discussion.hide_reply(reply=source)
    elif take_away == "withdraw":
        discussion.withdraw_reply(reply=source, by=source.author)
    elif take_away == "edit":
        discussion.edit_reply(reply=source, by=source.author, body="Usul saya.", seen_version=1)
    else:
        body = f"{SECRET} Hubungi 0812 3456 7890"
        discussion.edit_reply(reply=source, by=source.author, body=body, seen_version=1)
    for text in ways_out(client, idea, quoting):
        assert SECRET not in text and "Ini penting." in text
        assert "Kutipan ini tidak tersedia lagi" in text
    changes = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={before}").json()
    assert {row["id"] for row in changes["fragments"]} == {
        f"balasan-{source.pk}", f"balasan-{quoting.pk}"
    }, "an open page forgets it as well"  # fmt: skip


def test_a_restored_reply_is_quoted_again(source, quoting, idea, client):
    discussion.hide_reply(reply=source)
    discussion.publish_reply(reply=source)
    assert all(SECRET in text for text in ways_out(client, idea, quoting))


def test_who_wrote_without_a_name_is_quoted_without_it(
    idea, make_reply, make_person, say, resident, client
):
    hidden = make_reply("Saya tetangga.", author=make_person("Kartini"), shown_as="pseudonym")
    say(resident, idea, "> Saya tetangga.\nSalam.", quoted=str(hidden.pk))
    page = text_of(client.get(f"/aspirasi/{idea.pk}/"))
    assert "Kutipan dari Warga Akcaya" in page and "Kartini" not in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("> Kata yang tidak pernah ada\nJawab", "Kutipannya berbeda"),
        (f"> {SECRET}", "Tulis balasan Anda di bawah kutipan"),
        (f"> {SECRET} \n> Usul saya.\n>", "Tulis balasan Anda di bawah kutipan"),
    ],
)
def test_only_the_very_words_are_a_quote(source, idea, say, resident, body, said):
    answer = say(resident, idea, body, quoted=str(source.pk))
    assert answer.status_code == 422 and said in text_of(answer)
    assert body.split("\n")[0].strip() in text_of(answer), "what was typed stays"
    assert Reply.objects.count() == 1


def test_a_quote_that_is_too_long_is_refused(idea, make_reply, say, resident):
    long = make_reply("kata " * 300)
    answer = say(resident, idea, f"> {'kata ' * 150}\nYa", quoted=str(long.pk))
    assert answer.status_code == 422 and "paling banyak 500" in text_of(answer)


def test_a_reply_that_was_hidden_meanwhile_cannot_be_quoted(source, idea, say, resident, sign_in):
    discussion.hide_reply(reply=source)
    answer = say(resident, idea, f"> {SECRET}\nYa", quoted=str(source.pk))
    assert answer.status_code == 422 and "sudah tidak tayang" in text_of(answer)
    page = text_of(sign_in(resident).get(f"/aspirasi/{idea.pk}/?kutip={source.pk}"))
    assert SECRET not in page


def test_a_reply_to_another_aspirasi_cannot_be_quoted(source, make_idea, say, resident):
    elsewhere = make_idea(title="Lain")
    answer = say(resident, elsewhere, f"> {SECRET}\nYa", quoted=str(source.pk))
    assert answer.status_code == 422


def test_signs_without_a_source_are_plain_text(idea, say, resident):
    say(resident, idea, "> bukan kutipan\nlebih > kurang")
    reply = Reply.objects.get()
    assert (reply.quote, reply.body) == ("", "> bukan kutipan\nlebih > kurang")


def test_a_long_reply_is_offered_in_part(make_reply):
    source = make_reply("kata " * 300)
    lines = quotes.prefill(source)
    passage, said = quotes.split(lines)
    assert len(passage) <= 500 and not said and quotes.is_from(passage, source)


def test_many_quotes_of_one_reply_come_whole_to_who_catches_up(
    idea, source, many_replies, client, monkeypatch
):
    monkeypatch.setattr("forum.views.CHANGES", 5)
    many_replies(idea, 30, quoted=source, quote=SECRET)
    before = Idea.objects.get(pk=idea.pk).revision
    discussion.hide_reply(reply=Reply.objects.get(pk=source.pk))
    changes = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak={before}").json()
    assert len(changes["fragments"]) == 31
    assert not any(SECRET in row["html"] for row in changes["fragments"])
