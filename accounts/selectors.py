"""Reads about the city and its people: the city itself, villages, units, roles of a person."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet

from accounts.models import City, Person, RoleGrant, StaffProfile, Unit, Village

_city: City | None = None


def city() -> City:
    """The city of this installation, read once per process.

    Before `load_city` has run there is none: then a nameless stand-in, so that pages still open.
    """
    global _city
    if _city is None:
        _city = City.objects.filter(pk=1).first()
    return _city or City(
        slug="",
        name="",
        time_zone=settings.TIME_ZONE,
        time_zone_label="WIB",
        latitude=Decimal(0),
        longitude=Decimal(0),
        population=0,
        theme="pontianak",
    )


def forget_city() -> None:
    """Read the city anew at the next question."""
    global _city
    _city = None


def villages() -> QuerySet[Village]:
    """All villages with their district, in the order of a list grouped by district."""
    return Village.objects.select_related("district").order_by("district__name", "name")


def village_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """Villages by district, as the choices of a select: [(district, [(code, name), ...]), ...]."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for village in villages():
        groups.setdefault(village.district.name, []).append((village.code, village.name))
    return list(groups.items())


def units() -> QuerySet[Unit]:
    """The units that are at work, in the city's own order."""
    return Unit.objects.filter(is_active=True)


NAMES_VERSION = "names-version"


def names_version() -> str:
    """Changes whenever somebody's name or kelurahan does: part of the key of rendered names.

    One number for all: it is asked on every page of an aspirasi, names change a few times a day.
    A cache that has lost it starts a new one, under which nothing is kept yet.
    """
    return str(cache.get_or_set(NAMES_VERSION, lambda: uuid4().hex, None))


def people() -> QuerySet[Person]:
    """Everybody with an account, with the village."""
    return Person.objects.select_related("village")


def active_grants(person: Person) -> QuerySet[RoleGrant]:
    """The roles that the person holds now, with unit and project, for the person's own page."""
    return (
        RoleGrant.objects.filter(person=person, ended_at__isnull=True)
        .select_related("unit", "project")
        .order_by("granted_at")
    )


def officers_in(role: str) -> QuerySet[Person]:
    """The civil servants who hold a role anywhere, by unit and name; with their staff profile."""
    held = RoleGrant.objects.filter(role=role, ended_at__isnull=True)
    return (
        Person.objects.filter(pk__in=held.values("person_id"), is_active=True)
        .exclude(staff_profile=None)
        .select_related("staff_profile__unit")
        .order_by("staff_profile__unit__position", "staff_profile__unit__name", "display_name")
    )


def staff_profile(person: Person) -> StaffProfile | None:
    """Unit and position of a civil servant; None for a resident. Read once per person object."""
    if not hasattr(person, "_staff_profile"):
        rows = StaffProfile.objects.select_related("unit").filter(person_id=person.pk)
        person._staff_profile = rows.first()  # type: ignore[attr-defined]
    found: StaffProfile | None = person._staff_profile  # type: ignore[attr-defined]
    return found


def unit_of(person: Person) -> Unit | None:
    """The unit for which a civil servant speaks; None for a resident."""
    profile = staff_profile(person)
    return profile.unit if profile else None


def holders(
    role: str, *, units: Iterable[int] = (), project: int | None = None, everywhere: bool = True
) -> QuerySet[Person]:
    """Active people who hold a role for one of these units, for a project, or for the whole city.

    `everywhere=False` leaves out those who hold it for the whole city; without units and project
    it is those alone.
    """
    scope = Q(role_grants__unit__in=list(units))
    if project is not None:
        scope |= Q(role_grants__project=project)
    if everywhere:
        scope |= Q(role_grants__unit=None, role_grants__project=None)
    held = Q(role_grants__role=role, role_grants__ended_at=None)
    return Person.objects.filter(held & scope, is_active=True).distinct().order_by("pk")
