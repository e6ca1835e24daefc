"""Look at the clock and enqueue what is due, until stopped."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.processes import Scheduler, run_until_stopped
from core.schedule import run_due


class Command(BaseCommand):
    help = "Enqueues what is due until SIGTERM or Ctrl-C; several may run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self.stdout.write(f"{run_due()} enqueued")
        else:
            run_until_stopped(Scheduler())
