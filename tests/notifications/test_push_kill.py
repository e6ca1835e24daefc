"""Messages to the devices of many people, with workers that are killed while they send."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.db.models import F

from accounts.models import Person
from forum import tasks
from forum.answers import services as answers
from notifications import push
from notifications.models import Delivery, Preference, PushSubscription
from participation.models import Follow
from tests.jobs import drain
from tests.notifications.pushservice import Browser, PushService
from tests.processes import Process, eventually

MANY = 80
KILLED_AT = (10, 30, 55)


@pytest.fixture
def service(settings):
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    running = PushService().start()
    running.delay = 0.03
    yield running
    running.stop()


@pytest.fixture
def browsers(project, service):
    """Followers with a device each, who want to be told of everything there."""
    people = Person.objects.bulk_create(
        Person(email=f"{uuid.uuid4().hex}@contoh.example", display_name=f"Warga {n}")
        for n in range(MANY)
    )
    Follow.objects.bulk_create(Follow(project=project, person=person) for person in people)
    Preference.objects.bulk_create(
        Preference(person=person, category="followed", channel="push", cadence="now")
        for person in people
    )
    sessions = UserSession.objects.bulk_create(
        UserSession(user=person, ip="127.0.0.1", session_key=uuid.uuid4().hex) for person in people
    )
    found = [Browser(service.origin) for _ in people]
    PushSubscription.objects.bulk_create(
        PushSubscription(person=person, session=session, **browser.fields)
        for person, session, browser in zip(people, sessions, found, strict=True)
    )
    return found


def test_killed_workers_miss_no_device_and_name_what_they_repeat(
    transactional_db, idea, responder, service, browsers, settings
):
    answers.publish_answer(idea=idea, officer=responder, body="Terima kasih.")
    drain()
    assert Delivery.objects.filter(channel="push", state="waiting").count() == MANY
    tasks.send_letters_on.enqueue(channel="push")

    caught_at = []
    for threshold in KILLED_AT:
        worker = Process("work", VAPID_PRIVATE_KEY=settings.VAPID_PRIVATE_KEY)
        try:
            eventually(lambda least=threshold: len(service.taken) >= least, seconds=60)
        finally:
            worker.kill()
        caught_at.append(len(service.taken))
    assert caught_at[-1] < MANY, "the workers were to be killed in the middle"

    # A quarter of an hour later what the dead held in their hands is free again.
    in_hand = set(
        Delivery.objects.filter(state="sending").values_list("device__endpoint", flat=True)
    )
    assert len(in_hand) <= len(KILLED_AT)
    Delivery.objects.filter(state="sending").update(
        claimed_at=F("claimed_at") - timedelta(minutes=16)
    )
    tasks.send_due_mail.call()
    last = Process("work", VAPID_PRIVATE_KEY=settings.VAPID_PRIVATE_KEY)
    try:
        eventually(
            lambda: not Delivery.objects.filter(channel="push").exclude(state="sent").exists(),
            seconds=60,
        )
    finally:
        last.stop()

    got = Counter(taken.path for taken in service.taken)
    assert set(got) == {browser.path for browser in browsers}
    twice = [browser for browser in browsers if got[browser.path] > 1]
    # Only what was being handed over at the moment of a kill may come again, under the same name:
    # the device shows it in the place of the first.
    assert {browser.fields["endpoint"] for browser in twice} <= in_hand
    for browser in twice:
        assert got[browser.path] == 2
        assert len({message["tag"] for message in service.of(browser)}) == 1
