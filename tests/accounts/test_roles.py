"""Roles: what a grant covers, and that each is given once."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts import policy, services
from accounts.models import Person, Role, RoleGrant
from core import live
from core.policy import Refused

pytestmark = pytest.mark.django_db


def fresh(person):
    return Person.objects.get(pk=person.pk)


def test_a_grant_for_the_city_covers_every_unit_and_project(resident, perkim, project):
    services.grant_role(person=resident, role=Role.MODERATOR, by=None)
    assert policy.has_role(resident, Role.MODERATOR)
    assert policy.has_role(resident, Role.MODERATOR, unit_id=perkim.pk)
    assert policy.has_role(resident, Role.MODERATOR, project_id=project.pk)
    assert policy.scope_of(resident, Role.MODERATOR) == (None, None)


def test_a_grant_for_a_unit_covers_that_unit_only(resident, perkim, other_unit, project):
    services.grant_role(person=resident, role=Role.MODERATOR, unit=perkim, by=None)
    assert policy.has_role(resident, Role.MODERATOR, unit_id=perkim.pk)
    assert policy.has_role(resident, Role.MODERATOR, unit_id=perkim.pk, project_id=project.pk)
    assert not policy.has_role(resident, Role.MODERATOR, unit_id=other_unit.pk)
    assert not policy.has_role(resident, Role.MODERATOR, project_id=project.pk)
    assert not policy.has_role(resident, Role.MODERATOR)
    assert policy.holds_role(resident, Role.MODERATOR)
    assert policy.scope_of(resident, Role.MODERATOR) == ({perkim.pk}, set())


def test_a_grant_for_a_project_covers_that_project_only(resident, perkim, make_project):
    mine, other = make_project(), make_project()
    services.grant_role(person=resident, role=Role.RESPONDER, project=mine, by=None)
    assert policy.has_role(resident, Role.RESPONDER, project_id=mine.pk)
    assert not policy.has_role(resident, Role.RESPONDER, project_id=other.pk)
    assert not policy.has_role(resident, Role.RESPONDER, unit_id=perkim.pk)
    assert not policy.has_role(resident, Role.RESPONDER)
    assert policy.scope_of(resident, Role.RESPONDER) == (set(), {mine.pk})


def test_one_role_is_not_another(resident):
    services.grant_role(person=resident, role=Role.PLANNER, by=None)
    for role in set(Role.values) - {Role.PLANNER}:
        assert not policy.has_role(resident, role), role
        assert policy.scope_of(resident, role) is None


def test_a_resident_needs_no_grant_and_holds_no_role(resident):
    assert not any(policy.holds_role(resident, role) for role in Role.values)
    assert not policy.is_asn(resident)
    decision = policy.may_use_staff_pages(resident)
    assert not decision
    assert decision.reason


def test_nobody_and_the_blocked_hold_no_role(moderator, city_admin):
    assert not policy.has_role(AnonymousUser(), Role.MODERATOR)
    assert not policy.is_asn(AnonymousUser())
    assert policy.has_role(moderator, Role.MODERATOR)
    services.block(person=moderator, by=city_admin, reason="Akun dipakai orang lain")
    assert not policy.has_role(moderator, Role.MODERATOR)
    assert not policy.is_asn(fresh(moderator))
    assert not policy.may_use_staff_pages(fresh(moderator))


def test_the_admin_flag_is_not_a_role(resident):
    resident.is_staff = resident.is_superuser = True
    assert not any(policy.holds_role(resident, role) for role in Role.values)


def test_roles_are_read_once_per_request(responder, perkim, django_assert_num_queries):
    person = fresh(responder)
    with django_assert_num_queries(1):
        for role in Role.values:
            policy.has_role(person, role, unit_id=perkim.pk)
        policy.may_use_staff_pages(person)
        policy.is_asn(person)


@pytest.mark.parametrize("scope", ["city", "unit", "project"])
def test_giving_a_role_twice_changes_nothing(resident, perkim, project, scope):
    scopes = {"city": {}, "unit": {"unit": perkim}, "project": {"project": project}}
    first = services.grant_role(person=resident, role=Role.LEADER, by=None, **scopes[scope])
    again = services.grant_role(person=resident, role=Role.LEADER, by=None, **scopes[scope])
    assert first == again
    assert RoleGrant.objects.filter(person=resident).count() == 1


def test_the_database_itself_refuses_a_second_active_grant(resident):
    RoleGrant.objects.create(person=resident, role=Role.LEADER)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=resident, role=Role.LEADER)


def test_an_ended_role_no_longer_counts_and_may_be_given_again(
    resident, city_admin, closings, django_capture_on_commit_callbacks
):
    grant = services.grant_role(person=resident, role=Role.AUDITOR, by=city_admin)
    with django_capture_on_commit_callbacks(execute=True):
        services.end_role(grant=grant, by=city_admin)
        services.end_role(grant=grant, by=city_admin)
    assert not policy.has_role(fresh(resident), Role.AUDITOR)
    # The pages connect anew and are judged by what is left: not a goodbye.
    assert closings == [(live.person_topic(resident.pk), live.TRY_AGAIN, None)]
    again = services.grant_role(person=resident, role=Role.AUDITOR, by=city_admin)
    assert again != grant
    assert RoleGrant.objects.filter(person=resident).count() == 2


def test_only_a_city_admin_gives_and_ends_roles(cast):
    grant = services.grant_role(person=cast.resident, role=Role.PLANNER, by=None)
    for name in ("resident", "moderator", "responder", "leader", "planner", "bkpsdm", "auditor"):
        by = getattr(cast, name)
        with pytest.raises(Refused):
            services.grant_role(person=by, role=Role.CITY_ADMIN, by=by)
        with pytest.raises(Refused):
            services.end_role(grant=grant, by=by)


def test_who_gave_which_role_is_kept(resident, city_admin):
    grant = services.grant_role(person=resident, role=Role.MODERATOR, by=city_admin)
    assert grant.granted_by == city_admin
    entry = LogEntry.objects.get(object_id=str(resident.pk))
    assert entry.user == city_admin
    assert "Petugas moderasi" in entry.change_message


@pytest.mark.parametrize("role", ["", "wali_kota", "RESPONDER"])
def test_an_unknown_role_is_refused(resident, role):
    with pytest.raises(ValidationError):
        services.grant_role(person=resident, role=role, by=None)


def test_a_role_is_for_a_unit_or_a_project_not_for_both(resident, perkim, project):
    with pytest.raises(ValidationError):
        services.grant_role(
            person=resident, role=Role.MODERATOR, unit=perkim, project=project, by=None
        )
