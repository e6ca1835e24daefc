"""Signing out: every way ends the session and closes the pages that it has open."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from core import live

pytestmark = pytest.mark.django_db
PASSWORD = "kapuas-di-sore-hari"


@pytest.fixture
def enter(resident):
    """Sign the resident in with a password, so that the session is on record."""
    resident.set_password(PASSWORD)
    resident.save()

    def sign(client):
        client.post("/akun/login/", {"login": resident.email, "password": PASSWORD})
        assert client.session["_auth_user_id"] == str(resident.pk)
        return client.session.session_key

    return sign


def test_signing_out_ends_the_session_and_closes_its_pages(
    client, resident, enter, closings, django_capture_on_commit_callbacks
):
    key = enter(client)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/akun/logout/")
    assert (response.status_code, response.url) == (302, "/")
    assert "_auth_user_id" not in client.session
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(user=resident).exists()
    assert closings == [(live.person_topic(resident.pk), 4401, key)]


def test_a_plain_visit_asks_first(client, enter):
    enter(client)
    response = client.get("/akun/logout/")
    assert response.status_code == 200
    assert "_auth_user_id" in client.session


def test_leaving_the_admin_is_the_same_way_out(
    sign_in, city_admin, closings, django_capture_on_commit_callbacks
):
    city_admin.is_staff = True
    city_admin.save()
    browser = sign_in(city_admin)
    key = browser.session.session_key
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/admin/logout/")
    assert closings == [(live.person_topic(city_admin.pk), 4401, key)]


def test_other_devices_are_signed_out_and_their_pages_closed(
    client, resident, enter, closings, django_capture_on_commit_callbacks
):
    from django.test import Client

    other = Client()
    other_key = enter(other)
    enter(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/akun/sessions/")
    assert closings == [(live.person_topic(resident.pk), 4401, other_key)]
    assert "_auth_user_id" not in other.session
    assert "_auth_user_id" in client.session


def test_a_new_password_closes_what_was_open_with_the_old_one(
    client, resident, enter, closings, django_capture_on_commit_callbacks
):
    enter(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            "/akun/password/change/",
            {
                "oldpassword": PASSWORD,
                "password1": "sungai-landak-88",
                "password2": "sungai-landak-88",
            },
        )
    assert closings == [(live.person_topic(resident.pk), 4401, None)]
    assert "_auth_user_id" in client.session
