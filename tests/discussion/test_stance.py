"""For, against or neutral: who may say so, where it is shown, what it never tells."""

import html
import re

import pytest

from forum.discussion import services as discussion
from forum.discussion.models import Reply


def text_of(response):
    return html.unescape(response.content.decode())


def column(page, word):
    """The part of the page between one heading of a stance and the next."""
    return re.split(r'id="sikap-', page.partition(f'id="sikap-{word}"')[2])[0]


def test_a_resident_may_say_where_they_stand_and_everybody_sees_it(
    divided, say, other_resident, client
):
    assert (
        say(other_resident, divided, "Setuju, asal ada parkir", stance="agree").status_code == 302
    )
    assert Reply.objects.get().stance == "agree"
    page = text_of(client.get(f"/aspirasi/{divided.pk}/"))
    assert re.search(r'class="tag" data-status="selesai">.*?Setuju</span>', page, re.DOTALL)
    changes = client.get(f"/aspirasi/{divided.pk}/perubahan/?sejak=0").json()
    assert "Setuju</span>" in changes["fragments"][-1]["html"], "the stance comes live as well"


def test_the_form_asks_only_where_the_project_does_and_only_residents(
    divided, idea, sign_in, other_resident, responder
):
    asked = '<fieldset class="composer__stance"'
    resident = sign_in(other_resident)
    assert asked in text_of(resident.get(f"/aspirasi/{divided.pk}/"))
    assert asked not in text_of(resident.get(f"/aspirasi/{idea.pk}/"))
    assert asked not in text_of(sign_in(responder).get(f"/aspirasi/{divided.pk}/"))


def test_a_stance_is_optional_and_dropped_where_there_is_none(
    divided, idea, say, other_resident, responder
):
    say(other_resident, divided, "Hanya bertanya")
    say(other_resident, idea, "Proyek ini tidak menanyakan", stance="agree")
    say(responder, divided, "Dari dinas", stance="disagree")
    first = Reply.objects.get(body="Hanya bertanya")
    say(other_resident, divided, "Jawaban", stance="agree", parent=str(first.pk))
    assert Reply.objects.count() == 4
    assert set(Reply.objects.values_list("stance", flat=True)) == {""}


def test_an_unknown_stance_is_refused_and_the_text_stays(divided, say, other_resident):
    answer = say(other_resident, divided, "Teks saya yang panjang", stance="marah")
    assert answer.status_code == 422
    assert "Pilih salah satu sikap" in text_of(answer) and "Teks saya yang panjang" in text_of(
        answer
    )
    assert not Reply.objects.exists()


def test_a_refused_reply_keeps_the_chosen_stance(divided, say, other_resident):
    answer = say(other_resident, divided, "", stance="disagree")
    assert answer.status_code == 422
    assert re.search(r'value="disagree" checked', text_of(answer))


def test_two_columns_with_counts_and_the_others_below(divided, make_reply, make_person, client):
    for stance, body in (
        ("agree", "Jalan kaki lebih enak"), ("disagree", "Toko saya sepi nanti"),
        ("neutral", "Coba dulu sebulan"), ("agree", "Udara lebih bersih"), ("", "Kapan mulai?"),
    ):  # fmt: skip
        make_reply(body, author=make_person(), idea_=divided, stance=stance)
    page = text_of(client.get(f"/aspirasi/{divided.pk}/?sikap=dua"))
    agree, disagree, neutral = (column(page, word) for word in ("setuju", "tidak", "netral"))
    assert "Jalan kaki" in agree and "Udara lebih" in agree and "Toko saya" not in agree
    assert "Toko saya" in disagree and "Coba dulu" in neutral
    assert re.search(r'Setuju <span class="meta">2</span>', agree)
    assert "Kapan mulai?" not in page
    assert 'data-live-at-end="false"' in page, "news is announced, not put into a wrong column"
    newest = column(text_of(client.get(f"/aspirasi/{divided.pk}/?sikap=dua&urut=baru")), "setuju")
    assert newest.index("Udara lebih") < newest.index("Jalan kaki")
    only = text_of(client.get(f"/aspirasi/{divided.pk}/?sikap=tidak"))
    assert "Toko saya" in only and "Jalan kaki" not in only


@pytest.mark.parametrize("take_away", ["hide", "withdraw", "hold"])
def test_what_is_out_of_sight_is_in_no_column_and_in_no_count(
    divided, make_reply, other_resident, client, take_away
):
    reply = make_reply("Rahasia saya", idea_=divided, stance="disagree")
    make_reply("Tetap ada", idea_=divided, stance="agree")
    reply.refresh_from_db()
    if take_away == "hide":
        discussion.hide_reply(reply=reply)
    elif take_away == "withdraw":
        discussion.withdraw_reply(reply=reply, by=other_resident)
    else:
        bad = "Hubungi 0812 3456 7890"
        discussion.edit_reply(reply=reply, by=other_resident, body=bad, seen_version=1)
    for query in ("?sikap=dua", "?sikap=tidak", "", "?urut=baru"):
        page = text_of(client.get(f"/aspirasi/{divided.pk}/{query}"))
        assert "Rahasia saya" not in page and "0812" not in page
        assert "Tidak setuju</span>" not in page, "the tombstone tells the stance"
    both = text_of(client.get(f"/aspirasi/{divided.pk}/?sikap=dua"))
    assert f"balasan-{reply.pk}" not in both
    assert re.search(r'Tidak setuju <span class="meta">0</span>', column(both, "tidak"))


def test_columns_have_cursors(divided, many_replies, client, shown, monkeypatch):
    many_replies(divided, 45, stance="agree")
    many_replies(divided, 3, stance="neutral")
    both = client.get(f"/aspirasi/{divided.pk}/?sikap=dua")
    assert len(shown(both)) == 23
    seen, address = [], f"/aspirasi/{divided.pk}/?sikap=setuju"
    while address:
        response = client.get(address)
        seen += shown(response)
        match = re.search(r'href="([^"]*dari=\d+)#diskusi', text_of(response))
        address = match and match[1]
    wanted = Reply.objects.filter(stance="agree").order_by("order")
    assert seen == list(wanted.values_list("pk", flat=True))


def test_a_project_without_stances_knows_no_such_view(idea, make_reply, client, shown):
    make_reply("Satu")
    plain = client.get(f"/aspirasi/{idea.pk}/")
    assert shown(client.get(f"/aspirasi/{idea.pk}/?sikap=dua")) == shown(plain) != []
    assert "Balasan menurut sikap" not in text_of(plain)


def test_a_stance_on_an_answer_or_by_a_civil_servant_cannot_be_stored(
    divided, make_reply, responder
):
    from django.db import IntegrityError, transaction

    reply = make_reply("Dari dinas", author=responder, idea_=divided)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reply.objects.filter(pk=reply.pk).update(stance="agree")
