"""The cast and the city of the tests: people in their roles, a park project, an aspirasi."""

import csv
import time
import uuid
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from accounts.models import City, Person, Role, Unit, Village
from forum import screening
from forum.clock import services as clock
from forum.discussion import services as discussion
from forum.moderation import services as moderation
from forum.screening.models import WordRule
from participation.models import Category, Idea, Phase, Project, Stage
from participation.services import IdeaDraft
from tests.capabilities import (  # noqa: F401
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_setup,
)
from tests.server import Server, cookie_of


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Every test finds the city of Pontianak loaded."""
    with django_db_blocker.unblock():
        _load_city()


def _load_city() -> City:
    if not City.objects.exists():
        accounts.load_city("pontianak")
    for position, (slug, name, name_en) in enumerate(
        [("penerangan", "Penerangan", "Lighting"), ("lainnya", "Lainnya", "Other")]
    ):
        Category.objects.get_or_create(
            slug=slug, defaults={"name": name, "name_en": name_en, "position": position}
        )
    if clock.load_rules():
        clock.load_national_days()
    if not WordRule.objects.exists():
        _load_words()
    return City.objects.get()


def _load_words() -> None:
    """The lists of the migration again, after a test that emptied the tables."""
    source = Path(screening.__file__).parent / "words.csv"
    with source.open(encoding="utf-8", newline="") as file:
        WordRule.objects.bulk_create(
            WordRule(disguised_only=row.pop("disguised") == "ya", **row)
            for row in csv.DictReader(file)
        )


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def city(db) -> City:
    return _load_city()


@pytest.fixture
def perkim(city) -> Unit:
    """The unit responsible for the project of the tests."""
    return Unit.objects.order_by("position", "pk")[0]


@pytest.fixture
def other_unit(city) -> Unit:
    return Unit.objects.order_by("position", "pk")[1]


@pytest.fixture
def village(city) -> Village:
    return Village.objects.get(code="61.71.01.1006")  # Akcaya


@pytest.fixture
def make_person(city, village):
    """A new person: `make_person("Nur Aini")`, or with role and scope."""

    def make(name: str = "", *, role: str = "", unit=None, project=None, position="Penata"):
        name = name or f"Warga {uuid.uuid4().hex[:6]}"
        person = accounts.create_person(
            email=f"{uuid.uuid4().hex[:12]}@contoh.example",
            display_name=name,
            village_code=village.code,
            email_verified=True,
        )
        Person.objects.filter(pk=person.pk).update(joined_at=timezone.now() - timedelta(days=30))
        if role:
            profile_unit = unit or Unit.objects.order_by("position", "pk")[0]
            accounts.set_staff_profile(person=person, unit=profile_unit, position=position)
            accounts.grant_role(person=person, role=role, unit=unit, project=project, by=None)
        return Person.objects.get(pk=person.pk)

    return make


@pytest.fixture
def resident(make_person) -> Person:
    return make_person("Nur Aini")


@pytest.fixture
def other_resident(make_person) -> Person:
    return make_person("Budi Prasetyo")


@pytest.fixture
def responder(make_person, perkim) -> Person:
    return make_person("Hendra Wijaya", role=Role.RESPONDER, unit=perkim)


@pytest.fixture
def responder_elsewhere(make_person, other_unit) -> Person:
    return make_person("Sari Utami", role=Role.RESPONDER, unit=other_unit)


@pytest.fixture
def moderator(make_person) -> Person:
    return make_person("Dewi Lestari", role=Role.MODERATOR)


@pytest.fixture
def second_moderator(make_person) -> Person:
    return make_person("Rizky Maulana", role=Role.MODERATOR)


@pytest.fixture
def moderator_elsewhere(make_person, other_unit) -> Person:
    return make_person("Siti Nurhaliza", role=Role.MODERATOR, unit=other_unit)


@pytest.fixture
def planner(make_person) -> Person:
    return make_person("Yohanes Petrus", role=Role.PLANNER)


@pytest.fixture
def bkpsdm(make_person) -> Person:
    return make_person("Maria Goretti", role=Role.BKPSDM)


@pytest.fixture
def leader(make_person, perkim) -> Person:
    return make_person("Agus Salim", role=Role.LEADER, unit=perkim)


@pytest.fixture
def city_admin(make_person) -> Person:
    return make_person("Lim Hui", role=Role.CITY_ADMIN)


@pytest.fixture
def auditor(make_person) -> Person:
    return make_person("Fransiska Dara", role=Role.AUDITOR)


@pytest.fixture
def sign_in():
    """A browser in which a person is signed in; staff with the second step done."""

    def sign(person: Person | None, **headers) -> Client:
        client = Client(**headers)
        if person is None:
            return client
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        if person.pk and person_is_staff(person):
            Authenticator.objects.get_or_create(
                user=person, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "x"}}
            )
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "mfa", "type": "totp", "at": time.time()}
            ]
            session["account_authentication_methods_user"] = str(person.pk)
            session.save()
        return client

    return sign


def person_is_staff(person: Person) -> bool:
    from accounts import policy

    return policy.is_asn(person)


@pytest.fixture
def cookie(sign_in):
    """The session cookie of a person, for a real connection."""
    return lambda person: cookie_of(sign_in(person))


@pytest.fixture
def start_server(transactional_db, city):
    """Start a Daphne: `start_server(HEARTBEAT_SECONDS="1")`. All are stopped at the end."""
    servers: list[Server] = []

    def start(*, port: int | None = None, **environment: str) -> Server:
        server = Server(port=port, **environment).start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def make_project(perkim):
    """A project whose stage runs today: `make_project(stage=Stage.DONE, staff_only=True)`."""

    def make(title="Revitalisasi Taman Kota", *, stage=Stage.DISCUSSION, unit=None, **fields):
        today = timezone.localdate()
        project = Project.objects.create(
            slug=f"proyek-{uuid.uuid4().hex[:8]}",
            title=title,
            summary="Taman seluas 2,1 hektare ditata ulang.",
            unit=unit or perkim,
            opened_on=today - timedelta(days=60),
            **fields,
        )
        Phase.objects.create(
            project=project,
            stage=stage,
            starts_on=today - timedelta(days=30),
            ends_on=today + timedelta(days=12),
        )
        return project

    return make


@pytest.fixture
def project(make_project) -> Project:
    return make_project()


@pytest.fixture
def draft(village):
    """What a resident filled in: `draft(title="...")`."""

    def make(**changes) -> IdeaDraft:
        filled = {
            "title": "Tambah lampu di parkir timur",
            "body": "Setelah magrib sisi timur gelap sekali.",
            "category_id": "penerangan",
            "village_id": village.code,
        }
        return IdeaDraft(**{**filled, **changes})

    return make


@pytest.fixture
def make_idea(project, resident, draft):
    """A new aspirasi, through the service."""

    def make(*, author=None, project_=None, photos=(), **changes) -> Idea:
        idea = moderation.submit_idea(
            author=author or resident,
            project=project_ or project,
            draft=draft(**changes),
            client_key=uuid.uuid4(),
            photos=photos,
        )
        return Idea.objects.select_related("project__unit").get(pk=idea.pk)

    return make


@pytest.fixture
def idea(make_idea) -> Idea:
    return make_idea()


@pytest.fixture
def make_reply(idea, other_resident):
    """A new reply, through the service."""

    def make(body="Setuju, sekalian pegangannya.", *, author=None, idea_=None, **fields):
        return discussion.submit_reply(
            author=author or other_resident,
            idea=idea_ or idea,
            body=body,
            client_key=fields.pop("client_key", None) or uuid.uuid4(),
            **fields,
        )

    return make


@pytest.fixture
def idea_form(village):
    """The fields of the form of an aspirasi as a browser sends them."""

    def fields(**changes) -> dict:
        filled = {
            "title": "Tambah lampu di parkir timur",
            "body": "Setelah magrib sisi timur gelap sekali.",
            "category": "penerangan",
            "village": village.code,
            "place": "",
            "shown_as": "name",
            "client_key": str(uuid.uuid4()),
        }
        return {**filled, **changes}

    return fields


@pytest.fixture
def cast(
    resident, other_resident, responder, responder_elsewhere, moderator, moderator_elsewhere,
    planner, bkpsdm, leader, city_admin, auditor,
) -> SimpleNamespace:  # fmt: skip
    """Everybody, by name; `anonymous` is None."""
    people = dict(locals())
    return SimpleNamespace(anonymous=None, **people)
