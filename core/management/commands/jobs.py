"""How the background work stands; what failed, and running it again."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count
from django_tasks_db.models import DBTaskResult

from core import background, schedule
from core.models import Due, FailedJob


class Command(BaseCommand):
    help = "Shows how many jobs wait, run and failed; --failed lists, --run-again tries again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--failed", action="store_true", help="list the failed jobs")
        parser.add_argument("--run-again", metavar="ID", help="a failed job's id, or `all`")

    def handle(self, *args: Any, failed: bool, run_again: str | None, **options: Any) -> None:
        if run_again:
            self._run_again(run_again)
        elif failed:
            self._list_failed()
        else:
            self._summary()

    def _run_again(self, job_id: str) -> None:
        if job_id == "all":
            chosen = [str(key) for key in FailedJob.objects.values_list("pk", flat=True)]
        else:
            chosen = [job_id]
        for key in chosen:
            try:
                found = background.run_again(key)
            except ValidationError:
                found = False
            if not found:
                raise CommandError(f"{key} is not a failed job.")
            self.stdout.write(f"{key}: ready again")

    def _list_failed(self) -> None:
        for job in FailedJob.objects.order_by("finished_at"):
            name = background.rules_of(job).name
            arguments = job.args_kwargs["kwargs"] or job.args_kwargs["args"]
            last_line = job.traceback.strip().rpartition("\n")[2]
            self.stdout.write(f"{job.pk}  {job.finished_at:%Y-%m-%d %H:%M} UTC  {name} {arguments}")
            self.stdout.write(f"    {last_line}")
        self.stdout.write(f"{FailedJob.objects.count()} failed")

    def _summary(self) -> None:
        states = DBTaskResult.objects.order_by().values_list("status")
        for status, count in states.annotate(Count("pk")).order_by("status"):
            self.stdout.write(f"{status.lower():12} {count:>8}")
        self.stdout.write(f"{'planned':12} {Due.objects.filter(claimed_at=None).count():>8}")
        self.stdout.write(f"oldest job that could run:  {_age(background.oldest_ready())}")
        self.stdout.write(f"most overdue planned thing: {_age(schedule.oldest_due())}")


def _age(age: timedelta | None) -> str:
    return "none" if age is None else f"{age.total_seconds():.0f} s"
