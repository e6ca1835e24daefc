"""What it costs to answer an aspirasi that ten thousand people follow, and to tell them all."""

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests.bench import stack

FOLLOWERS = 10_000


@dataclass
class Told:
    """Milliseconds of each answer, with and without followers; seconds until all were told."""

    followed: list[float]
    alone: list[float]
    seconds: float


def measure(*, rounds: int) -> Told:
    """Tell all followers of one answer; then answer aspirasi of two projects in turn."""
    crowd, quiet = _project("ramai"), _project("sepi")
    _follow(crowd)
    officer = _officer(crowd)
    told = Told([], [], 0.0)
    _work_off()
    _answer(_idea(crowd), officer)
    began = time.perf_counter()
    _work_off()
    told.seconds = time.perf_counter() - began
    # The jobs of these answers are left: the database goes with this run.
    for project, times in ((crowd, told.followed), (quiet, told.alone)) * rounds:
        times.append(_answer(_idea(project), officer))
    return told


def _work_off() -> None:
    from core import background

    while job := background.claim("bench"):
        background.run(job, "bench")


def _project(slug: str) -> Any:
    from django.utils import timezone

    from accounts.models import Unit
    from participation.models import Phase, Project, Stage

    today = timezone.localdate()
    project = Project.objects.create(
        slug=f"bench-{slug}", title=f"Proyek {slug}", summary="Untuk mengukur.",
        unit=Unit.objects.order_by("pk")[0], opened_on=today - timedelta(days=9),
    )  # fmt: skip
    Phase.objects.create(
        project=project, stage=Stage.DISCUSSION, starts_on=today - timedelta(days=9)
    )
    return project


def _follow(project: Any) -> None:
    from accounts.models import Person
    from participation.models import Follow

    people = Person.objects.bulk_create(
        [
            Person(email=f"{uuid.uuid4().hex}@bench.example", display_name=f"Warga {n}")
            for n in range(FOLLOWERS)
        ],
        batch_size=1000,
    )
    Follow.objects.bulk_create(
        [Follow(project=project, person=person) for person in people], batch_size=1000
    )


def _officer(project: Any) -> Any:
    from accounts import services as accounts

    person = accounts.create_person(
        email="penghubung@bench.example", display_name="Penghubung", email_verified=True
    )
    accounts.set_staff_profile(person=person, unit=project.unit, position="Penata")
    accounts.grant_role(person=person, role="responder", unit=project.unit, by=None)
    return person


def _idea(project: Any) -> Any:
    from forum.moderation import services as moderation
    from participation.models import Category, Idea
    from participation.services import IdeaDraft

    author = stack.residents()[0]
    idea = moderation.submit_idea(
        author=author, project=project, client_key=uuid.uuid4(),
        draft=IdeaDraft(
            title="Tambah lampu", body="Gelap.", category_id=Category.objects.all()[0].pk,
            village_id=author.village_id,
        ),
    )  # fmt: skip
    return Idea.objects.select_related("project__unit").get(pk=idea.pk)


def _answer(idea: Any, officer: Any) -> float:
    from forum.answers import services as answers

    began = time.perf_counter()
    answers.publish_answer(idea=idea, officer=officer, body="Terima kasih.")
    return (time.perf_counter() - began) * 1000
