"""What happens to people: they join, change their profile, get roles, are blocked, sign out."""

import csv
import json
import logging
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import logout
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy, selectors
from accounts.models import (
    DISPLAY_NAME_LENGTH,
    City,
    District,
    Person,
    Role,
    RoleGrant,
    StaffProfile,
    Suspension,
    Unit,
    Village,
)
from core import live, text
from core.policy import require

log = logging.getLogger(__name__)

PACKS = Path(__file__).resolve().parent / "packs"


# --- Joining and the profile --------------------------------------------------------------------


@transaction.atomic
def create_person(
    *,
    email: str,
    display_name: str,
    village_code: str | None = None,
    password: str | None = None,
    email_verified: bool = False,
) -> Person:
    """Store a new person, who is a resident from then on.

    Raises ValidationError by field. Without a password the person signs in by code only.
    `email_verified`: somebody else has vouched for the address (a city admin, the demo's content).
    """
    person = Person(
        email=checked_email(email),
        display_name=checked_display_name(display_name),
        village=_village(village_code),
    )
    if password:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
    person.set_password(password or None)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise ValidationError({"email": _("Email ini sudah punya akun.")}) from error
    if email_verified:
        EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person


def update_profile(
    *, person: Person, display_name: str, village_code: str | None, language: str
) -> Person:
    """Store what a person may say about themselves, and nothing else of the row."""
    person.display_name = checked_display_name(display_name)
    person.village = _village(village_code)
    if language not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Pilih salah satu bahasa.")})
    person.language = language
    person.save(update_fields=["display_name", "village", "language"])
    forget_names()
    return person


def forget_names() -> None:
    """After commit, have every rendered name rendered anew. Call it when a name was changed."""
    transaction.on_commit(lambda: cache.delete(selectors.NAMES_VERSION), robust=True)


@transaction.atomic
def set_staff_profile(*, person: Person, unit: Unit, position: str) -> StaffProfile:
    """Make the person a civil servant of a unit, or store a new unit and position."""
    profile, _created = StaffProfile.objects.update_or_create(
        person=person, defaults={"unit": unit, "position": text.clean_line(position)}
    )
    policy.forget_roles(person)
    return profile


def checked_email(email: str) -> str:
    """The address in its stored form. Raises ValidationError for the field `email`."""
    try:
        email = text.clean_line(email).lower()
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    if len(email) > 254:
        raise ValidationError({"email": _("Alamat email ini terlalu panjang.")})
    return email


def checked_display_name(name: str) -> str:
    """The name in its stored form. Raises ValidationError for the field `display_name`.

    Refused besides what no text may hold: signs that nobody sees, with which a name could look
    like another person's, and names without a single letter.
    """
    try:
        name = text.clean_line(name)
    except ValidationError as error:
        raise ValidationError({"display_name": error.messages}) from error
    message = ""
    if not name:
        message = _("Tulis nama panggilan Anda.")
    elif any(unicodedata.category(sign) in ("Cf", "Co", "Cn") for sign in name):
        message = _("Ada karakter tak terlihat di nama ini. Ketik ulang namanya.")
    elif not any(sign.isalpha() for sign in name):
        message = _("Nama panggilan perlu paling sedikit satu huruf.")
    elif len(name) > DISPLAY_NAME_LENGTH:
        message = _("Nama ini terlalu panjang: paling banyak %(limit)d huruf.") % {
            "limit": DISPLAY_NAME_LENGTH
        }
    if message:
        raise ValidationError({"display_name": message})
    return name


def _village(code: str | None) -> Village | None:
    if not code:
        return None
    village = Village.objects.filter(pk=code).first() if "\x00" not in code else None
    if village is None:
        raise ValidationError({"village": _("Pilih kelurahan dari daftar.")})
    return village


# --- Roles --------------------------------------------------------------------------------------


