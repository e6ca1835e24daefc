"""The schedule: whatever the cadence, the clock and the deaths of processes, each thing once."""

import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import background, schedule
from core.models import Due, Lease
from core.schedule import cancel, plan, run_due
from tests.core import made_tasks
from tests.core.made_tasks import NOTE, notes, periods
from tests.jobs import drain
from tests.processes import Process, eventually
from tests.together import at_once

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 12.00 WIB, a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_ran():
    periods.clear()


@pytest.fixture
def only(monkeypatch):
    """Of the recurring things, only these: `only("made.hourly")`."""

    every = schedule._recurring

    def keep(*names: str) -> None:
        kept = {name: every[name] for name in names}
        monkeypatch.setattr(schedule, "_recurring", kept)

    keep()
    return keep


# --- Planned once --------------------------------------------------------------------------------


def test_a_planned_thing_happens_at_its_time_and_once(db, only):
    plan("made.note", NOON, "one", text="a")
    assert run_due(NOON - timedelta(seconds=1)) == 0
    assert run_due(NOON) == 1
    assert run_due(NOON + DAY) == 0
    assert run_due(NOON - DAY) == 0
    assert drain() == 1
    assert notes() == ["a"]


def test_a_plan_is_rolled_back_with_its_transaction(db, only):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        plan("made.note", NOON, "one", text="a")
        raise ZeroDivisionError
    assert run_due(NOON) == 0


def test_planning_the_same_key_again_moves_it_until_it_has_happened(db, only):
    plan("made.note", NOON, "one", text="first")
    plan("made.note", NOON + HOUR, "one", text="second")
    assert run_due(NOON) == 0
    assert run_due(NOON + HOUR) == 1
    again = plan("made.note", NOON + DAY, "one", text="third")
    assert again.due_at == NOON + HOUR
    assert run_due(NOON + 2 * DAY) == 0
    drain()
    assert notes() == ["second"]


def test_a_cancelled_plan_does_not_happen(db, only):
    plan("made.note", NOON, "one", text="a")
    assert cancel("made.note", "one")
    assert run_due(NOON) == 0
    plan("made.note", NOON, "one", text="a")
    assert run_due(NOON) == 1
    assert not cancel("made.note", "one")


def test_what_this_process_does_not_know_is_left_to_one_that_does(db, only):
    plan("made.in_the_next_version", NOON, "one")
    plan("made.note", NOON, "one", text="a")
    assert run_due(NOON) == 1
    assert Due.objects.get(name="made.in_the_next_version").claimed_at is None
    assert schedule.oldest_due(NOON + HOUR) == HOUR


def test_the_claim_is_rolled_back_with_the_job_that_it_enqueues(db, only, monkeypatch):
    plan("made.note", NOON, "one", text="a")
    with monkeypatch.context() as patched, pytest.raises(Killed), transaction.atomic():
        patched.setattr(DBTaskResult, "save", killed)
        run_due(NOON)
    assert run_due(NOON) == 1
    assert drain() == 1


# --- Recurring -----------------------------------------------------------------------------------


def test_a_recurring_thing_runs_once_in_each_period(db, only):
    only("made.hourly")
    for minutes in (0, 1, 30, 59, 60, 61, 119, 125):
        run_due(NOON + timedelta(minutes=minutes))
    drain()
    assert periods == [(NOON + n * HOUR).isoformat() for n in range(3)]


def test_missed_periods_collapse_into_the_present_one(db, only):
    only("made.hourly")
    run_due(NOON)
    assert run_due(NOON + 50 * HOUR) == 1
    drain()
    assert periods == [NOON.isoformat(), (NOON + 50 * HOUR).isoformat()]


def test_missed_periods_are_made_up_for_as_declared(db, only):
    only("made.catching_up")
    assert run_due(NOON) == 1  # the first time: nothing was missed before
    assert run_due(NOON + 10 * DAY) == 3
    drain()
    midnight = NOON.replace(hour=0)
    assert periods == [(midnight + n * DAY).isoformat() for n in (0, 8, 9, 10)]


