"""Work outside the request: jobs that are stored with what they are about, retried, never lost.

    @task(name="notifications.send_digest", retries=5)
    def send_digest(*, person_id: int) -> None: ...

    send_digest.enqueue(person_id=person.pk)

`enqueue` stores a row in the current transaction: rolled back with it, visible to workers when it
commits. A job runs at least once. It may run a second time when its worker was killed or its last
words were lost, so a job reads the state again before it acts and may safely run twice. Its
arguments are JSON: ids, never objects. Its own transactions are short, and whatever it asks over a
network has a timeout. Tasks stand in `<app>/tasks.py`, which every process imports.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult, get_date_max

from core.models import FailedJob, Lease, framework

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=10), timedelta(hours=1)
# A job whose worker died is not at fault, but one that kills every worker must end somewhere.
DEATHS_SURVIVED = 3


@dataclass(frozen=True)
class Rules:
    """What a task is called and how often a failed job of it is tried again."""

    name: str
    retries: int


_tasks: dict[str, framework.Task[..., Any]] = {}
_rules: dict[str, Rules] = {}


def task(
    *, name: str, retries: int = 5, priority: int = 0
) -> Callable[[Callable[P, T]], framework.Task[P, T]]:
    """Make a task of a function at the top of a module. `name` is unique: "app.what_it_does"."""

    def decorate(function: Callable[P, T]) -> framework.Task[P, T]:
        made: framework.Task[P, T] = framework.task(priority=priority)(function)
        if name in _tasks and _tasks[name].module_path != made.module_path:
            raise ImproperlyConfigured(f"Two tasks are called {name!r}.")
        _tasks[name] = made
        _rules[made.module_path] = Rules(name, retries)
        return made

    return decorate


def named(name: str) -> framework.Task[..., Any]:
    """The task of that name; KeyError when no app declares it."""
    return _tasks[name]


def names() -> set[str]:
    """The names of all tasks."""
    return set(_tasks)


def rules_of(job: DBTaskResult) -> Rules:
    """The rules of a job's task; usual ones where this process does not know the task."""
    # During an upgrade an old worker meets new tasks: tried again later, a new worker knows them.
    return _rules.get(job.task_path) or Rules(job.task_path, retries=5)


def delay_after(attempt: int) -> timedelta:
    """The wait after a failed attempt: 10 s, 40 s, 160 s ... at most 1 h, give or take 25 %."""
    exact = min(LONGEST_DELAY, FIRST_DELAY * 4 ** min(attempt - 1, 10))
    # Without jitter, jobs that failed together come back together.
    return exact * random.uniform(0.75, 1.25)


# --- Running -------------------------------------------------------------------------------------


def claim(worker: str) -> DBTaskResult | None:
    """Take the next job that is ready, for this worker alone; None when nothing is ready."""
    # Asked without a lock first: on SQLite every transaction is a writer.
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        job = DBTaskResult.objects.ready().get_locked()
        if job is None:
            return None
        job.claim(worker)
        Lease.objects.create(job=job, worker=worker)
    return job


def run(job: DBTaskResult, worker: str) -> bool:
    """Run a claimed job and store how it ended; False when it failed. What it returns is not kept.

    A failed job is tried again after a growing delay; after its last try it is a `FailedJob`.
    When another worker took the job up in the meantime, that one's outcome stands and this one's is
    dropped.
    """
    name, began = rules_of(job).name, time.monotonic()
    failure: BaseException | None = None
    try:
        with translation.override(settings.LANGUAGE_CODE), timezone.override(None):
            job.task.call(*job.args_kwargs["args"], **job.args_kwargs["kwargs"])
    except (Exception, SystemExit) as error:  # a library that exits may not take the worker along
        failure = error
    with transaction.atomic():
        held, _ = Lease.objects.filter(job_id=job.pk, worker=worker).delete()
        if not held:
            log.warning("job %s %s: taken up by another worker, outcome dropped", name, job.pk)
        elif failure:
            log.warning("job %s %s: attempt %d: %r", name, job.pk, len(job.worker_ids), failure)
            _failed(job, failure)
        else:
            job.set_successful(None)
    log.info("job %s %s: ran for %.2f s", name, job.pk, time.monotonic() - began)
    return failure is None


