"""Jobs: stored with their transaction, retried, never run by two at once, never lost."""

import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from core import background
from core.models import Due, FailedJob, Lease
from core.processes import Loop, Worker
from core.tasks import tidy_jobs
from tests.core import made_tasks
from tests.core.made_tasks import NOTE, notes
from tests.jobs import drain
from tests.processes import Process, eventually
from tests.together import at_once


@pytest.fixture
def start(transactional_db):
    """Start a process: `start("work")`. All are ended after the test."""
    processes: list[Process] = []

    def begin(*command: str, **environment: str) -> Process:
        processes.append(Process(*command, **environment))
        return processes[-1]

    yield begin
    for process in processes:
        if process.running.poll() is None:
            process.kill()


# --- Enqueueing ----------------------------------------------------------------------------------


def test_a_job_is_stored_and_run_later(db):
    made_tasks.note.enqueue(text="a")
    assert notes() == []
    assert drain() == 1
    assert notes() == ["a"]
    assert not Lease.objects.exists()


def test_a_job_is_rolled_back_with_its_transaction(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        made_tasks.note.enqueue(text="a")
        raise ZeroDivisionError
    assert drain() == 0


def test_a_job_is_not_seen_before_its_transaction_commits(transactional_db):
    def claim_elsewhere():
        return at_once(1, lambda: DBTaskResult.objects.ready().exists())

    with transaction.atomic():
        made_tasks.note.enqueue(text="a")
        assert claim_elsewhere() == [False]
    assert claim_elsewhere() == [True]


def test_only_json_can_be_told_to_a_job(db):
    with pytest.raises(TypeError):
        made_tasks.note.enqueue(text=object())


def test_two_tasks_may_not_share_a_name():
    with pytest.raises(ImproperlyConfigured, match=r"made\.note"):
        background.task(name="made.note")(claim_nothing)


def claim_nothing() -> None:
    """A function at the top of a module, as a task must be."""


# --- Failing -------------------------------------------------------------------------------------


def test_a_failed_job_is_tried_again_after_a_growing_delay(db):
    made_tasks.fail.enqueue(what="page")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert drain(raising=False) == 1
        job = DBTaskResult.objects.get()
        first = (job.run_after - timezone.now()).total_seconds()
        assert 7.5 <= first <= 12.5
        assert "There is no page" in job.traceback
        clock.shift(7)
        assert drain(raising=False) == 0
        clock.shift(6)
        assert drain(raising=False) == 1
        job.refresh_from_db()
        assert 30 <= (job.run_after - timezone.now()).total_seconds() <= 50


def test_delays_grow_to_an_hour_and_differ():
    delays = [background.delay_after(n).total_seconds() for n in (1, 2, 3, 4, 5, 6, 50)]
    assert all(7.5 * 4**n <= delays[n] <= 12.5 * 4**n for n in range(5))
    assert all(2700 <= delay <= 4500 for delay in delays[5:])
    assert len({background.delay_after(3) for _ in range(20)}) > 10


def test_after_its_last_try_a_job_waits_for_a_person_who_runs_it_again(db, capsys):
    job_id = made_tasks.fail.enqueue(what="page").id
    assert drain(retries=True, raising=False) == 3  # the first try and two more
    failed = FailedJob.objects.get()
    assert str(failed.pk) == job_id
    call_command("jobs", "--failed")
    said = capsys.readouterr().out
    assert job_id in said
    assert "made.fail {'what': 'page'}" in said
    assert "ValueError: There is no page" in said

    call_command("jobs", "--run-again", job_id)
    assert not FailedJob.objects.exists()
    assert drain(retries=True, raising=False) == 3  # all its tries once more
    call_command("jobs", "--run-again", "all")
    assert DBTaskResult.objects.ready().count() == 1


def test_what_is_no_failed_job_cannot_be_run_again(db):
    ready = made_tasks.note.enqueue(text="a").id
    for name in (ready, "nonsense"):
        with pytest.raises(CommandError, match="not a failed job"):
            call_command("jobs", "--run-again", name)


def test_a_job_without_retries_fails_at_once(db):
    made_tasks.never_again.enqueue()
    assert drain(raising=False) == 1
    assert FailedJob.objects.count() == 1


def test_a_job_that_exits_is_a_failed_job(db):
    made_tasks.leave.enqueue()
    assert drain(raising=False) == 1
    assert FailedJob.objects.get().exception_class_path == "builtins.SystemExit"


def test_a_job_of_an_unknown_task_is_tried_again_later(db):
    made_tasks.note.enqueue(text="a")
    DBTaskResult.objects.update(task_path="tests.core.made_tasks.of_next_version")
    assert drain(raising=False) == 1
    assert DBTaskResult.objects.get().status == "READY"


def test_drain_shows_what_failed(db):
    made_tasks.never_again.enqueue()
    with pytest.raises(AssertionError, match="Once is enough"):
        drain()


def test_a_city_admin_sees_failed_jobs_and_runs_them_again(
    city_admin, moderator, sign_in, make_person
):
    made_tasks.never_again.enqueue()
    drain(raising=False)
    job = FailedJob.objects.get()
    type(city_admin).objects.filter(pk__in=[city_admin.pk, moderator.pk]).update(is_staff=True)
    city_admin.refresh_from_db()
    moderator.refresh_from_db()
    assert sign_in(moderator).get("/admin/core/failedjob/").status_code == 403

    client = sign_in(city_admin)
    assert "Once is enough" in client.get("/admin/core/failedjob/").content.decode()
    one = client.get(f"/admin/core/failedjob/{job.pk}/change/").content.decode()
    assert "Traceback" in one
    client.post(
        "/admin/core/failedjob/",
        {"action": "run_chosen_again", "_selected_action": [str(job.pk)]},
    )
    assert not FailedJob.objects.exists()
    assert DBTaskResult.objects.ready().count() == 1


def test_the_summary_counts_jobs_and_says_how_late_they_are(db, capsys):
    made_tasks.note.enqueue(text="a")
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(seconds=90))
    call_command("jobs")
    said = capsys.readouterr().out
    assert "ready" in said
    assert "oldest job that could run:  90 s" in said
    made_tasks.note.using(run_after=timezone.now() + timedelta(hours=1)).enqueue(text="later")
    assert background.oldest_ready() < timedelta(seconds=100)


