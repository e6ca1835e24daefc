"""Each thing that happens tells exactly the right people, once; one thread is one line."""

import uuid

import pytest
from django.db import transaction

from forum.answers import services as answers
from forum.moderation import services as moderation
from notifications import services as notifications
from notifications.models import Event, Notice, Receipt
from notifications.services import Happening
from participation import services as participation
from participation.models import Idea, Status
from tests.jobs import drain


def answer(idea, officer, **fields):
    return answers.publish_answer(idea=idea, officer=officer, body="Terima kasih.", **fields)


def test_a_reply_tells_the_author_of_the_aspirasi(make_reply, told):
    make_reply()
    assert told() == [("reply", "Nur Aini")]


def test_an_answer_to_a_reply_tells_both_authors_and_not_the_writer(
    idea, make_reply, make_person, told, other_resident, resident
):
    third = make_person("Citra")
    first = make_reply()
    Receipt.objects.all().delete()
    drain()
    Receipt.objects.all().delete()
    make_reply("Benar.", author=third, parent=first)
    assert told() == [("reply", "Budi Prasetyo"), ("reply", "Nur Aini")]
    Receipt.objects.all().delete()
    make_reply("Terima kasih.", author=resident, parent=first)
    assert told() == [("reply", "Budi Prasetyo")]


def test_whoever_replies_to_oneself_is_told_nothing(make_reply, resident, told):
    make_reply(author=resident)
    assert told() == []


def test_a_held_reply_tells_nobody_until_it_is_published(idea, make_reply, moderator, told):
    make_reply("Hubungi 081234567890 ya.")
    assert told() == []
    case = idea.replies.get().cases.get()
    moderation.rule(case=case, seen_version=1, decision="publish", by=moderator)
    assert told() == [("moderation", "Budi Prasetyo"), ("reply", "Nur Aini")]


def test_a_reply_that_comes_back_is_not_told_again(make_reply, moderator, told):
    reply = make_reply()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="restore", by=moderator)
    assert [row for row in told() if row[0] == "reply"] == [("reply", "Nur Aini")]


def test_an_official_answer_tells_author_supporters_and_followers(
    idea, project, responder, make_person, told
):
    supporter, follower, both, muted = (make_person(n) for n in ("Ani", "Beni", "Cici", "Dodi"))
    for person in (supporter, both, muted):
        participation.support(idea=idea, person=person)
    for person in (follower, both):
        participation.follow(project=project, person=person)
    participation.mute(project=project, person=muted)
    answer(idea, responder)
    assert told() == [
        ("answer", "Nur Aini"),
        ("followed", "Ani"),
        ("followed", "Beni"),
        ("followed", "Cici"),
    ]


def test_an_official_answer_is_one_piece_of_news_not_also_a_change_of_status(idea, responder, told):
    answer(idea, responder, status="planned")
    assert told() == [("answer", "Nur Aini")]


def test_a_changed_answer_is_told_as_such(idea, responder, lines, resident):
    answer(idea, responder)
    answer(idea, responder, seen_version=1)
    assert lines(resident) == [(f"idea.{idea.pk}", 2, "Jawaban resmi diperbarui")]


def test_a_change_of_status_names_the_status_in_the_readers_language(
    idea, responder, lines, resident
):
    participation.change_status(idea=idea, status=Status.IN_PROGRESS, by=responder)
    assert lines(resident) == [(f"idea.{idea.pk}", 1, "Status: Dikerjakan")]


def test_a_ruling_tells_the_author_the_rule_and_the_reporters_the_outcome(
    make_reply, moderator, resident, make_person, told, lines, other_resident
):
    reply = make_reply()
    reporter = make_person("Tono")
    for person in (resident, reporter):
        case = moderation.flag(target=reply, person=person, reason="person")
    moderation.rule(
        case=case, seen_version=1, decision="hide", by=moderator, rule="person", message="Maaf."
    )
    assert told() == [
        ("flag", "Nur Aini"),
        ("flag", "Tono"),
        ("moderation", "Budi Prasetyo"),
        ("reply", "Nur Aini"),
    ]
    ((_thread, _count, text),) = lines(other_resident)
    assert text == "Balasan Anda disembunyikan. Aturan: Menyerang orang"


