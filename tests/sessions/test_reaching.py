"""Whom the news of a session reaches, and under which name a question stands."""

import uuid

from django.urls import reverse

from accounts import services as accounts
from accounts.models import Person
from forum.sessions import selectors, services


def test_who_asks_much_keeps_the_news_from_nobody(make_session, make_person, responder):
    session = make_session(begins=5, most_open=20, officers=[responder])
    people = [make_person() for _person in range(3)]
    for number, person in enumerate([people[0]] * 4 + people[1:]):
        services.ask(
            session=session, author=person, body=f"Pertanyaan nomor {number}?",
            client_key=uuid.uuid4(),
        )  # fmt: skip
    got, after = set(), 0
    while after is not None:
        batch, after = selectors.audience(session, after=after, limit=4)
        got |= set(batch)
    assert {person.pk for person in people} <= got


def test_a_change_of_name_reaches_the_questions(
    session, ask, resident, client, django_capture_on_commit_callbacks
):
    ask()
    page = reverse("forum:session", args=[session.pk])
    assert "Nur Aini" in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        Person.objects.filter(pk=resident.pk).update(display_name="Kembang Sepatu")
        accounts.forget_names()
    assert "Nur Aini" not in client.get(page).content.decode()
