"""The clock of an aspirasi: which rule holds, what stops it, what its page says."""

from datetime import date

import pytest

from accounts.models import Role
from forum.answers import services as answers
from forum.clock import services as clock
from forum.clock.models import Clock, ClockRule
from forum.discussion import services as discussion
from forum.disposition import services as disposition
from forum.disposition.models import Disposition
from forum.moderation import services as moderation
from forum.moderation.models import Case
from participation.models import Category


@pytest.fixture
def routed(stand_at, make_idea, moderator, perkim):
    """An aspirasi of Tuesday, 2 June 2026, passed on to the unit on the same day."""

    def make(**fields):
        idea = make_idea(**fields)
        disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
        return idea

    return make


def due(idea, step):
    return Clock.objects.get(idea=idea, step=step).due_on


def page(client, idea):
    return client.get(f"/aspirasi/{idea.pk}/").content.decode()


def test_an_aspirasi_is_verified_in_three_and_answered_in_five_working_days(
    stand_at, make_idea, routed, client
):
    stand_at("2026-03-17 10:00")
    idea = make_idea()
    assert due(idea, "verification") == date(2026, 3, 27)
    assert "Diperiksa dan diteruskan paling lambat 27 Maret 2026" in page(client, idea)
    stand_at("2026-06-02 10:00")
    idea = routed()
    assert due(idea, "first_response") == date(2026, 6, 9)
    assert "Dijawab paling lambat 9 Juni 2026" in page(client, idea)
    assert "Dijawab paling lambat" in client.get(f"/aspirasi/{idea.pk}/perubahan/").content.decode()


def test_late_at_night_counts_as_the_day_it_is_in_the_city(stand_at, make_idea):
    stand_at("2026-06-02 23:50")
    assert due(make_idea(), "verification") == date(2026, 6, 5)
    stand_at("2026-06-03 00:10")
    assert due(make_idea(), "verification") == date(2026, 6, 8)


def test_the_rule_in_force_at_the_start_applies(stand_at, make_idea, project):
    Category.objects.get_or_create(slug="lainnya", defaults={"name": "Lainnya"})
    later = {"step": "verification", "valid_from": date(2026, 7, 1), "regulation": "Perwali"}
    ClockRule.objects.create(days=1, **later)
    ClockRule.objects.create(days=10, category_id="penerangan", **later)
    ClockRule.objects.create(days=7, project_kind=project.kind, **later)
    ClockRule.objects.create(days=20, project_kind="park", **later)
    before = make_idea(category_id="lainnya")
    assert due(before, "verification") == date(2026, 6, 5)
    stand_at("2026-07-06 09:00")
    assert due(make_idea(category_id="penerangan"), "verification") == date(2026, 7, 20)
    assert due(make_idea(category_id="lainnya"), "verification") == date(2026, 7, 15)
    clock.recompute()
    assert due(before, "verification") == date(2026, 6, 5), "its rule stays its rule"
    ClockRule.objects.all().delete()
    assert not Clock.objects.filter(idea=make_idea()).exists(), "no rule, no clock, no error"


def test_the_time_is_held_while_the_resident_is_waited_for(
    stand_at, make_idea, moderator, resident, client
):
    idea = make_idea()
    task = idea.disposition
    stand_at("2026-06-03 11:00")
    disposition.return_to_resident(
        disposition=task, by=moderator, seen_version=1, missing="Sebut nomor tiangnya."
    )
    stand_at("2026-06-08 11:00")
    shown = page(client, idea)
    assert "Menunggu keterangan tambahan dari pengusul" in shown and "3 Juni 2026" in shown
    assert "nomor tiangnya" not in shown, "what is missing concerns the author"
    disposition.complete(disposition=task, by=resident, seen_version=2, text="Tiang 14.")
    # 3, 4 and 5 June are left out; 8, 9 and 10 June are the three days.
    assert due(idea, "verification") == date(2026, 6, 10)
    assert "paling lambat 10 Juni 2026" in page(client, idea)


