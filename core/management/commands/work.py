"""Run background jobs until stopped."""

from typing import Any

from django.core.management.base import BaseCommand

from core.processes import Worker, run_until_stopped
from core.single_process import in_memory_layer


class Command(BaseCommand):
    help = "Runs background jobs until SIGTERM or Ctrl-C; several may run."

    def handle(self, *args: Any, **options: Any) -> None:
        if in_memory_layer():
            self.stderr.write(
                "Without REDIS_URL what a job changes shows on open pages only at their next "
                "heartbeat; `manage.py serve` runs jobs inside the web process."
            )
        run_until_stopped(Worker())