def test_a_clock_that_jumps_ahead_and_back_repeats_nothing_and_stops_nothing(db, only):
    only("made.hourly")
    for hours in (0, 1, 1000, 1, 2, 1000, 0, 3):
        run_due(NOON + hours * HOUR)
    drain()
    assert periods == [(NOON + n * HOUR).isoformat() for n in (0, 1, 1000, 2, 3)]


def test_periods_begin_at_the_offset(db):
    weekly = schedule.Recurring("w", 7 * DAY, timedelta(hours=-7), 1, False)
    assert weekly.period(NOON) == datetime(2026, 11, 22, 17, tzinfo=UTC)  # Monday 00.00 WIB
    assert weekly.period(datetime(2000, 1, 1, tzinfo=UTC)) <= datetime(2000, 1, 1, tzinfo=UTC)


def test_old_periods_are_forgotten_by_number_and_never_the_newest(db, only, monkeypatch):
    only("made.hourly")
    monkeypatch.setattr(schedule, "PERIODS_KEPT", 5)
    plan("made.note", NOON, "planned", text="a")
    for hours in [*range(8), 1000]:
        run_due(NOON + hours * HOUR)
    assert schedule.forget_old_periods() == 4
    assert run_due(NOON + 7 * HOUR) == 0
    assert Due.objects.filter(name="made.note").exists()


def test_a_recurring_thing_needs_a_sensible_period():
    with pytest.raises(ImproperlyConfigured):
        schedule.scheduled("made.never", every=timedelta())


def test_one_look_by_command(db, only, capsys):
    plan("made.note", timezone.now() - HOUR, "one", text="a")
    call_command("tick", "--once")
    assert "1 enqueued" in capsys.readouterr().out


# --- Any cadence, any clock, any death -----------------------------------------------------------


class Killed(BaseException):
    """The process ends here."""


def killed(*args, **kwargs):
    raise Killed


looks = st.tuples(
    st.just("look"),
    # Mostly small steps; now and then the clock is set far ahead or far back.
    st.one_of(st.integers(-120, 600), st.integers(-60 * 24 * 40, 60 * 24 * 40)),
    st.sampled_from(["lives", "lives", "dies before the commit", "dies in the middle"]),
)
plans = st.tuples(st.just("plan"), st.integers(-600, 60 * 24 * 3), st.integers(0, 9))
works = st.tuples(
    st.just("work"),
    st.sampled_from(["lives", "lives", "dies before", "dies after its effect"]),
    st.none(),
)


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=st.lists(st.one_of(looks, looks, plans, works), max_size=30))
def test_each_due_thing_happens_exactly_once(story, only, monkeypatch):
    """Schedulers and workers come, look at a clock that jumps, and are killed at the worst time."""
    only("made.hourly", "made.catching_up")
    with transaction.atomic():
        Simulation(monkeypatch).tell(story)
        transaction.set_rollback(True)