@transaction.atomic
def grant_role(
    *,
    person: Person,
    role: str,
    unit: Unit | None = None,
    project: Any = None,
    by: Person | None,
) -> RoleGrant:
    """Give a role, for the whole city, one unit or one project. Giving it twice changes nothing.

    `by` is the city admin who gives it; None is the installation itself (a command on the server).
    """
    if by is not None:
        require(policy.may_administer(by))
    if role not in Role.values:
        raise ValidationError({"role": _("Peran ini tidak dikenal.")})
    if unit is not None and project is not None:
        raise ValidationError(
            {"project": _("Pilih perangkat daerah atau proyek, jangan keduanya.")}
        )
    scope = {"person": person, "role": role, "unit": unit, "project": project, "ended_at": None}
    try:
        with transaction.atomic():
            grant = RoleGrant.objects.create(granted_by=by, **scope)
    except IntegrityError:
        return RoleGrant.objects.get(**_where(scope))
    policy.forget_roles(person)
    _note(by, person, _("Peran diberikan: %(grant)s") % {"grant": grant})
    return grant


@transaction.atomic
def end_role(*, grant: RoleGrant, by: Person | None) -> None:
    """End a role now. The person's open pages connect anew, with what is left."""
    if by is not None:
        require(policy.may_administer(by))
    ended = RoleGrant.objects.filter(pk=grant.pk, ended_at__isnull=True).update(
        ended_at=timezone.now()
    )
    if not ended:
        return
    grant.refresh_from_db(fields=["ended_at"])
    policy.forget_roles(grant.person)
    _note(by, grant.person, _("Peran diakhiri: %(grant)s") % {"grant": grant})
    # The browser connects again: its new socket is judged by the new roles.
    live.close_person(grant.person_id, code=live.TRY_AGAIN)


def _where(scope: dict[str, Any]) -> dict[str, Any]:
    """The same scope as a lookup: what is None must be asked for as NULL."""
    return {
        (f"{field}__isnull" if value is None else field): (True if value is None else value)
        for field, value in scope.items()
    }


# --- Blocking -----------------------------------------------------------------------------------


@transaction.atomic
def block(*, person: Person, by: Person, reason: str) -> None:
    """Shut a person out now: no signing in, every session ended, every open page closed.

    The reason is kept in the admin log. A second block of the same person changes nothing.
    """
    require(policy.may_block(by, person))
    reason = text.clean_line(reason)
    if not reason:
        raise ValidationError({"reason": _("Tulis alasannya.")})
    now = timezone.now()
    blocked = Person.objects.filter(pk=person.pk, blocked_at__isnull=True).update(
        blocked_at=now, is_active=False
    )
    if not blocked:
        return
    person.blocked_at, person.is_active = now, False
    end_sessions(sessions=list(UserSession.objects.filter(user_id=person.pk)))
    live.close_person(person.pk)
    _note(by, person, _("Diblokir: %(reason)s") % {"reason": reason})


@transaction.atomic
def unblock(*, person: Person, by: Person) -> None:
    """Let a blocked person sign in again."""
    require(policy.may_block(by, person))
    freed = Person.objects.filter(pk=person.pk, blocked_at__isnull=False).update(
        blocked_at=None, is_active=True
    )
    if not freed:
        return
    person.blocked_at, person.is_active = None, True
    _note(by, person, _("Blokir dibuka"))


# --- Not writing for a time ---------------------------------------------------------------------

SUSPENSION_DAYS = (1, 7, 30)


@transaction.atomic
def suspend(*, person: Person, by: Person, days: int, case: int | None = None) -> Suspension:
    """Let a person read but not write for some days of 24 hours. Ends by itself.

    The longer of two stands: a second, shorter one does not let the person write sooner.
    """
    require(policy.may_suspend(by, person))
    if days not in SUSPENSION_DAYS:
        raise ValidationError({"days": _("Pilih lamanya dari daftar.")})
    locked = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    until = timezone.now() + timedelta(days=days)
    if locked.suspended_until and locked.suspended_until > until:
        until = locked.suspended_until
    return _suspend_until(person, by, until, case)


@transaction.atomic
def end_suspension(
    *, person: Person, by: Person, case: int | None = None, until: datetime | None = None
) -> None:
    """Let a suspended person write again now, or at `until` when another decision holds so long.

    Nothing happens when the time is over.
    """
    require(policy.may_suspend(by, person))
    if Person.objects.select_for_update(no_key=True).get(pk=person.pk).is_suspended:
        _suspend_until(person, by, max(until or timezone.now(), timezone.now()), case)


