"""Who is at a case: opening holds it, colleagues see who does, and one of two gets it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from forum.moderation import services as moderation
from forum.moderation.models import AtDesk, Case, Takeover
from tests.forum.desk_steps import decide, form, fresh, text_of, url
from tests.together import at_once


@pytest.fixture
def case(make_reply, make_person) -> Case:
    return moderation.flag(target=make_reply(), person=make_person(), reason="spam")


def expire(case):
    Case.objects.filter(pk=case.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))


def test_opening_a_case_holds_it_for_ten_minutes_and_names_the_holder(
    case, moderator, second_moderator, sign_in
):
    mine = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Anda memegang" in mine and 'aria-disabled="true"' not in mine
    held = fresh(case)
    assert held.claimed_by == moderator
    assert timedelta(minutes=9) < held.claimed_until - timezone.now() <= timedelta(minutes=10)
    other = text_of(sign_in(second_moderator).get(url("desk_item", case.pk)))
    assert "Dewi Lestari memegang perkara ini" in other and "Ambil alih" in other
    assert 'data-key="t" aria-disabled="true"' in other
    assert fresh(case).claimed_by == moderator, "looking takes nothing away"
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Rizky Maulana melihat" in page


def test_looking_at_the_list_holds_nothing(case, moderator, sign_in):
    sign_in(moderator).get(url("desk"))
    sign_in(moderator).head(url("desk"))
    assert fresh(case).claimed_by is None


def test_who_does_not_hold_a_case_does_not_decide_it_and_keeps_the_text(
    case, moderator, second_moderator, sign_in
):
    sign_in(moderator).get(url("desk_item", case.pk))
    answer = sign_in(second_moderator).post(
        url("rule", case.pk), form(case, "hide", message="Pesan saya.")
    )
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Dewi Lestari memegang perkara ini. Keputusan Anda belum disimpan." in page
    assert "Pesan saya." in page
    assert fresh(case).is_open and not case.rulings.exists()
    expire(case)
    assert (
        sign_in(second_moderator).post(url("rule", case.pk), form(case, "hide")).status_code == 302
    )


def test_after_the_time_opening_takes_it(case, moderator, second_moderator, sign_in):
    sign_in(moderator).get(url("desk_item", case.pk))
    expire(case)
    assert "Anda memegang" in text_of(sign_in(second_moderator).get(url("desk_item", case.pk)))
    assert fresh(case).claimed_by == second_moderator


def test_before_the_time_it_is_taken_with_a_reason_that_stays(
    case, moderator, second_moderator, sign_in
):
    sign_in(moderator).get(url("desk_item", case.pk))
    browser, address = sign_in(second_moderator), url("take_over", case.pk)
    assert browser.post(address, {"pemegang": moderator.pk, "alasan": " "}).status_code == 422
    assert fresh(case).claimed_by == moderator
    browser.post(address, {"pemegang": moderator.pk, "alasan": "Dewi sedang istirahat."})
    assert fresh(case).claimed_by == second_moderator
    row = Takeover.objects.get()
    assert (row.by, row.held_by, row.reason) == (
        second_moderator, moderator, "Dewi sedang istirahat.",
    )  # fmt: skip
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Rizky Maulana memegang perkara ini" in page and "Dewi sedang istirahat." in page
    browser.post(address, {"pemegang": moderator.pk, "alasan": "Sekali lagi."})
    assert Takeover.objects.count() == 1, "the one who was seen holding it no longer does"


def test_it_is_let_go_by_hand_and_with_the_decision(case, moderator, second_moderator, sign_in):
    browser = sign_in(moderator)
    browser.get(url("desk_item", case.pk))
    assert sign_in(second_moderator).post(url("release", case.pk)).status_code == 302
    assert fresh(case).claimed_by == moderator, "only the holder lets go"
    browser.post(url("release", case.pk))
    assert fresh(case).claimed_by is None
    browser.get(url("desk_item", case.pk))
    decide(case, "keep", moderator)
    assert fresh(case).claimed_by is None


def test_one_does_not_hold_a_post_of_ones_own(make_reply, moderator, second_moderator, sign_in):
    case = moderation.examine(target=make_reply(author=moderator), by=second_moderator)
    sign_in(moderator).get(url("desk_item", case.pk))
    assert fresh(case).claimed_by is None
    with pytest.raises(Exception, match="petugas lain"):
        moderation.take_over(case=fresh(case), by=moderator, held_by=1, reason="x")


def test_the_others_see_it_live(case, moderator, second_moderator, sign_in):
    watcher = sign_in(second_moderator)
    seen = watcher.get(url("desk_changes"), {"sejak": 0}).json()["revision"]
    sign_in(moderator).get(url("desk_item", case.pk))
    news = watcher.get(url("desk_changes"), {"sejak": seen}).json()
    parts = {f["id"]: f["html"] for f in news["fragments"]}
    assert "Dewi Lestari" in parts[f"perkara-{case.pk}"]
    assert "Dewi Lestari memegang perkara ini" in parts[f"pegang-{case.pk}"]
    assert "Dewi Lestari" in parts["antrean-meja"]
    sign_in(moderator).get(url("desk_item", case.pk))
    again = watcher.get(url("desk_changes"), {"sejak": news["revision"]}).json()
    assert again["revision"] == news["revision"], "looking again is no news"


def test_the_list_of_colleagues_forgets_who_left(moderator, second_moderator, sign_in):
    sign_in(second_moderator).get(url("desk"))
    page = text_of(sign_in(moderator).get(url("desk")))
    assert "Rizky Maulana" in page
    AtDesk.objects.filter(person=second_moderator).update(
        seen_at=timezone.now() - timedelta(minutes=11)
    )
    assert "Rizky Maulana" not in text_of(sign_in(moderator).get(url("desk")))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_a_case_at_once_one_holds_it(make_reply, make_person, moderator):
    people = [make_person(f"Petugas {n}", role="moderator") for n in range(4)]
    for round_ in range(5):
        case = moderation.examine(target=make_reply(f"balasan {round_}"), by=moderator)
        waiting = iter(people)

        def open_it(case=case, waiting=waiting):
            person = next(waiting)
            moderation.come_to_desk(person=person, case=fresh(case))
            return person.pk

        opened = at_once(4, open_it)
        assert len(opened) == 4 and fresh(case).claimed_by_id in opened
        holder = fresh(case).claimed_by
        others = [person for person in people if person != holder]
        taking = iter(others[:2])

        def take(case=case, holder=holder, taking=taking):
            return moderation.take_over(
                case=fresh(case), by=next(taking), held_by=holder.pk, reason="uji"
            )

        assert sorted(at_once(2, take)) == [False, True]
        assert case.takeovers.count() == 1
