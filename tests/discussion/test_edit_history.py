"""What was changed in a reply: open once others had answered it, private otherwise."""

import html
import re

import pytest

from forum.discussion import history
from forum.discussion import services as discussion
from forum.discussion.models import Reply, ReplyVersion


def page_of(browser, reply):
    return html.unescape(browser.get(f"/balasan/{reply.pk}/").content.decode())


def edit(reply, body):
    reply = Reply.objects.select_related("idea__project", "author").get(pk=reply.pk)
    discussion.edit_reply(reply=reply, by=reply.author, body=body, seen_version=reply.version)


@pytest.fixture
def answered(make_reply, make_person):
    """A reply that somebody else has answered."""
    reply = make_reply("Jalur landai di sisi timur saja")
    make_reply("Setuju sisi timur", author=make_person("Tono"), parent=reply)
    return reply


def test_a_text_that_others_answered_stays_readable_word_by_word(answered, client):
    edit(answered, "Jalur landai di sisi barat saja")
    page = page_of(client, answered)
    assert "Diubah 1 kali" in page
    assert re.search(r"<del>.*?timur ?</del>", page) and re.search(r"<ins>.*?barat ?</ins>", page)
    assert "Sembunyikan teks lama" not in page


def test_a_text_that_nobody_answered_is_for_its_author_and_the_moderators(
    make_reply, client, sign_in, other_resident, moderator, moderator_elsewhere, resident, auditor
):
    reply = make_reply("Rumah saya nomor tujuh")
    edit(reply, "Rumah saya di dekat sana")
    for person in (None, resident, moderator_elsewhere, auditor):
        page = page_of(sign_in(person), reply)
        assert "nomor tujuh" not in page and "Diubah 1 kali" in page
        assert "Teks lamanya tidak ditampilkan" in page
    for person in (other_resident, moderator):
        assert "nomor tujuh" in page_of(sign_in(person), reply)


def test_an_answer_within_a_thread_counts_as_an_answer(make_reply, make_person, client):
    top = make_reply("Utas")
    middle = make_reply("Versi satu", parent=top)
    make_reply("Menjawab versi satu", author=make_person(), parent=top)
    edit(middle, "Versi dua")
    assert "satu" in page_of(client, middle).partition("Diubah")[2]


def test_an_own_answer_opens_nothing(make_reply, client):
    reply = make_reply("Versi satu")
    make_reply("Jawab sendiri", parent=reply)
    edit(reply, "Versi dua")
    assert not ReplyVersion.objects.get().is_open


def test_what_the_screening_finds_is_never_open(answered, client):
    Reply.objects.filter(pk=answered.pk).update(body="Hubungi 0812 3456 7890")
    edit(answered, "Hubungi dinas saja")
    assert "0812" not in page_of(client, answered)


def test_a_text_that_was_not_public_is_never_open(answered, client):
    edit(answered, "Hubungi 0812 3456 7890")  # held from here on
    edit(answered, "Hubungi kantor lurah")
    discussion.publish_reply(reply=Reply.objects.get(pk=answered.pk))
    page = page_of(client, answered)
    assert "0812" not in page, "neither as an old text nor in the comparison with it"
    assert "sisi timur" in page and "Diubah 2 kali" in page


@pytest.mark.parametrize("who", ["other_resident", "moderator"])
def test_the_author_or_a_moderator_takes_an_earlier_text_out(answered, cast, sign_in, client, who):
    edit(answered, "Jalur landai di sisi barat saja")
    version = ReplyVersion.objects.get()
    person = getattr(cast, who)
    browser = sign_in(person)
    assert "Sembunyikan teks lama ini" in page_of(browser, answered)
    for _ in range(2):
        answer = browser.post(f"/balasan/{answered.pk}/teks/{version.pk}/")
        assert answer.status_code == 302
    version.refresh_from_db()
    assert (version.closed_by, version.is_open) == (person, True)
    page = page_of(client, answered)
    assert "timur" not in page.partition("Diubah")[2] and "Diubah 1 kali" in page


def test_nobody_else_takes_a_text_out(answered, cast, sign_in, make_reply):
    edit(answered, "Jalur landai di sisi barat saja")
    version = ReplyVersion.objects.get()
    path = f"/balasan/{answered.pk}/teks/{version.pk}/"
    for person in (cast.resident, cast.responder, cast.moderator_elsewhere, cast.auditor):
        assert sign_in(person).post(path).status_code == 403
    assert sign_in(None).post(path).status_code == 302
    elsewhere = make_reply("Lain")
    path = f"/balasan/{elsewhere.pk}/teks/{version.pk}/"
    assert sign_in(cast.moderator).post(path).status_code == 404
    version.refresh_from_db()
    assert version.closed_at is None


def test_a_closed_text_does_not_show_in_the_one_before_it(answered, sign_in, moderator, client):
    edit(answered, "Rahasia di tengah")
    edit(answered, "Jalur landai di sisi barat")
    assert "Rahasia" in page_of(client, answered)
    middle = ReplyVersion.objects.order_by("id")[1]
    discussion.close_version(version=middle, by=moderator)
    page = page_of(client, answered)
    assert "Rahasia" not in page and "sisi timur" in page


def test_of_a_hidden_reply_no_earlier_text_is_shown(answered, client):
    edit(answered, "Jalur landai di sisi barat saja")
    discussion.hide_reply(reply=Reply.objects.get(pk=answered.pk))
    page = page_of(client, answered).partition("<h1>")[2]
    assert "timur" not in page and "barat" not in page


def test_the_form_says_before_what_will_be_readable(answered, make_reply, sign_in, other_resident):
    browser = sign_in(other_resident)
    page = browser.get(f"/balasan/{answered.pk}/ubah/").content.decode()
    assert "Sudah ada yang menanggapi" in page
    page = browser.get(f"/balasan/{make_reply('Baru').pk}/ubah/").content.decode()
    assert "tanpa teks lamanya" in page


def test_a_comparison_gives_both_texts_back_and_is_quick_for_any_text():
    for old, new in (
        ("satu dua\n\ntiga", "satu tiga empat"), ("", "a"), ("a a a a", "a b a"),
        ("a b " * 500, "b a " * 500), ("<b>x</b> & y", "x"),
    ):  # fmt: skip
        parts = history.compared(old, new)
        assert "".join(text for what, text in parts if what != "insert") == old
        assert "".join(text for what, text in parts if what != "delete").split() == new.split()
