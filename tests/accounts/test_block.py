"""Blocking a person: out at once, on every device."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client

from accounts import services
from accounts.models import Person
from core import live
from core.policy import Refused

pytestmark = pytest.mark.django_db
PASSWORD = "kapuas-di-sore-hari"


@pytest.fixture
def two_devices(resident):
    resident.set_password(PASSWORD)
    resident.save()
    devices = Client(), Client()
    for device in devices:
        device.post("/akun/login/", {"login": resident.email, "password": PASSWORD})
        assert device.get("/akun/saya/").status_code == 200
    return devices


def test_a_block_ends_all_sessions_and_closes_all_pages(
    resident, city_admin, two_devices, closings, django_capture_on_commit_callbacks
):
    assert UserSession.objects.filter(user=resident).count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.block(person=resident, by=city_admin, reason="Iklan berulang")
    resident.refresh_from_db()
    assert resident.blocked_at
    assert not resident.is_active
    assert not UserSession.objects.filter(user=resident).exists()
    assert (live.person_topic(resident.pk), 4401, None) in closings
    for device in two_devices:
        assert device.get("/akun/saya/").url.startswith("/akun/login/")


def test_a_session_that_is_not_on_record_is_dead_too(resident, city_admin, sign_in):
    browser = sign_in(resident)
    services.block(person=resident, by=city_admin, reason="Iklan berulang")
    assert browser.get("/akun/saya/").url.startswith("/akun/login/")


def test_who_blocked_and_why_is_kept(resident, city_admin):
    services.block(person=resident, by=city_admin, reason="Iklan berulang")
    services.block(person=resident, by=city_admin, reason="Sekali lagi")
    entry = LogEntry.objects.get(object_id=str(resident.pk))
    assert entry.user == city_admin
    assert "Iklan berulang" in entry.change_message


def test_nothing_is_sent_when_the_block_is_rolled_back(
    resident, city_admin, closings, django_capture_on_commit_callbacks
):
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        services.block(person=resident, by=city_admin, reason="Iklan berulang")
        raise RuntimeError
    assert closings == []
    assert Person.objects.get(pk=resident.pk).is_active


def test_after_unblocking_the_person_signs_in_again(resident, city_admin, two_devices):
    services.block(person=resident, by=city_admin, reason="Keliru")
    services.unblock(person=resident, by=city_admin)
    assert two_devices[0].get("/akun/saya/").status_code == 302  # the old session stays ended
    two_devices[0].post("/akun/login/", {"login": resident.email, "password": PASSWORD})
    assert two_devices[0].get("/akun/saya/").status_code == 200


@pytest.mark.parametrize("name", ["resident", "moderator", "responder", "leader", "auditor"])
def test_only_a_city_admin_blocks(cast, name):
    with pytest.raises(Refused):
        services.block(person=cast.other_resident, by=getattr(cast, name), reason="Alasan")
    assert Person.objects.get(pk=cast.other_resident.pk).is_active


def test_nobody_blocks_themselves_or_a_superuser(city_admin, resident):
    with pytest.raises(Refused):
        services.block(person=city_admin, by=city_admin, reason="Alasan")
    Person.objects.filter(pk=resident.pk).update(is_superuser=True)
    resident.refresh_from_db()
    with pytest.raises(Refused):
        services.block(person=resident, by=city_admin, reason="Alasan")


def test_a_block_needs_a_reason(resident, city_admin):
    with pytest.raises(ValidationError):
        services.block(person=resident, by=city_admin, reason="  ")