def test_jobs_that_ended_well_are_forgotten_after_a_week(db):
    made_tasks.note.enqueue(text="a")
    made_tasks.never_again.enqueue()
    drain(raising=False)
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=8))
    tidy_jobs.call()
    assert [job.status for job in DBTaskResult.objects.all()] == ["FAILED"]


# --- Several workers -----------------------------------------------------------------------------


def test_workers_side_by_side_never_run_the_same_job(transactional_db):
    for number in range(40):
        made_tasks.note.enqueue(text=f"{number:02}")

    def work_all() -> list[str]:
        worker, mine = f"worker {time.monotonic_ns()}", []
        while (job := background.claim(worker)) or DBTaskResult.objects.ready().exists():
            if job:
                mine.append(str(job.pk))
                background.run(job, worker)
        return mine

    ran = Counter(job for mine in at_once(4, work_all) for job in mine)
    assert len(ran) == 40
    assert set(ran.values()) == {1}
    assert len(notes()) == 40
    assert all(len(job.worker_ids) == 1 for job in DBTaskResult.objects.all())


def test_a_worker_whose_job_was_taken_up_by_another_drops_its_outcome(db):
    made_tasks.note.enqueue(text="a")
    slow = background.claim("slow")
    watch = background.Watch(lease=60)
    assert watch.free_abandoned(now=0) == 0
    assert watch.free_abandoned(now=61) == 1
    other = background.claim("other")
    assert other.pk == slow.pk
    background.run(slow, "slow")
    assert DBTaskResult.objects.get().status == "RUNNING"
    background.run(other, "other")
    job = DBTaskResult.objects.get()
    assert (job.status, job.worker_ids) == ("SUCCESSFUL", ["slow", "other"])


