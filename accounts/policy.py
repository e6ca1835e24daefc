"""Who may do what by role: the questions that every other app asks about a person."""

import contextlib
import ipaddress
from types import SimpleNamespace
from typing import Any, NamedTuple

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import Role, RoleGrant
from core.policy import YES, Decision, no


class Scope(NamedTuple):
    """Where one role of a person counts. Without unit and project: in the whole city."""

    role: str
    unit_id: int | None
    project_id: int | None

    @property
    def everywhere(self) -> bool:
        return self.unit_id is None and self.project_id is None


def has_role(
    person: Any, role: str, *, unit_id: int | None = None, project_id: int | None = None
) -> bool:
    """Whether the person holds the role for this unit or this project.

    A grant without scope covers all. Asked without a scope, the question is about the whole city:
    a moderator of one project is not a moderator of the city (`holds_role` asks for that).
    """
    for scope in _scopes(person, role):
        if scope.everywhere:
            return True
        if unit_id is not None and scope.unit_id == unit_id:
            return True
        if project_id is not None and scope.project_id == project_id:
            return True
    return False


def holds_role(person: Any, role: str) -> bool:
    """Whether the person holds the role anywhere, be it for one unit or one project only."""
    return bool(_scopes(person, role))


def scope_of(person: Any, role: str) -> tuple[frozenset[int] | None, frozenset[int] | None] | None:
    """Where the person holds the role, to narrow a list: (unit ids, project ids).

    (None, None) is the whole city; None is nowhere.
    """
    held = _scopes(person, role)
    if not held:
        return None
    if any(scope.everywhere for scope in held):
        return None, None
    units = frozenset(scope.unit_id for scope in held if scope.unit_id is not None)
    projects = frozenset(scope.project_id for scope in held if scope.project_id is not None)
    return units, projects


def is_asn(person: Any) -> bool:
    """Whether the person is a civil servant. Only civil servants get roles, so a role proves it."""
    if not _counts(person):
        return False
    return bool(_active_scopes(person)) or _has_staff_profile(person)


def may_use_staff_pages(person: Any) -> Decision:
    """The pages for work: queue, desk, summaries. Any active role opens the door to them."""
    if _active_scopes(person):
        return YES
    return no(_("Halaman ini untuk petugas kota yang mempunyai peran."))


def may_administer(person: Any) -> Decision:
    """The admin pages of people, roles and units."""
    if _counts(person) and (person.is_superuser or has_role(person, Role.CITY_ADMIN)):
        return YES
    return no(_("Hanya admin kota yang dapat mengatur akun dan peran."))


def may_block(by: Any, person: Any) -> Decision:
    """A city admin may block anybody but themselves; a superuser is blocked by a superuser only."""
    decision = may_administer(by)
    if not decision:
        return decision
    if by.pk == person.pk:
        return no(_("Anda tidak dapat memblokir akun Anda sendiri."))
    if person.is_superuser and not by.is_superuser:
        return no(_("Akun pengelola server hanya dapat diblokir oleh pengelola server."))
    return YES


def may_suspend(by: Any, person: Any) -> Decision:
    """A moderator for the whole city; never a colleague: whoever works here has an admin."""
    if not has_role(by, Role.MODERATOR):
        return no(_("Hanya petugas moderasi kota yang dapat membatasi akun."))
    if is_asn(person):
        return no(_("Akun pegawai tidak dibatasi di sini. Hubungi admin kota."))
    return YES


def may_read_demo_mail(request: HttpRequest) -> Decision:
    """The demo's mail shows everybody's codes: only in the demo and only on the machine itself.

    A forwarding header means that a proxy stands in front: then the loopback address is the
    proxy's, not the reader's.
    """
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if settings.DEMO and not forwarded and _is_loopback(request.META.get("REMOTE_ADDR", "")):
        return YES
    return no(_("Surat demo hanya dapat dibaca di komputer yang menjalankan demo."))


def needs_second_factor(person: Any) -> bool:
    """Outside the demo whoever has a role or opens the admin pages signs in with two steps."""
    if settings.DEMO or not _counts(person):
        return False
    return person.is_staff or person.is_superuser or bool(_active_scopes(person))


def has_second_factor(person: Any) -> bool:
    """Whether the person has set up an authenticator app or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=person.pk, type__in=kinds).exists()


def second_factor_missing(person: Any, session: Any) -> bool:
    """Whether this session may not act for this person until the second step is done.

    True when none is set up, and also when this session never showed it: one that was opened
    before the role was given, or with a password somebody else knows. For requests and sockets.
    """
    if not needs_second_factor(person):
        return False
    return not (_showed_second_factor(person, session) and has_second_factor(person))


def forget_roles(person: Any) -> None:
    """Drop what is remembered on this person object about roles and unit, after they changed."""
    for name in ("_active_scopes", "_staff_profile"):
        with contextlib.suppress(AttributeError):
            delattr(person, name)


def _active_scopes(person: Any) -> tuple[Scope, ...]:
    """All active grants, read once and kept on the person object: one query a request."""
    if not _counts(person):
        return ()
    known: tuple[Scope, ...] | None = getattr(person, "_active_scopes", None)
    if known is None:
        rows = RoleGrant.objects.filter(person_id=person.pk, ended_at__isnull=True)
        known = tuple(
            Scope(*row) for row in rows.values_list("role", "unit_id", "project_id").order_by("pk")
        )
        person._active_scopes = known
    return known


def _scopes(person: Any, role: str) -> list[Scope]:
    return [scope for scope in _active_scopes(person) if scope.role == role]


def _counts(person: Any) -> bool:
    """Signed in and not blocked."""
    return bool(person and person.is_authenticated and person.is_active)


def _has_staff_profile(person: Any) -> bool:
    return selectors.staff_profile(person) is not None


def _showed_second_factor(person: Any, session: Any) -> bool:
    records = get_authentication_records(SimpleNamespace(session=session), person)
    return any(record.get("method") == "mfa" for record in records)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