def beat(job_id: UUID, worker: str) -> None:
    """Say that this worker still works on this job."""
    Lease.objects.filter(job_id=job_id, worker=worker).update(beat=models.F("beat") + 1)


def _failed(job: DBTaskResult, error: BaseException, *, died: bool = False) -> None:
    """Plan the next try, or leave the job to a person."""
    attempt, rules = len(job.worker_ids), rules_of(job)
    job.exception_class_path = f"{type(error).__module__}.{type(error).__qualname__}"
    job.traceback = "".join(format_exception(error))
    if attempt <= (max(rules.retries, DEATHS_SURVIVED) if died else rules.retries):
        job.status = framework.TaskResultStatus.READY
        job.run_after = get_date_max() if died else timezone.now() + delay_after(attempt)
    else:
        job.status = framework.TaskResultStatus.FAILED
        job.finished_at = timezone.now()
        log.error("job %s %s: given up after %d attempts", rules.name, job.pk, attempt)
    job.save(
        update_fields=[
            "status", "run_after", "finished_at", "exception_class_path", "traceback"
        ]
    )  # fmt: skip


# --- Killed workers ------------------------------------------------------------------------------


class WorkerDied(Exception):
    """The worker ended in the middle of this job."""


class Watch:
    """Finds the jobs of killed workers: a lease whose beat stands still for the lease time.

    The time is measured here, by this process's own steady clock. Whoever starts to watch therefore
    waits one full lease time before it takes anything from anybody.
    """

    def __init__(self, lease: float | None = None) -> None:
        self.lease = settings.JOB_LEASE_SECONDS if lease is None else lease
        self._seen: dict[UUID, tuple[str, int, float]] = {}

    def free_abandoned(self, *, now: float | None = None) -> int:
        """Make the jobs of dead workers ready again; how many. `now`: seconds, steadily rising."""
        now = time.monotonic() if now is None else now
        seen: dict[UUID, tuple[str, int, float]] = {}
        freed = 0
        for lease in Lease.objects.all():
            worker, count, since = self._seen.get(lease.job_id, ("", -1, now))
            if (worker, count) != (lease.worker, lease.beat):
                since = now
            if now - since >= self.lease and _free(lease):
                freed += 1
            else:
                seen[lease.job_id] = (lease.worker, lease.beat, since)
        self._seen = seen
        return freed


def _free(seen: Lease) -> bool:
    with transaction.atomic():
        held, _ = Lease.objects.filter(
            job_id=seen.job_id, worker=seen.worker, beat=seen.beat
        ).delete()
        if not held:
            return False
        job = DBTaskResult.objects.select_for_update().get(pk=seen.job_id)
        log.warning("job %s: worker %s is gone; taken up again", job.pk, seen.worker)
        _failed(job, WorkerDied(seen.worker), died=True)
    return True


# --- Jobs that failed for good -------------------------------------------------------------------


def run_again(job_id: UUID | str) -> bool:
    """Make a failed job ready again, with all its tries; False when it is not a failed one."""
    return bool(
        FailedJob.objects.filter(pk=job_id).update(
            status=framework.TaskResultStatus.READY,
            run_after=get_date_max(),
            worker_ids=[],
            started_at=None,
            finished_at=None,
        )
    )


def oldest_ready(now: datetime | None = None) -> timedelta | None:
    """How long the job that waits longest could have been running; None when none waits."""
    now = now or timezone.now()
    ready = DBTaskResult.objects.ready()
    enqueued = ready.filter(run_after=get_date_max()).aggregate(at=models.Min("enqueued_at"))["at"]
    delayed = ready.exclude(run_after=get_date_max()).aggregate(at=models.Min("run_after"))["at"]
    since = min((at for at in (enqueued, delayed) if at), default=None)
    return now - since if since else None
