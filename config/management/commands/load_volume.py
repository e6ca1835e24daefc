"""Fill a forum to measure with: `manage.py load_volume --ideas 100000 --replies 1000000`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import volume
from participation.models import Project


class Command(BaseCommand):
    help = "Adds made-up aspirasi and replies in bulk, to measure with. Needs a loaded city."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ideas", type=int, required=True)
        parser.add_argument("--replies", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, ideas: int, replies: int, seed: int = 1, **options: Any) -> None:
        if ideas < 1 or replies < 0:
            raise CommandError("--ideas must be 1 or more, --replies 0 or more.")
        real = Project.objects.exclude(slug__startswith="ramai-").exists()
        if real and not settings.DEMO:
            raise CommandError(
                "This forum has projects of its own. Made-up aspirasi only go into an empty forum "
                "or a demo (REMBUK_DEMO=1)."
            )
        try:
            volume.load(ideas=ideas, replies=replies, seed=seed, report=self._report)
        except volume.NoCity as error:
            raise CommandError("Load a city first: manage.py load_city pontianak") from error

    def _report(self, table: str, rows: int, seconds: float) -> None:
        speed = f"{rows / seconds:,.0f} rows/s" if seconds else ""
        self.stdout.write(f"{table:28} {rows:>10,} rows {seconds:>7.1f} s  {speed}")