def test_the_author_of_a_post_that_stays_is_told_nothing_of_the_report(
    make_reply, moderator, resident, told
):
    reply = make_reply()
    case = moderation.flag(target=reply, person=resident, reason="spam")
    moderation.rule(case=case, seen_version=1, decision="keep", by=moderator)
    assert told() == [("flag", "Nur Aini"), ("reply", "Nur Aini")]


def test_many_events_of_one_thread_are_one_line_until_it_is_seen(idea, make_reply, resident, lines):
    for n in range(3):
        make_reply(f"Balasan {n}")
    thread = f"idea.{idea.pk}"
    assert lines(resident) == [(thread, 3, "Balasan baru untuk Anda")]
    assert notifications.mark_seen(person=resident, thread_key=thread) == 1
    assert lines(resident) == []
    make_reply("Satu lagi")
    assert lines(resident) == [(thread, 1, "Balasan baru untuk Anda")]
    assert Notice.objects.filter(person=resident).count() == 2


def test_what_is_rolled_back_is_not_told(idea, make_reply, told):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_reply()
        raise RuntimeError
    assert told() == []


def test_the_same_happening_is_told_once_however_often_it_is_told(resident, told):
    happening = Happening(
        key="x.1", category="reply", headline="Balasan baru untuk Anda", url="/",
        thread_key="x", thread_title="X", source_kind="reply", source_id=1,
    )  # fmt: skip
    for _ in range(3):
        notifications.tell(happening, recipients=[resident.pk, resident.pk])
    assert told() == [("reply", "Nur Aini")]


def test_a_batch_that_is_told_again_reaches_nobody_twice(idea, responder, make_person):
    people = [make_person() for _ in range(5)]
    for person in people:
        participation.support(idea=idea, person=person)
    answer(idea, responder)
    drain()
    event = Event.objects.get(category="followed")
    keys = [person.pk for person in people]
    notifications.reach(event_id=event.pk, people=keys)
    notifications.reach(event_id=event.pk, people=keys[2:])
    assert Receipt.objects.filter(event=event).count() == 5
    assert set(Notice.objects.filter(person__in=people).values_list("count", flat=True)) == {1}


def test_answering_asks_no_more_of_the_database_with_many_followers(
    make_idea, responder, make_person, django_assert_num_queries
):
    """Whoever answers waits for two events and two jobs, not for the people behind them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(idea):
        idea = Idea.objects.select_related("project__unit").get(pk=idea.pk)
        with CaptureQueriesContext(connection) as asked:
            answer(idea, responder)
        return len(asked)

    alone, loved = make_idea(title="Tanpa pendukung"), make_idea(title="Dengan pendukung")
    for _ in range(40):
        participation.support(idea=loved, person=make_person())
    cost(make_idea(title="Pemanasan"))
    assert cost(loved) == cost(alone)


def test_a_thousand_followers_are_told_in_batches(
    idea, project, responder, resident, village, django_assert_max_num_queries
):
    from accounts.models import Person
    from participation.models import Follow

    crowd = Person.objects.bulk_create(
        Person(email=f"{uuid.uuid4().hex}@contoh.example", display_name=f"Warga {n}")
        for n in range(1200)
    )
    Follow.objects.bulk_create(Follow(project=project, person=person) for person in crowd)
    answer(idea, responder)
    with django_assert_max_num_queries(150):
        drain()
    assert Receipt.objects.filter(event__category="followed").count() == 1200
    assert Notice.objects.filter(person__in=crowd, count=1).count() == 1200
    assert not Event.objects.filter(finished_at=None).exists()
