"""An official answer for ten thousand followers, with workers that are killed in the middle."""

import uuid
from collections import Counter

import pytest
from django.db.models import Sum

from accounts.models import Person
from forum.answers import services as answers
from notifications.models import Delivery, Event, Inbox, Notice, Receipt
from participation.models import Follow
from tests.processes import Process, eventually

MANY = 10_000
KILLED_AT = (500, 3_000, 6_000, 8_500)


@pytest.fixture
def crowd(project):
    people = Person.objects.bulk_create(
        Person(email=f"{uuid.uuid4().hex}@contoh.example", display_name=f"Warga {n}")
        for n in range(MANY)
    )
    Follow.objects.bulk_create(Follow(project=project, person=person) for person in people)
    return people


def reached() -> int:
    return Receipt.objects.filter(event__category="followed").count()


def test_killed_workers_miss_nobody_and_tell_nobody_twice(
    transactional_db, idea, responder, crowd, resident
):
    answers.publish_answer(idea=idea, officer=responder, body="Terima kasih.")
    caught_at = []
    for threshold in KILLED_AT:
        worker = Process("work")
        try:
            eventually(lambda least=threshold: reached() >= least, seconds=60)
        finally:
            worker.kill()
        caught_at.append(reached())
    assert caught_at[0] < MANY, "the first worker was to be killed in the middle"

    last = Process("work")
    try:
        eventually(lambda: not Event.objects.filter(finished_at=None).exists(), seconds=90)
    finally:
        last.stop()

    followed = Event.objects.get(category="followed")
    told = Counter(Receipt.objects.filter(event=followed).values_list("person_id", flat=True))
    assert set(told) == {person.pk for person in crowd}
    assert set(told.values()) == {1}
    assert Notice.objects.count() == MANY + 1
    assert Notice.objects.aggregate(Sum("count"))["count__sum"] == MANY + 1
    assert Delivery.objects.filter(cadence="daily").count() == MANY
    assert Delivery.objects.filter(person=resident, cadence="now").count() == 1
    assert set(Inbox.objects.values_list("revision", flat=True)) == {1}