def _suspend_until(person: Person, by: Person, until: datetime, case: int | None) -> Suspension:
    Person.objects.filter(pk=person.pk).update(suspended_until=until)
    person.suspended_until = until
    return Suspension.objects.create(person=person, by=by, until=until, case=case)


# --- Signing out --------------------------------------------------------------------------------


def sign_out(request: HttpRequest) -> None:
    """End this browser's session and close the pages that it has open. Every way out leads here."""
    person_id, session_key = request.user.pk, request.session.session_key
    logout(request)
    if person_id is None:
        return
    UserSession.objects.filter(session_key=session_key).delete()
    live.close_person(person_id, session_key=session_key)


def session_on_record(request: HttpRequest) -> UserSession:
    """The row of this browser's session. What hangs on it goes with it, whichever way it ends."""
    key = request.session.session_key
    found = UserSession.objects.filter(session_key=key, user_id=request.user.pk).first()
    if found is None:
        UserSession.objects.create_from_request(request)
        found = UserSession.objects.get(session_key=request.session.session_key)
    return found


def end_sessions(*, sessions: list[UserSession]) -> None:
    """End sessions of other browsers and close the pages that they have open."""
    for session in sessions:
        live.close_person(session.user_id, session_key=session.session_key)
        session.end()


def _note(by: Person | None, person: Person, what: str) -> None:
    """Keep who did what to whom: in the admin log of the person, and in the server's log."""
    log.info("accounts: %s did to person %s: %s", by.pk if by else "the server", person.pk, what)
    if by is not None:
        LogEntry.objects.log_actions(by.pk, [person], CHANGE, what, single_object=True)


# --- The city -----------------------------------------------------------------------------------


class AnotherCity(Exception):
    """This installation already serves another city."""


@dataclass(frozen=True)
class LoadedCity:
    """What is there after a city was loaded."""

    city: City
    districts: int
    villages: int
    units: int


def known_cities() -> list[str]:
    """The slugs of the cities that ship with the forum."""
    return sorted(path.parent.name for path in PACKS.glob("*/city.json"))


@transaction.atomic
def load_city(slug: str) -> LoadedCity:
    """Make this the installation of a city: the city's row, districts, villages, units.

    Safe to repeat: districts and villages are stored by code. Units are the city's own to rename
    and close, so a repeat only adds those that are missing. Raises AnotherCity when the
    installation already serves another city, LookupError when there is no such city.
    """
    if slug not in known_cities():
        raise LookupError(slug)
    pack = PACKS / slug
    facts = json.loads((pack / "city.json").read_text(encoding="utf-8"))
    present = City.objects.filter(pk=1).first()
    if present and present.slug != slug:
        raise AnotherCity(present.name)
    city, _created = City.objects.update_or_create(pk=1, defaults=facts)
    District.objects.bulk_create(
        [District(**row) for row in _rows(pack / "districts.csv")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "latitude", "longitude"],
    )
    Village.objects.bulk_create(
        [Village(district_id=row.pop("district"), **row) for row in _rows(pack / "villages.csv")],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "district",
            "name",
            "official_name",
            "postal_code",
            "latitude",
            "longitude",
        ],
    )
    Unit.objects.bulk_create(
        [
            Unit(position=position, **row)
            for position, row in enumerate(_rows(pack / "units.csv"), start=1)
        ],
        ignore_conflicts=True,
    )
    # Before the commit another reader could still remember the old row, hence once more after it.
    selectors.forget_city()
    transaction.on_commit(selectors.forget_city)
    return LoadedCity(
        city=city,
        districts=District.objects.count(),
        villages=Village.objects.count(),
        units=Unit.objects.count(),
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    """A pack's list as model values; coordinates as exact decimals."""
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    for row in rows:
        for field in ("latitude", "longitude"):
            if field in row:
                row[field] = Decimal(row[field])
    return rows
