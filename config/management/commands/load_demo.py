"""Fill an empty forum with the demo of a city: `manage.py load_demo --city pontianak`."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts import services as accounts
from accounts.models import Person, Role
from config.demo import loader
from core.publishing import Visibility
from forum.answers.models import OfficialAnswer
from participation.models import Idea, Project

RESIDENT = f"warga1@{loader.MAIL_DOMAIN}"


class Command(BaseCommand):
    help = "Loads the demo of a city into an empty forum, in a demo only. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--city", required=True, choices=accounts.known_cities())

    def handle(self, *args: Any, city: str, **options: Any) -> None:
        try:
            loaded = loader.load(city)
        except loader.NotADemo as error:
            raise CommandError(
                "The demo's accounts all have the same public password. Set REMBUK_DEMO=1 to load "
                "them, and never in an installation for real residents."
            ) from error
        except loader.NotEmpty as error:
            raise CommandError(
                "This forum already has projects of its own. Use another database for the demo."
            ) from error
        except accounts.AnotherCity as error:
            raise CommandError(
                f"This installation already serves {error}. Use another database for {city}."
            ) from error
        said = "loaded" if loaded.new else "was already there, nothing changed"
        amounts = ", ".join(f"{number} {what}" for what, number in loaded.counts.items())
        self.stdout.write(f"Demo {said}: {amounts}.\n{loader.NOTICE}\n\n")
        self._table("Worth opening", self._addresses())
        self._table(f"Sign in with the password {loader.PASSWORD}", self._accounts())

    def _table(self, title: str, rows: list[tuple[str, str]]) -> None:
        self.stdout.write(title)
        width = max((len(first) for first, _second in rows), default=0)
        for first, second in rows:
            self.stdout.write(f"  {first.ljust(width)}  {second}")
        self.stdout.write("")

    def _addresses(self) -> list[tuple[str, str]]:
        site = settings.SITE_ORIGINS[0] if settings.SITE_ORIGINS else ""
        public = Idea.objects.filter(
            visibility=Visibility.PUBLISHED, project__staff_only=False
        ).order_by("-reply_count", "pk")
        rows = [("participation:home", (), "Home")]
        for project in Project.objects.order_by("pk"):
            phase = project.phase
            note = f"{project.title}: {phase.get_stage_display() if phase else ''}"
            if project.staff_only:
                note += " (civil servants only)"
            rows.append(("participation:project", (project.slug,), note))
        busiest = public.first()
        if busiest:
            rows.append(("forum:idea", (busiest.pk,), f"Most discussed: {busiest.title}"))
        declined = public.filter(status="declined").first()
        if declined:
            rows.append(("forum:idea", (declined.pk,), f"Not continued, with reasons: {declined}"))
        hidden = Idea.objects.filter(visibility=Visibility.HIDDEN).first()
        if hidden:
            rows.append(("forum:idea", (hidden.pk,), "Hidden by a moderator"))
        if OfficialAnswer.objects.exists():
            rows.append(("forum:answer_queue", (), "Waiting for an answer (responder)"))
        rows.append(("forum:tasks", (), "Tasks: verify, route, assign (moderator, responder)"))
        rows.append(("forum:unit_clocks", (), "How each unit keeps its time"))
        rows.append(("forum:desk", (), "Moderation desk (moderator)"))
        return [(site + reverse(name, args=args), note) for name, args, note in rows]

    def _accounts(self) -> list[tuple[str, str]]:
        rows = [(person.email, "Resident") for person in Person.objects.filter(email=RESIDENT)]
        for role in Role:
            officers = Person.objects.filter(
                email__endswith=f"@{loader.MAIL_DOMAIN}",
                role_grants__role=role,
                role_grants__ended_at=None,
            ).order_by("pk")
            for officer in officers.select_related("staff_profile__unit"):
                unit = officer.staff_profile.unit.label
                rows.append((officer.email, f"{role.value}, {unit}: {officer.display_name}"))
        return rows
