"""The admin pages: for city admins, through the services."""

import pytest

from accounts.models import Person, Role, RoleGrant

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_browser(sign_in, city_admin):
    city_admin.is_staff = True
    city_admin.save()
    return sign_in(city_admin)


def test_the_admin_flag_without_the_role_opens_nothing(sign_in, resident):
    resident.is_staff = True
    resident.save()
    browser = sign_in(resident)
    assert browser.get("/admin/accounts/person/").status_code in (302, 403)


@pytest.mark.parametrize("name", ["moderator", "planner", "leader", "auditor", "bkpsdm"])
def test_another_role_opens_nothing(sign_in, cast, name):
    person = getattr(cast, name)
    person.is_staff = True
    person.save()
    assert sign_in(person).get("/admin/accounts/person/").status_code == 403


@pytest.mark.parametrize(
    "model", ["person", "rolegrant", "staffprofile", "unit", "city", "district", "village"]
)
def test_a_city_admin_opens_every_list(admin_browser, resident, model):
    assert admin_browser.get(f"/admin/accounts/{model}/").status_code == 200


def test_a_city_admin_enters_a_civil_servant_and_gives_a_role(admin_browser, city_admin, perkim):
    response = admin_browser.post(
        "/admin/accounts/person/add/",
        {"email": "Dewi@Contoh.example", "display_name": "Dewi Lestari", "village": ""},
    )
    assert response.status_code == 302
    person = Person.objects.get(email="dewi@contoh.example")
    response = admin_browser.post(
        "/admin/accounts/rolegrant/add/",
        {"person": person.pk, "role": Role.RESPONDER, "unit": perkim.pk, "project": ""},
    )
    assert response.status_code == 302
    grant = RoleGrant.objects.get(person=person)
    assert (grant.unit, grant.granted_by) == (perkim, city_admin)


def test_a_city_admin_blocks_from_the_list(admin_browser, resident):
    admin_browser.post(
        "/admin/accounts/person/",
        {"action": "block_chosen", "_selected_action": [resident.pk]},
    )
    assert not Person.objects.get(pk=resident.pk).is_active


def test_a_city_admin_does_not_open_the_admin_for_others(admin_browser, resident):
    admin_browser.post(
        f"/admin/accounts/person/{resident.pk}/change/",
        {"display_name": "Nur Aini", "village": "", "is_staff": "on", "is_superuser": "on"},
    )
    resident.refresh_from_db()
    assert not resident.is_staff
    assert not resident.is_superuser


def test_an_ended_role_is_ended_from_the_list(admin_browser, moderator):
    grant = RoleGrant.objects.get(person=moderator)
    admin_browser.post(
        "/admin/accounts/rolegrant/", {"action": "end_chosen", "_selected_action": [grant.pk]}
    )
    grant.refresh_from_db()
    assert grant.ended_at


def test_signing_in_to_the_admin_is_signing_in_to_the_forum(client):
    assert client.get("/admin/login/").url.startswith("/akun/login/")
