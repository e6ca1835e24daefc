"""Ratings: by whom, how often, and that nothing of them is seen below five or before five more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from forum.answers import ratings, selectors
from forum.answers import services as answers
from forum.answers.models import AnswerRating, AnswerScores, CommentRuling
from notifications.models import Event, Notice
from participation import services as participation
from tests.answers.conftest import page
from tests.jobs import drain
from tests.together import at_once

SAID = "Petugasnya datang sore itu juga."
RUDE = "Dasar goblok semua."
HELD_TAG = '<span class="tag">Ditahan saringan</span>'


def url(name, *args):
    return reverse(f"forum:{name}", args=args)


def evidence(answer):
    fresh = selectors.answer_to(answer.idea)
    fresh.idea = answer.idea
    return selectors.evidence_of(fresh)


def everywhere(idea) -> tuple[str, ...]:
    return (
        f"/aspirasi/{idea.pk}/", f"/aspirasi/{idea.pk}/perubahan/?sejak=0",
        f"/aspirasi/{idea.pk}/riwayat/", f"/aspirasi/{idea.pk}/jawaban/versi/",
        f"/aspirasi/{idea.pk}/jawab/", "/jawaban/", "/meja/", "/meja/komentar/", "/kabar/",
        "/", "/aspirasi/",
    )  # fmt: skip


def test_below_five_raters_nothing_leaks_anywhere(idea, answered, rate, cast, sign_in):
    for n in range(4):
        rate(answered, clear=1, comment=SAID if n else RUDE)
    people = (cast.anonymous, cast.resident, cast.responder, cast.moderator, cast.leader,
              cast.bkpsdm, cast.planner, cast.auditor, cast.city_admin)  # fmt: skip
    for person in people:
        browser = sign_in(person)
        for path in everywhere(idea):
            shown = page(browser.get(path))
            for part in (SAID, "goblok", "sudah menilai", "4 warga", "1,0", HELD_TAG):
                assert part not in shown, (person, path, part)
    assert evidence(answered) is None and not AnswerScores.objects.exists()
    ruling = CommentRuling.objects.get()
    assert sign_in(cast.moderator).get(url("decide_comment", ruling.pk)).status_code == 404
    drain()
    assert not Notice.objects.filter(person=cast.responder).exists()


def test_from_five_on_scores_and_comments_are_shown_without_anybody(
    idea, answered, rate, responder, client, sign_in
):
    people = [rate(answered, clear=3, helpful=2, comment=f"{SAID} {n}") for n in range(5)]
    for browser in (client, sign_in(responder)):
        shown = page(browser.get(url("idea", idea.pk)))
        assert "5 warga sudah menilai" in shown and "3,0" in shown and "2,0" in shown
        for n, person in enumerate(people):
            assert f"{SAID} {n}" in shown
            assert person.display_name not in shown
        assert timezone.localdate().strftime("%Y") in shown
    keys = list(AnswerRating.objects.order_by("pk").values_list("comment_key", flat=True))
    order = [shown.index(f"{SAID} {n}") for n in range(5)]
    assert sorted(range(5), key=lambda n: order[n]) == sorted(range(5), key=lambda n: keys[n])


def test_figures_move_only_with_five_new_ratings(idea, answered, rate, client):
    first = [rate(answered, clear=4) for _ in range(5)]
    before = page(client.get(url("idea", idea.pk))), evidence(answered)
    rate(answered, person=first[0], clear=1)
    rate(answered, person=first[0], clear=2)  # a changed one counts as new, once
    for n in range(4):
        assert AnswerRating.objects.filter(released=False).count() == n + 1
        rate(answered, clear=1, comment=f"Baru {n}")
    assert not AnswerRating.objects.filter(released=False).exists()
    after = page(client.get(url("idea", idea.pk)))
    assert "9 warga" in after and "Baru 3" in after and "9 warga" not in before[0]


def test_one_more_rating_changes_nothing_that_can_be_seen(
    idea, answered, rate, client, sign_in, responder
):
    for _ in range(5):
        rate(answered, clear=4)
    browser = sign_in(responder)

    def seen():
        changes = client.get(f"/aspirasi/{idea.pk}/perubahan/?sejak=0").json()
        shown = page(client.get(url("idea", idea.pk)))
        return (
            changes, shown.split("sudah menilai")[1].split("</details>")[0],
            page(browser.get("/jawaban/")).count("menilai"), evidence(answered),
        )  # fmt: skip

    before = seen()
    for n in range(4):
        rate(answered, clear=1, comment=f"Baru {n}")
    assert seen() == before


def test_evidence_is_handed_down_without_the_raters(idea, answered, rate, responder, perkim):
    for score in (4, 4, 3, 3, 1):
        rate(answered, clear=score, courteous=4, comment="x")
    found = evidence(answered)
    assert (found.officer_id, found.unit_id, found.raters) == (responder.pk, perkim.pk, 5)
    assert found.means == {"clear": 3.0, "courteous": 4.0, "helpful": None, "timely": None}
    assert found.month == timezone.localdate().replace(day=1) and found.within_authority
    held = {field: getattr(found, field) for field in found.__slots__}
    raters = set(AnswerRating.objects.values_list("person_id", flat=True))
    assert not raters & {v for v in held.values() if isinstance(v, int)} - {found.raters}


def test_what_was_said_of_one_officer_never_counts_for_the_next(idea, answered, rate, colleague):
    for _ in range(5):
        rate(answered, clear=1)
    assert evidence(answered).officer_id == answered.officer_id
    changed = answers.publish_answer(idea=idea, officer=colleague, body="Baru.", seen_version=1)
    changed.idea = idea
    assert evidence(changed).officer_id == answered.officer_id
    for _ in range(5):
        rate(changed, clear=4)
    assert evidence(changed) is None


def test_it_can_be_changed_for_thirty_days_from_the_first_time(idea, answered, resident, sign_in):
    browser = sign_in(resident)
    browser.post(url("rate", idea.pk), {"clear": "2", "comment": "Lumayan."})
    AnswerRating.objects.update(first_rated_at=timezone.now() - timedelta(days=29))
    assert browser.post(url("rate", idea.pk), {"clear": "3"}).status_code == 302
    AnswerRating.objects.update(first_rated_at=timezone.now() - timedelta(days=31))
    late = browser.post(url("rate", idea.pk), {"clear": "4"})
    assert late.status_code == 403 and "30 hari" in page(late)
    assert AnswerRating.objects.get().clear == 3
    assert "Kirim penilaian" not in page(browser.get(url("idea", idea.pk)))


def test_a_form_that_is_not_right_keeps_the_comment(idea, answered, resident, sign_in):
    browser = sign_in(resident)
    for sent in ({"comment": SAID}, {"clear": "9", "comment": SAID}):
        response = browser.post(url("rate", idea.pk), sent)
        assert response.status_code == 422 and SAID in page(response)
    long = browser.post(url("rate", idea.pk), {"clear": "3", "comment": "a b " * 300})
    assert long.status_code == 422 and "a b a b" in page(long)
    assert not AnswerRating.objects.exists()


@pytest.mark.parametrize("role", ["responder", "responder_elsewhere", "moderator", "stranger"])
def test_who_did_not_take_part_or_works_for_the_city_rates_nothing(
    role, idea, answered, cast, make_person, sign_in
):
    person = make_person() if role == "stranger" else getattr(cast, role)
    response = sign_in(person).post(url("rate", idea.pk), {"clear": "1", "comment": "x"})
    assert response.status_code == 403 and not AnswerRating.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_five_who_rate_at_once_are_five(idea, answered, make_person):
    people = [make_person() for _ in range(5)]
    for person in people:
        participation.support(idea=idea, person=person)
    waiting = list(people)

    def give():
        ratings.rate_answer(
            answer=answered, person=waiting.pop(), scores={"clear": 3}, took_part=True
        )

    at_once(5 if connection.vendor == "postgresql" else 2, give)
    while waiting:
        give()
    assert AnswerScores.objects.get().raters == 5
    assert not AnswerRating.objects.filter(released=False).exists()


# --- Comments that a moderator looks at ---------------------------------------------------------


@pytest.fixture
def held(answered, rate):
    """Five ratings, one with a comment that the screening holds; who wrote it."""
    for _ in range(4):
        rate(answered, clear=4)
    return rate(answered, clear=1, comment=RUDE)


def test_a_held_comment_is_shown_to_nobody_until_a_moderator_lets_it_through(
    idea, held, cast, client, sign_in
):
    for person in (cast.anonymous, cast.resident, cast.responder, cast.leader):
        assert "goblok" not in page(sign_in(person).get(url("idea", idea.pk)))
    browser = sign_in(cast.moderator)
    assert "goblok" in page(browser.get(url("comments_to_check")))
    ruling = CommentRuling.objects.get()
    shown = page(browser.get(url("decide_comment", ruling.pk)))
    assert "kata di daftar" in shown and held.display_name not in shown
    bad = browser.post(url("decide_comment", ruling.pk), {"decision": "keep", "reason": ""})
    assert bad.status_code == 422
    sent = {"decision": "keep", "reason": "Kasar, tetapi tidak menyerang orang."}
    assert browser.post(url("decide_comment", ruling.pk), sent).status_code == 302
    again = browser.post(url("decide_comment", ruling.pk), sent)
    assert again.status_code == 409 and cast.moderator.display_name in page(again)
    assert "goblok" in page(client.get(url("idea", idea.pk)))
    drain()
    assert Notice.objects.get(latest__category="moderation").person == held


def test_a_hidden_comment_does_not_come_back_with_one_letter_changed(
    idea, answered, held, rate, moderator, client, sign_in
):
    ruling = CommentRuling.objects.get()
    sent = {"decision": "hide", "reason": "Makian."}
    sign_in(moderator).post(url("decide_comment", ruling.pk), sent)
    assert "disembunyikan" in page(sign_in(held).get(url("rate", idea.pk)))
    rate(answered, person=held, clear=1, comment="Dasar g0bl*k semua!")
    for _ in range(4):
        rate(answered, clear=4)
    assert "semua!" not in page(client.get(url("idea", idea.pk)))
    assert CommentRuling.objects.filter(decision="").count() == 1


def test_an_officer_asks_and_a_moderator_decides(
    idea, answered, rate, cast, colleague, client, sign_in
):
    writer = rate(answered, clear=1, comment=SAID)
    for _ in range(4):
        rate(answered, clear=4)
    key = AnswerRating.objects.exclude(comment="").get().comment_key
    path = url("check_comment", idea.pk, key)
    assert path in page(sign_in(cast.responder).get(url("idea", idea.pk)))
    assert path not in page(client.get(url("idea", idea.pk)))
    for person in (cast.resident, cast.responder_elsewhere, cast.moderator, cast.leader):
        assert sign_in(person).post(path, {"why": "x"}).status_code == 403
    browser = sign_in(cast.responder)
    assert browser.post(path, {"why": ""}).status_code == 422
    for _ in range(2):
        assert browser.post(path, {"why": "Menyebut alamat staf."}).status_code == 302
    assert SAID in page(client.get(url("idea", idea.pk)))
    ruling = CommentRuling.objects.get()
    for person in (cast.resident, cast.responder, cast.moderator_elsewhere):
        got = sign_in(person).post(
            url("decide_comment", ruling.pk), {"decision": "hide", "reason": "x"}
        )
        assert got.status_code == 403, person
    sent = {"decision": "hide", "reason": "Alamat staf."}
    sign_in(cast.moderator).post(url("decide_comment", ruling.pk), sent)
    assert SAID not in page(client.get(url("idea", idea.pk)))
    assert sign_in(cast.responder).get(path).status_code == 404
    drain()
    told = set(Notice.objects.values_list("latest__category", "person__display_name"))
    assert ("moderation", writer.display_name) in told
    assert ("flag", cast.responder.display_name) in told


def test_a_comment_taken_back_is_gone_at_once(idea, answered, rate, client, moderator, sign_in):
    writer = rate(answered, clear=1, comment=SAID)
    for _ in range(4):
        rate(answered, clear=4)
    assert SAID in page(client.get(url("idea", idea.pk)))
    rate(answered, person=writer, clear=1)
    assert SAID not in page(client.get(url("idea", idea.pk)))
    assert not Event.objects.filter(category="moderation").exists()


def test_a_hidden_comment_does_not_come_back_by_way_of_an_empty_one(
    idea, answered, rate, responder, moderator
):
    bad = "Pejabat ini mencuri uang, tanya tetangganya."
    writer = rate(answered, comment=bad)
    for _more in range(4):
        rate(answered)
    row = AnswerRating.objects.get(person=writer)
    ruling = ratings.ask_for_check(rating=row, by=responder, why="Fitnah tanpa bukti.")
    ratings.decide_comment(ruling=ruling, by=moderator, decision="hide", reason="Fitnah.")
    rate(answered, person=writer, comment="")
    rate(answered, person=writer, comment=bad)
    for _more in range(4):
        rate(answered)
    row.refresh_from_db()
    assert row.shown_comment == ""
