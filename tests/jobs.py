"""Running the jobs that a test enqueued: nothing runs by itself in the tests."""

from django_tasks_db.models import DBTaskResult, get_date_max

from core import background
from core.models import framework

WORKER = "drain"


def drain(*, retries: bool = False, raising: bool = True, most: int = 1000) -> int:
    """Run the jobs that are ready, and those that they enqueue, here and now; how many ran.

    A job that fails raises, unless `raising=False`. `retries=True` does not wait for the delay
    before the next try.
    """
    for ran in range(most):
        if retries:
            DBTaskResult.objects.filter(status=framework.TaskResultStatus.READY).update(
                run_after=get_date_max()
            )
        job = background.claim(WORKER)
        if job is None:
            return ran
        if not background.run(job, WORKER) and raising:
            job.refresh_from_db()
            raise AssertionError(f"A job failed:\n{job.traceback}")
    raise AssertionError(f"Still jobs after {most}: do they enqueue each other without end?")
