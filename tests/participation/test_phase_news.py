"""Followers hear when a phase begins and before aspirasi close: by the calendar, each date once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts import selectors as accounts
from forum import tasks as forum_tasks
from notifications.models import Delivery, Event, Notice, Receipt
from participation import services as participation
from participation import tasks
from participation.models import Follow, Phase, Project, Stage
from tests.jobs import drain

WIB = ZoneInfo("Asia/Pontianak")


@pytest.fixture(autouse=True)
def fresh_city():
    accounts.forget_city()
    yield
    accounts.forget_city()


@pytest.fixture
def park(perkim, resident):
    """A project that takes aspirasi until 17 July and is decided from the 20th; with a follower."""
    project = Project.objects.create(
        slug="taman", title="Taman Kota", summary="Ditata.", unit=perkim, opened_on=date(2026, 6, 1)
    )
    Phase.objects.create(
        project=project, stage=Stage.DISCUSSION,
        starts_on=date(2026, 7, 1), ends_on=date(2026, 7, 17),
    )  # fmt: skip
    Phase.objects.create(project=project, stage=Stage.DECISION, starts_on=date(2026, 7, 20))
    Follow.objects.create(project=project, person=resident)
    return project


@pytest.fixture
def look():
    """What the job tells on a day of July, at an hour in the city: the headlines, oldest first."""

    def at(day, hour=9):
        with time_machine.travel(datetime(2026, 7, day, hour, tzinfo=WIB), tick=False):
            tasks.tell_phases.call()
            drain()
        return [event.text for event in Event.objects.filter(category="phase").order_by("pk")]

    return at


BEGINS, CLOSES, NEXT = (
    "Tahap Pembahasan dimulai",
    "Kirim aspirasi paling lambat 17 Juli",
    "Tahap Keputusan dimulai",
)


def test_the_calendar_of_a_project(park, look):
    assert look(1, hour=6) == []
    assert look(1, hour=7) == [BEGINS]
    assert look(13) == [BEGINS]
    assert look(14) == [BEGINS, CLOSES]
    assert look(19) == [BEGINS, CLOSES]
    assert look(20) == [BEGINS, CLOSES, NEXT]
    assert Receipt.objects.count() == 3


def test_looked_at_every_hour_it_is_told_once(park, look):
    for day in (14, 15, 16, 17):
        for hour in (7, 12, 23):
            assert look(day, hour) == [CLOSES]


def test_a_day_on_which_nothing_ran_is_made_up_for(park, look):
    assert look(3) == [BEGINS]
    assert look(16) == [BEGINS, CLOSES]
    assert look(23) == [BEGINS, CLOSES]


def test_other_dates_are_told_once_each(park, look):
    phase = park.phases.get(stage=Stage.DISCUSSION)
    assert look(14) == [CLOSES]
    phase.ends_on = date(2026, 7, 19)
    phase.save()
    assert look(14) == [CLOSES]
    later = "Kirim aspirasi paling lambat 19 Juli"
    assert look(16) == [CLOSES, later]
    phase.ends_on = date(2026, 7, 17)
    phase.save()
    assert look(16) == [CLOSES, later]
    phase.starts_on = date(2026, 7, 16)
    phase.save()
    assert look(16) == [CLOSES, later, BEGINS]


def test_a_phase_that_begins_and_closes_within_days_is_told_of_one_at_a_time(park, look):
    park.phases.filter(stage=Stage.DISCUSSION).update(starts_on=date(2026, 7, 15))
    assert look(15) == [BEGINS]
    assert look(16) == [BEGINS, CLOSES]


def test_a_phase_that_another_one_ended_before_closes_nothing(park, look):
    park.phases.filter(stage=Stage.DECISION).update(starts_on=date(2026, 7, 12))
    assert look(14) == [NEXT]


@pytest.mark.parametrize("stage", [Stage.DECISION, Stage.IMPLEMENTATION])
def test_where_no_aspirasi_are_taken_nothing_closes(park, look, stage):
    park.phases.filter(stage=Stage.DECISION).delete()
    park.phases.update(stage=stage)
    assert look(14) == []


def test_the_last_stage_is_said_in_plain_words(park, look):
    park.phases.filter(stage=Stage.DECISION).update(stage=Stage.DONE)
    assert look(20) == ["Proyek ini sudah selesai"]


def test_it_is_told_to_followers_alone(park, look, other_resident, make_person):
    muted = make_person("Tono")
    participation.mute(project=park, person=muted)
    look(1)
    assert [row.person.display_name for row in Receipt.objects.all()] == ["Nur Aini"]


def test_a_project_that_is_not_published_is_not_told_of(park, look):
    Project.objects.update(is_published=False)
    assert look(1) == []


def test_a_project_that_became_the_staffs_own_is_neither_listed_nor_mailed(
    park, look, resident, sign_in, mailoutbox, dropped_why
):
    look(1)
    with time_machine.travel(datetime(2026, 7, 2, 7, 30, tzinfo=WIB), tick=False):
        client = sign_in(resident)
        assert "Tahap Pembahasan dimulai" in client.get("/kabar/").content.decode()
        Project.objects.update(staff_only=True)
        assert "Tahap Pembahasan dimulai" not in client.get("/kabar/").content.decode()
        Notice.objects.update(seen_at=None)
        forum_tasks.send_letters()
    assert (mailoutbox, dropped_why()) == ([], ["gone"])


@pytest.fixture
def dropped_why():
    return lambda: list(
        Delivery.objects.filter(state="dropped").values_list("why_dropped", flat=True)
    )


def test_the_mail_comes_before_the_last_day(park, look, mailoutbox, resident):
    look(14)
    with time_machine.travel(datetime(2026, 7, 15, 7, 1, tzinfo=WIB), tick=False):
        forum_tasks.send_letters()
    (mail,) = mailoutbox
    assert mail.subject == "Kabar proyek yang Anda ikuti"
    assert "Kirim aspirasi paling lambat 17 Juli" in mail.body
    assert "/proyek/taman/" in mail.body


def test_a_job_that_is_run_again_tells_nobody_twice(park, look, make_person):
    for _ in range(4):
        Follow.objects.create(project=park, person=make_person())
    look(1)
    event = Event.objects.get()
    tasks.tell_project.call(event_id=event.pk, project_id=park.pk)
    assert Receipt.objects.filter(event=event).count() == 5
    assert set(Notice.objects.values_list("count", flat=True)) == {1}


def test_an_hour_costs_the_same_with_many_projects(park, make_project, django_assert_num_queries):
    def cost(most):
        with (
            time_machine.travel(datetime(2026, 7, 9, 9, tzinfo=WIB), tick=False),
            django_assert_num_queries(most),
        ):
            tasks.tell_phases.call()

    accounts.city()
    cost(2)
    for n in range(5):
        make_project(f"Proyek {n}")
    Phase.objects.filter(project__slug__startswith="proyek").update(
        starts_on=date(2026, 7, 1) - timedelta(days=60), ends_on=date(2026, 7, 30)
    )
    cost(2)