def test_the_official_answer_stops_the_clock(stand_at, routed, responder, client):
    idea = routed()
    stand_at("2026-06-04 15:00")
    answers.publish_answer(idea=idea, officer=responder, body="Lampu dipasang.")
    met = Clock.objects.get(idea=idea, step="first_response")
    assert (met.met_days, met.met_on) == (2, date(2026, 6, 4))
    assert "Ditanggapi dalam 2 hari kerja" in page(client, idea)
    changed = answers.publish_answer(
        idea=idea, officer=responder, body="Lampu dipasang besok.", seen_version=1
    )
    assert changed.version == 2
    assert Clock.objects.get(pk=met.pk).met_days == 2, "a later version meets nothing anew"


def test_an_answer_without_disposition_counts_from_the_receipt(stand_at, make_idea, responder):
    idea = make_idea()
    stand_at("2026-06-11 09:00")
    answers.publish_answer(idea=idea, officer=responder, body="Lampu dipasang.")
    found = {c.step: (c.met_days, c.due_on) for c in Clock.objects.filter(idea=idea)}
    assert found == {
        "verification": (7, date(2026, 6, 5)), "first_response": (7, date(2026, 6, 9)),
    }  # fmt: skip


@pytest.mark.parametrize(
    "who, meets",
    [("responder", True), ("resident", False), ("responder_elsewhere", False)],
)
def test_a_reply_as_the_unit_is_a_first_response(
    routed, make_reply, cast, who, meets, stand_at, client
):
    idea = routed()
    stand_at("2026-06-03 09:00")
    make_reply(author=getattr(cast, who), idea_=idea, body="Kami cek hari ini.")
    assert (Clock.objects.get(idea=idea, step="first_response").met_at is not None) == meets
    assert ("Ditanggapi dalam 1 hari kerja" in page(client, idea)) == meets
    assert Disposition.objects.get(idea=idea).state == "routed", "the official answer is to come"


def test_a_reply_before_the_screening_let_it_through_is_none_yet(
    routed, make_reply, responder, moderator
):
    idea = routed()
    reply = make_reply(author=responder, idea_=idea, body="Kunjungi https://contoh.example/a")
    discussion.hide_reply(reply=reply)
    assert Clock.objects.get(idea=idea, step="first_response").met_at is not None


def test_a_held_aspirasi_has_no_clock_until_a_moderator_publishes_it(
    stand_at, make_project, make_idea, moderator
):
    held = make_idea(project_=make_project(premoderated=True))
    assert not Clock.objects.filter(idea=held).exists()
    stand_at("2026-06-03 09:00")
    case = Case.objects.get(idea=held)
    moderation.rule(case=case, seen_version=1, decision="publish", by=moderator)
    assert due(held, "verification") == date(2026, 6, 8)
    again = moderation.examine(target=held, by=moderator)
    for step, decision in ((1, "hide"), (1, "restore")):
        again = again if decision == "hide" else moderation.examine(target=held, by=moderator)
        moderation.rule(case=again, seen_version=step, decision=decision, by=moderator, message="x")
        held.refresh_from_db()
    assert Clock.objects.filter(idea=held).count() == 1, "restored: the clock that it had"


def test_the_page_says_when_a_date_has_passed(stand_at, routed, client):
    idea = routed()
    stand_at("2026-06-10 09:00")
    assert "Jawaban terlambat, seharusnya paling lambat 9 Juni 2026" in page(client, idea)


def test_a_project_leader_elsewhere_changes_nothing(make_person, other_unit, routed):
    """Roles of another unit neither stop nor move a clock."""
    idea = routed()
    stranger = make_person(role=Role.LEADER, unit=other_unit)
    with pytest.raises(Exception, match="Hanya petugas"):
        disposition.refuse(
            disposition=idea.disposition, by=stranger, seen_version=2, reason="Bukan kami."
        )
    assert Clock.objects.get(idea=idea, step="first_response").is_running