class Simulation:
    def __init__(self, monkeypatch) -> None:
        self.monkeypatch = monkeypatch
        self.now = NOON
        self.latest = NOON
        self.planned: dict[str, datetime] = {}
        self.looked: set[datetime] = set()  # hours in which a scheduler lived through its look
        self.lease = 0

    def tell(self, story) -> None:
        periods.clear()
        for what, first, second in story:
            getattr(self, what)(first, second)
        self.looked.clear()  # the last look, far from any jump, brings what is due by now
        self.now = max(self.now, self.latest)
        self.look(0, "lives")
        while DBTaskResult.objects.exclude(status="SUCCESSFUL").exists():
            self.work("lives", None)
        self.check()

    def look(self, minutes: int, end: str) -> None:
        self.now += timedelta(minutes=minutes)
        if end == "lives":
            run_due(self.now)
            self.latest = max(self.latest, self.now)
            self.looked.add(self.now.replace(minute=0))
            return
        enqueue, left = DBTaskResult.save, [random.randint(0, 2)]

        def save(row, *args, **kwargs):
            if left[0] == 0 and end == "dies before the commit":
                killed()
            enqueue(row, *args, **kwargs)
            if left[0] == 0:
                killed()  # the row is written, the claim is not
            left[0] -= 1

        try:
            with self.monkeypatch.context() as patched:
                patched.setattr(DBTaskResult, "save", save)
                run_due(self.now)
        except Killed:
            pass
        self.latest = max(self.latest, self.now)

    def plan(self, minutes: int, number: int) -> None:
        key = f"thing {number}"
        due = plan("made.note", self.now + timedelta(minutes=minutes), key, text=key)
        self.planned[key] = due.due_at

    def work(self, end: str, _) -> None:
        worker = f"worker {random.random()}"
        self.free_dead()
        job = background.claim(worker)
        if job is None:
            return
        if end == "lives":
            background.run(job, worker)
        elif end == "dies after its effect":
            job.task.call(**job.args_kwargs["kwargs"])

    def free_dead(self) -> None:
        """No worker of this story works while another looks: whoever holds a lease is dead."""
        watch = background.Watch(lease=1)
        watch.free_abandoned(now=0)
        watch.free_abandoned(now=1)
        # A death is no fault of the job, but many end it: a person runs it again.
        for job in DBTaskResult.objects.failed():
            background.run_again(job.pk)

    def check(self) -> None:
        due = {key for key, at in self.planned.items() if at <= self.latest}
        assert set(notes()) == due
        assert not Lease.objects.exists()
        jobs = Counter(
            (job.task_path, str(job.args_kwargs["kwargs"])) for job in DBTaskResult.objects.all()
        )
        assert all(count == 1 for count in jobs.values()), jobs
        claimed = Due.objects.exclude(name=NOTE).filter(claimed_at__isnull=False)
        assert len({row.job_id for row in claimed}) == claimed.count() == sum(jobs.values())
        waiting = Due.objects.exclude(name=NOTE).filter(claimed_at=None)
        assert all(row.due_at > self.latest for row in waiting)
        ran_hours = set(Due.objects.filter(name="made.hourly").values_list("due_at", flat=True))
        assert self.looked <= ran_hours
        assert {row.isoformat() for row in ran_hours} <= set(periods)


def test_many_schedulers_at_once_enqueue_each_thing_once(transactional_db, only):
    only("made.hourly", "made.catching_up")
    for number in range(30):
        plan("made.note", NOON, str(number), text=f"{number:02}")
    assert sum(at_once(6, lambda: run_due(NOON))) == 32
    assert DBTaskResult.objects.count() == 32
    assert drain() == 32
    assert len(notes()) == 30


def test_killed_schedulers_and_workers_lose_nothing_and_repeat_nothing(transactional_db):
    """Real processes, killed at random moments and replaced by others."""
    things = [f"{number:03}" for number in range(240)]
    for key in things:
        at = timezone.now() + timedelta(seconds=random.random() * 6)
        plan("made.note_slowly", at, key, text=key)
    running: list[Process] = []
    try:
        for _ in range(3):
            running += [Process("tick"), Process("tick"), Process("work"), Process("work")]
            before = len(notes())
            eventually(lambda: len(notes()) > before)  # noqa: B023
            time.sleep(random.random() / 2)
            for process in running:
                process.kill()
        running = [Process("tick"), Process("work")]
        eventually(lambda: len(notes()) == len(things), seconds=60)
        eventually(
            lambda: not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists(), seconds=60
        )
        assert [process.stop() for process in running] == [0, 0]
    finally:
        for process in running:
            if process.running.poll() is None:
                process.kill()
    assert notes() == things
    mine = DBTaskResult.objects.filter(task_path=made_tasks.note_slowly.module_path)
    told = Counter(job.args_kwargs["kwargs"]["text"] for job in mine)
    assert told == Counter(things)
    assert any(len(job.worker_ids) > 1 for job in mine)  # somebody was killed in the middle
