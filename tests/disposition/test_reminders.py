"""Reminders: officer, then head of the unit, then secretariat; each once, on working days only."""

import random
from datetime import datetime, timedelta

import pytest
from django.core import mail

from accounts.models import Role
from core import schedule
from forum.answers import services as answers
from forum.clock import services as clock
from forum.clock.models import Clock, ClockReminder, Holiday
from forum.disposition import reminders
from forum.disposition import services as disposition
from forum.tasks import send_letters
from notifications.models import Event, Receipt
from tests.jobs import drain


@pytest.fixture
def secretary(make_person):
    return make_person("Retno Sari", role=Role.LEADER)


@pytest.fixture
def colleague(make_person, perkim):
    return make_person("Joko Susilo", role=Role.RESPONDER, unit=perkim)


@pytest.fixture
def running(stand_at, make_idea, moderator, perkim, responder, colleague, leader, secretary):
    """Passed on on Tuesday, 2 June 2026 and given to `responder`; due on Tuesday, 9 June."""
    idea = make_idea()
    task = idea.disposition
    disposition.route(disposition=task, by=moderator, seen_version=1, unit=perkim)
    disposition.assign(disposition=task, by=colleague, seen_version=2, officer=responder)
    drain()
    return idea


def names(level):
    """Who was told of a level, as often as they were."""
    drain()
    rows = ClockReminder.objects.filter(level=level)
    keys = [f"clock.{row.clock_id}.{row.level}" for row in rows]
    found = Receipt.objects.filter(event__key__in=keys)
    return sorted(found.values_list("person__display_name", flat=True))


def test_officer_then_head_then_secretariat(stand_at, running, responder, leader, secretary):
    for moment, level, who in [
        ("2026-06-05 09:00", "kuning", []),  # two working days are left
        ("2026-06-08 09:00", "kuning", [responder]),
        ("2026-06-09 16:00", "merah", []),  # the last day is still in time
        ("2026-06-10 09:00", "merah", [leader]),
        ("2026-06-11 09:00", "sekretariat", []),
        ("2026-06-12 09:00", "sekretariat", [secretary]),
    ]:
        stand_at(moment)
        reminders.send_due()
        assert names(level) == [person.display_name for person in who], moment
    assert ClockReminder.objects.count() == 3


def test_at_any_cadence_each_level_is_told_once(stand_at, running, responder, leader, secretary):
    chance = random.Random(20260602)
    moment = datetime.fromisoformat("2026-06-02 09:00")
    while moment < datetime.fromisoformat("2026-06-20 00:00"):
        stand_at(moment.isoformat(sep=" ", timespec="minutes"))
        schedule.run_due()
        drain()
        moment += timedelta(minutes=chance.choice([3, 40, 170, 900, 2600]))
    assert names("kuning") == [responder.display_name]
    assert names("merah") == [leader.display_name]
    assert names("sekretariat") == [secretary.display_name]
    assert Event.objects.filter(key__startswith="clock.").count() == 3


def test_what_was_passed_while_nobody_looked_is_told_with_the_words_of_now(
    stand_at, running, responder, leader, secretary
):
    stand_at("2026-06-15 09:00")
    assert reminders.send_due() == 3
    assert reminders.send_due() == 0
    assert names("kuning") == [responder.display_name]
    headlines = set(
        Event.objects.filter(key__startswith="clock.").values_list("headline", flat=True)
    )
    assert headlines == {"Tenggat sudah lama lewat"}


@pytest.mark.parametrize(
    "moment",
    [
        "2026-06-13 10:00",  # Saturday
        "2026-06-14 10:00",  # Sunday
        "2026-06-16 10:00",  # Islamic New Year
        "2026-06-15 06:59",  # before the offices open
    ],
)
def test_nothing_is_sent_outside_working_days(stand_at, running, moment):
    stand_at(moment)
    assert reminders.send_due() == 0
    assert not ClockReminder.objects.exists()


def test_a_paused_met_or_hidden_clock_reminds_nobody(
    stand_at, running, make_idea, moderator, responder
):
    paused, hidden = make_idea(title="Lengkapi"), make_idea(title="Sembunyi")
    disposition.return_to_resident(
        disposition=paused.disposition, by=moderator, seen_version=1, missing="Foto"
    )
    type(hidden).objects.filter(pk=hidden.pk).update(visibility="hidden")
    answers.publish_answer(idea=running, officer=responder, body="Sudah dipasang.")
    stand_at("2026-06-19 09:00")
    assert reminders.send_due() == 0


def test_without_an_officer_all_who_answer_for_the_unit_and_without_a_head_they_again(
    stand_at, make_idea, moderator, perkim, responder, colleague, responder_elsewhere
):
    idea = make_idea()
    disposition.route(disposition=idea.disposition, by=moderator, seen_version=1, unit=perkim)
    stand_at("2026-06-10 09:00")
    assert reminders.send_due() == 2
    both = sorted([responder.display_name, colleague.display_name])
    assert names("kuning") == both
    assert names("merah") == both


def test_while_it_is_to_be_verified_the_verifiers_are_reminded(
    stand_at, make_idea, moderator, moderator_elsewhere, responder
):
    make_idea()
    stand_at("2026-06-04 09:00")
    reminders.send_due()
    assert names("kuning") == [moderator.display_name]


def test_a_date_that_moved_away_and_back_is_not_told_twice(stand_at, running):
    stand_at("2026-06-08 09:00")
    assert reminders.send_due() == 1
    day = Holiday.objects.create(date="2026-06-09", name="Hari jadi", kind="local")
    clock.recompute()
    assert reminders.send_due() == 0
    day.delete()
    clock.recompute()
    assert str(Clock.objects.get(idea=running, step="first_response").due_on) == "2026-06-09"
    assert reminders.send_due() == 0


def test_the_mail_names_no_date_and_no_resident(stand_at, running, resident, responder):
    stand_at("2026-06-08 09:00")
    reminders.send_due()
    drain()
    send_letters()
    letters = [m for m in mail.outbox if m.to == [responder.email]]
    assert letters and resident.display_name not in letters[-1].body
