"""Over the limit: 429, a sentence with the time, what was typed stays; a cache that is away."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from core import throttle
from core.throttle import Window
from forum.answers import services as answers
from forum.appeals.models import Appeal
from forum.discussion.models import Reply
from forum.moderation import services as moderation
from forum.moderation.models import Flag
from participation.models import Follow, Idea, Support

HTMX = {"HX-Request": "true"}
ONCE = {"person": ["1/h"], "new": ["1/h"]}


def text_of(answer):
    return answer.content.decode()


def is_refused(answer, *kept):
    assert answer.status_code == 429, answer.status_code
    assert 1 <= int(answer["Retry-After"]) <= 7200
    page = text_of(answer)
    assert "Silakan lanjut" in page
    for words in kept:
        assert words in page, "what was typed is gone"


def make_new(person):
    Person.objects.filter(pk=person.pk).update(joined_at=timezone.now() - timedelta(hours=2))
    return Person.objects.get(pk=person.pk)


# --- Each door -----------------------------------------------------------------------------------


def test_one_aspirasi_too_many_keeps_what_was_typed(limits, sign_in, resident, project, idea_form):
    limits(idea=ONCE)
    client, path = sign_in(resident), f"/proyek/{project.slug}/kirim/"
    assert client.post(path, idea_form()).status_code == 302
    sent = idea_form(title="Usul yang kedua", body="Bangku di bawah pohon.")
    is_refused(client.post(path, sent), "Usul yang kedua", "Bangku di bawah pohon.")
    assert Idea.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_one_reply_too_many_keeps_what_was_typed(headers, limits, sign_in, resident, idea):
    limits(reply=ONCE)
    client, path = sign_in(resident), f"/aspirasi/{idea.pk}/balas/"
    client.post(path, {"body": "Pertama.", "client_key": str(uuid.uuid4())}, headers=headers)
    sent = {"body": "Kedua, masih di sini.", "client_key": str(uuid.uuid4())}
    answer = client.post(path, sent, headers=headers)
    is_refused(answer, "Kedua, masih di sini.", sent["client_key"], "Belum terkirim.")
    assert ("<!doctype html>" in text_of(answer).lower()) is not bool(headers)
    assert [reply.body for reply in Reply.objects.all()] == ["Pertama."]


def test_one_edit_too_many_keeps_the_new_text(limits, sign_in, other_resident, make_reply):
    limits(edit=ONCE)
    reply, client = make_reply(), sign_in(other_resident)
    path = f"/balasan/{reply.pk}/ubah/"
    assert client.post(path, {"body": "Sekali.", "version": 1}).status_code == 302
    is_refused(client.post(path, {"body": "Dua kali.", "version": 2}), "Dua kali.")
    reply.refresh_from_db()
    assert reply.body == "Sekali."


def test_one_report_too_many_keeps_the_note(limits, sign_in, resident, make_reply, make_idea):
    limits(flag=ONCE)
    client, replies = sign_in(resident), [make_reply(), make_reply("Lain.")]
    for reply, status in zip(replies, (302, 429), strict=True):
        sent = {"reason": "spam", "note": "Ini iklan obat."}
        answer = client.post(f"/balasan/{reply.pk}/laporkan/", sent)
        assert answer.status_code == status
    is_refused(answer, "Ini iklan obat.")
    assert Flag.objects.count() == 1


def test_one_support_too_many_says_so(limits, sign_in, other_resident, make_idea):
    limits(support=ONCE)
    client, first, second = sign_in(other_resident), make_idea(), make_idea()
    assert client.post(f"/aspirasi/{first.pk}/dukung/", {"dukung": "ya"}).status_code == 302
    is_refused(client.post(f"/aspirasi/{second.pk}/dukung/", {"dukung": "ya"}))
    answer = client.post(f"/aspirasi/{second.pk}/dukung/", {"dukung": "ya"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Redirect"]) == (429, f"/aspirasi/{second.pk}/dukung/")
    assert "Silakan lanjut" in text_of(client.get(answer["HX-Redirect"]))
    assert Support.objects.count() == 1


def test_one_rating_too_many_keeps_the_scores(limits, sign_in, resident, responder, idea):
    limits(rate=ONCE)
    answers.publish_answer(idea=idea, officer=responder, body="Baik.")
    client, path = sign_in(resident), f"/aspirasi/{idea.pk}/nilai/"
    assert client.post(path, {"clear": "4"}).status_code == 302
    answer = client.post(path, {"clear": "1"})
    is_refused(answer)
    assert answer.context["form"]["clear"].value() == "1"


def test_one_choice_to_follow_too_many_says_so(limits, sign_in, resident, project):
    limits(follow=ONCE)
    client, path = sign_in(resident), f"/proyek/{project.slug}/ikuti/"
    assert client.post(path, {"pilihan": "ikuti"}).status_code == 302
    is_refused(client.post(path, {"pilihan": "bisukan"}))
    assert not Follow.objects.get(person=resident).muted


def test_one_appeal_too_many_keeps_the_reason(limits, sign_in, resident, moderator, make_idea):
    limits(appeal=ONCE)
    client, rulings = sign_in(resident), []
    for _ in range(2):
        case = moderation.examine(target=make_idea(), by=moderator)
        told = {"rule": "person", "message": "Menyerang petugas."}
        rulings.append(
            moderation.rule(
                case=case, seen_version=case.version, decision="hide", by=moderator, **told
            )
        )
    for ruling, status in zip(rulings, (302, 429), strict=True):
        answer = client.post(reverse("forum:appeal", args=[ruling.pk]), {"body": "Bukan begitu."})
        assert answer.status_code == status
    is_refused(answer, "Bukan begitu.")
    assert Appeal.objects.count() == 1


# --- What counts ---------------------------------------------------------------------------------


def test_a_form_sent_again_neither_counts_nor_is_refused(limits, sign_in, resident, idea):
    limits(reply={"person": ["2/h"]})
    client, path = sign_in(resident), f"/aspirasi/{idea.pk}/balas/"
    first = {"body": "Sekali saja.", "client_key": str(uuid.uuid4())}
    for _again in range(4):
        assert client.post(path, first).status_code == 302
    second = {"body": "Yang lain.", "client_key": str(uuid.uuid4())}
    assert client.post(path, second).status_code == 302
    assert client.post(path, first).status_code == 302, "refused at the limit"
    assert client.post(path, {**second, "client_key": str(uuid.uuid4())}).status_code == 429
    assert Reply.objects.count() == 2


def test_a_form_with_a_fault_does_not_count(limits, sign_in, resident, idea):
    limits(reply=ONCE)
    client, path = sign_in(resident), f"/aspirasi/{idea.pk}/balas/"
    key = str(uuid.uuid4())
    assert client.post(path, {"body": "", "client_key": key}).status_code == 422
    assert client.post(path, {"body": "Sekarang ada.", "client_key": key}).status_code == 302


def test_a_new_account_has_less(limits, sign_in, make_person, idea):
    limits(reply={"person": ["5/h"], "new": ["1/h"]})
    path = f"/aspirasi/{idea.pk}/balas/"
    for person, most in ((make_new(make_person()), 1), (make_person(), 5)):
        client = sign_in(person)
        statuses = [
            client.post(path, {"body": f"Ke-{n}.", "client_key": str(uuid.uuid4())}).status_code
            for n in range(6)
        ]
        assert statuses == [302] * most + [429] * (6 - most)


def ask(person, *, address="10.0.0.1", forwarded=""):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)
    request.user = person
    return request


def new_people(count):
    return [Person(pk=1000 + n, joined_at=timezone.now()) for n in range(count)]


def test_a_hundred_new_people_behind_one_carrier_may_post(limits, settings):
    for act in settings.LIMITS:
        assert not any(throttle.count(ask(person), act) for person in new_people(100)), act


def test_an_address_from_which_new_accounts_pour_is_stopped(limits):
    limits(reply={"person": ["9/h"], "new": ["9/h"], "address": ["20/h"]})
    waits = [throttle.count(ask(person), "reply") for person in new_people(30)]
    assert [bool(wait) for wait in waits] == [False] * 20 + [True] * 10
    old = Person(pk=1, joined_at=timezone.now() - timedelta(days=2))
    assert throttle.count(ask(old), "reply") is None, "who has been here longer is not asked"
    elsewhere = ask(new_people(40)[35], address="10.0.0.2")
    assert throttle.count(elsewhere, "reply") is None


def test_the_address_is_the_one_that_the_trusted_proxy_saw(settings):
    settings.TRUSTED_PROXIES = 0
    said = ask(AnonymousUser(), forwarded="1.1.1.1")
    assert throttle.address_of(said) == throttle.address_of(ask(AnonymousUser()))
    settings.TRUSTED_PROXIES = 1
    one = throttle.address_of(ask(AnonymousUser(), forwarded="6.6.6.6, 2.2.2.2"))
    other = throttle.address_of(ask(AnonymousUser(), forwarded="7.7.7.7, 2.2.2.2"))
    assert one == other, "what stands before the proxy's word is made up"
    assert "2.2.2.2" not in one
    household = [ask(AnonymousUser(), address=f"2001:db8::{n}") for n in (1, 2)]
    assert len({throttle.address_of(request) for request in household}) == 1


def test_somebody_signed_out_is_not_counted(limits):
    assert throttle.count(ask(AnonymousUser()), "reply") is None


# --- The clock -----------------------------------------------------------------------------------


def take(now, limit="3/m"):
    return throttle._count([("jam", throttle.window(limit))], now)


def test_the_edge_of_a_window_lets_nobody_do_twice_as_much():
    start = 600_000 * 60.0
    assert [take(start + 59) for _n in range(3)] == [None, None, None]
    assert take(start + 61) is not None, "a new window, and three within two seconds"


def test_the_time_that_is_told_is_right():
    """At the told moment it works, a second earlier it does not; in both halves of the sum."""
    start = 600_000 * 60.0
    for _n in range(3):
        take(start + 30)
    until = take(start + 31)
    assert start + 60 < until <= start + 120
    assert take(until - 1) is not None
    assert take(until + 0.01) is None
    cache.clear()
    for _n in range(3):
        take(start + 30)
    assert take(start + 81) is None
    until = take(start + 81)
    assert take(until - 1) is not None
    assert take(until + 0.01) is None


def test_what_is_refused_does_not_count():
    start = 600_000 * 60.0
    waits = [take(start + 10) for _n in range(50)]
    assert len(set(waits[3:])) == 1, "hammering moves the end away"


def test_the_strictest_of_two_windows_counts_and_the_other_stays_as_it_was():
    both = [("a", Window(1, 60)), ("b", Window(10, 3600))]
    now = 600_000 * 3600.0 + 5
    assert throttle._count(both, now) is None
    for _n in range(30):
        assert throttle._count(both, now) is not None
    assert sum(throttle._count([("b", Window(10, 3600))], now) is None for _n in range(20)) == 9


@pytest.mark.parametrize(
    ("text", "expected"), [("5/h", (5, 3600)), ("8/10m", (8, 600)), ("1/d", (1, 86400))]
)
def test_a_limit_is_written_as_number_and_window(text, expected):
    assert throttle.window(text) == Window(*expected)


def test_every_act_of_the_table_has_its_sentence(limits, settings):
    assert set(settings.LIMITS) == set(throttle._ACTS)
    for rules in settings.LIMITS.values():
        for texts in rules.values():
            assert all(throttle.window(text).most for text in texts)


def test_the_sentence_names_the_time_and_the_day_when_it_is_not_today(time_of_city):
    soon = throttle.Wait("reply", timezone.now() + timedelta(seconds=20))
    assert "detik lagi" in soon.sentence
    later = throttle.Wait("reply", timezone.now() + timedelta(days=2))
    assert "pukul" in later.sentence
    assert str((timezone.localtime() + timedelta(days=2)).day) in later.sentence


@pytest.fixture
def time_of_city():
    with timezone.override("Asia/Pontianak"):
        yield


def test_without_the_cache_everybody_may_go_on(limits, monkeypatch, caplog, resident):
    limits(reply=ONCE)

    def dead(*args, **kwargs):
        raise ConnectionError("no cache")

    for name in ("get", "add", "incr"):
        monkeypatch.setattr(cache, name, dead)
    assert [throttle.count(ask(resident), "reply") for _n in range(3)] == [None] * 3
    assert "not counted" in caplog.text