def test_a_job_stays_with_a_worker_that_beats(db):
    made_tasks.note.enqueue(text="a")
    job = background.claim("alive")
    watch = background.Watch(lease=60)
    for now in range(0, 600, 50):
        assert watch.free_abandoned(now=now) == 0
        background.beat(job.pk, "alive")
    assert watch.free_abandoned(now=600) == 0
    assert watch.free_abandoned(now=661) == 1


def test_who_begins_to_watch_takes_nothing_before_a_full_lease(db):
    made_tasks.note.enqueue(text="a")
    background.claim("gone")
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert background.Watch(lease=60).free_abandoned(now=5000) == 0


def test_a_job_that_kills_every_worker_ends_with_the_failed_ones(db):
    made_tasks.never_again.enqueue()
    for death in range(4):
        assert background.claim(f"worker {death}")
        watch = background.Watch(lease=1)
        watch.free_abandoned(now=0)
        watch.free_abandoned(now=2)
    assert "WorkerDied" in FailedJob.objects.get().traceback


def test_a_loop_outlives_a_database_that_fails(db):
    class Failing(Loop):
        shortest = longest = 0.01
        steps = 0

        def step(self) -> bool:
            self.steps += 1
            if self.steps == 5:
                self.stop()
            with connection.cursor() as cursor, transaction.atomic():
                cursor.execute("SELECT * FROM there_is_no_such_table")
            return True

    loop = Failing()
    connections_closed = connections.close_all
    connections.close_all = lambda: None  # the test's own connection stays
    try:
        loop.run()
    finally:
        connections.close_all = connections_closed
    assert loop.steps == 5


def test_each_worker_has_a_name_of_its_own():
    assert Worker().name != Worker().name


# --- Real processes ------------------------------------------------------------------------------


def test_a_job_whose_worker_is_killed_is_run_again_and_only_the_last_effect_stands(start, tmp_path):
    diary = tmp_path / "diary"
    diary.touch()
    with transaction.atomic():
        made_tasks.slow.enqueue(diary=str(diary), text="a", seconds=3)
    first = start("work")
    eventually(lambda: "begin" in diary.read_text())
    first.kill()  # in the middle of its transaction
    assert notes() == []
    second = start("work")
    eventually(lambda: "end" in diary.read_text())
    eventually(lambda: DBTaskResult.objects.successful().count() == 1)
    assert second.stop() == 0
    assert Due.objects.get(name=NOTE).payload == {"by": second.pid}
    assert [line.split()[0] for line in diary.read_text().splitlines()] == ["begin", "begin", "end"]
    assert len(DBTaskResult.objects.get().worker_ids) == 2


def test_a_slow_job_is_left_to_its_worker(start, tmp_path):
    diary = tmp_path / "diary"
    diary.touch()
    made_tasks.slow.enqueue(diary=str(diary), text="a", seconds=6)  # three leases
    workers = [start("work"), start("work")]
    eventually(lambda: "end" in diary.read_text())
    eventually(lambda: DBTaskResult.objects.successful().count() == 1)
    assert [worker.stop() for worker in workers] == [0, 0]
    assert len(diary.read_text().splitlines()) == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_finishes_its_job(start, tmp_path, number):
    diary = tmp_path / "diary"
    diary.touch()
    for key in "ab":
        made_tasks.slow.enqueue(diary=str(diary), text=key, seconds=2)
    worker = start("work")
    eventually(lambda: "begin" in diary.read_text())
    assert worker.stop(number) == 0
    assert [line.split()[0] for line in diary.read_text().splitlines()] == ["begin", "end"]
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "SUCCESSFUL"]
