"""Make this the installation of a city: `manage.py load_city pontianak`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import services


class Command(BaseCommand):
    help = "Loads a city's row, kecamatan, kelurahan and perangkat daerah. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", choices=services.known_cities())

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        try:
            loaded = services.load_city(slug)
        except services.AnotherCity as error:
            raise CommandError(
                f"This installation already serves {error}. One installation serves one city: "
                "use another database."
            ) from error
        self.stdout.write(
            f"{loaded.city.name}: {loaded.districts} kecamatan, {loaded.villages} kelurahan, "
            f"{loaded.units} perangkat daerah."
        )
