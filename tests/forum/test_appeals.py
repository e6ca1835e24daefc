"""An author may ask that somebody else looks at a decision again: from hidden to shown."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from forum.appeals import services as appeals
from forum.appeals.models import Appeal
from forum.discussion.models import Reply
from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from notifications.models import Notice
from participation.models import Idea
from tests.jobs import drain
from tests.together import at_once

WHY = "Saya menulis tentang taman, bukan tentang orang."


def url(ruling: Ruling) -> str:
    return reverse("forum:ruling", args=[ruling.pk])


def form_of(ruling: Ruling) -> str:
    return reverse("forum:appeal", args=[ruling.pk])


def decide(case: Case, by, decision: str, **fields) -> Ruling:
    fields.setdefault("message", "Sudah kami baca lagi.")
    return moderation.rule(case=case, seen_version=case.version, decision=decision, by=by, **fields)


@pytest.fixture
def hidden(idea, moderator) -> Ruling:
    case = moderation.examine(target=idea, by=moderator)
    ruling = decide(case, moderator, "hide", rule="person", message="Menyerang petugas.")
    drain()
    return ruling


@pytest.fixture
def appealed(hidden, resident) -> Appeal:
    return appeals.lodge(ruling=hidden, by=resident, body=WHY)


def headlines(person) -> list[str]:
    drain()
    rows = Notice.objects.filter(person=person).select_related("latest").order_by("id")
    return [notice.latest.text for notice in rows]


# --- The way of an appeal -----------------------------------------------------------------------


def test_from_hidden_to_shown_again(hidden, resident, second_moderator, sign_in, idea):
    author, desk = sign_in(resident), sign_in(second_moderator)
    assert url(hidden) in author.get(reverse("forum:idea", args=[idea.pk])).content.decode()
    page = author.get(url(hidden)).content.decode()
    assert "Menyerang petugas." in page
    assert idea.body in page

    assert author.post(form_of(hidden), {"body": WHY}).status_code == 302
    appeal = Appeal.objects.get()
    assert WHY in author.get(url(hidden)).content.decode()

    shown = desk.get(reverse("forum:desk_item", args=[appeal.case_id])).content.decode()
    assert WHY in shown
    answer = desk.post(
        reverse("forum:rule", args=[appeal.case_id]),
        {"decision": "grant", "version": appeal.case.version, "message": "Kritik boleh tayang."},
    )
    assert answer.status_code == 302
    assert Idea.objects.get(pk=idea.pk).is_published
    appeal.refresh_from_db()
    assert appeal.outcome == Appeal.Outcome.GRANTED
    assert headlines(resident)[-1] == "Keberatan Anda diterima"
    assert sign_in(None).get(reverse("forum:idea", args=[idea.pk])).status_code == 200
    assert "Kritik boleh tayang." in author.get(url(hidden)).content.decode()


def test_a_reply_comes_back_to_its_place(make_reply, moderator, second_moderator, other_resident):
    reply = make_reply()
    place = Reply.objects.get(pk=reply.pk).order
    case = moderation.examine(target=reply, by=moderator)
    ruling = decide(case, moderator, "hide", rule="spam", message="Iklan.")
    appeal = appeals.lodge(ruling=ruling, by=other_resident, body=WHY)
    decide(appeal.case, second_moderator, "grant")
    reply = Reply.objects.get(pk=reply.pk)
    assert (reply.visibility, reply.order) == ("published", place)


def test_an_appeal_that_is_turned_down_leaves_the_post_hidden_and_says_why(
    appealed, second_moderator, resident, idea, sign_in
):
    decide(appealed.case, second_moderator, "uphold", message="Kalimat kedua tetap menyerang.")
    assert Idea.objects.get(pk=idea.pk).visibility == "hidden"
    assert headlines(resident)[-1] == "Keberatan Anda diputuskan: keputusan tetap berlaku"
    page = sign_in(resident).get(url(appealed.ruling)).content.decode()
    assert "Kalimat kedua tetap menyerang." in page
    assert "Ajukan keberatan" not in page


def test_a_restriction_of_the_account_ends_with_a_granted_appeal(
    idea, moderator, second_moderator, resident
):
    case = moderation.examine(target=idea, by=moderator)
    ruling = decide(case, moderator, "suspend", rule="spam", message="Berulang.", days=7)
    assert Person.objects.get(pk=resident.pk).is_suspended
    appeal = appeals.lodge(ruling=ruling, by=resident, body=WHY)
    decide(appeal.case, second_moderator, "grant")
    assert not Person.objects.get(pk=resident.pk).is_suspended
    assert Idea.objects.get(pk=idea.pk).is_published


def test_an_appeal_does_not_undo_a_later_decision(
    hidden, resident, moderator, second_moderator, idea
):
    again = moderation.examine(target=idea, by=second_moderator)
    decide(again, second_moderator, "hide", rule="private_data", message="Ada nomor telepon.")
    appeal = appeals.lodge(ruling=hidden, by=resident, body=WHY)
    decide(appeal.case, second_moderator, "grant")
    assert Idea.objects.get(pk=idea.pk).visibility == "hidden"


# --- Who may ------------------------------------------------------------------------------------


def test_whoever_decided_does_not_decide_the_appeal(appealed, moderator, sign_in, idea):
    answer = sign_in(moderator).post(
        reverse("forum:rule", args=[appealed.case_id]),
        {"decision": "uphold", "version": appealed.case.version, "message": "Tetap."},
    )
    assert answer.status_code == 403
    appealed.refresh_from_db()
    assert appealed.is_open
    page = sign_in(moderator).get(reverse("forum:desk_item", args=[appealed.case_id]))
    assert "diputuskan petugas lain" in page.content.decode()


def test_the_ruling_is_there_for_its_author_and_the_moderators_alone(
    hidden, sign_in, cast, resident, moderator, second_moderator
):
    for person in (resident, moderator, second_moderator):
        assert sign_in(person).get(url(hidden)).status_code == 200
    for person in (cast.other_resident, cast.responder, cast.moderator_elsewhere, cast.planner):
        assert sign_in(person).get(url(hidden)).status_code == 404
    assert sign_in(None).get(url(hidden)).status_code == 302


def test_nobody_appeals_for_another(hidden, second_moderator, sign_in):
    assert sign_in(second_moderator).post(form_of(hidden), {"body": WHY}).status_code == 403
    assert not Appeal.objects.exists()


def test_an_appeal_decision_fits_an_appeal_only(appealed, idea, moderator, second_moderator):
    from core.policy import Refused

    with pytest.raises(Refused):
        decide(appealed.case, second_moderator, "hide", rule="spam")
    plain = moderation.examine(target=idea, by=moderator)
    with pytest.raises(Refused):
        decide(plain, second_moderator, "grant")


def test_appeals_have_a_queue_of_their_own_with_its_number(
    appealed, make_idea, second_moderator, moderator_elsewhere, sign_in
):
    waits = Case.objects.get(idea=make_idea(body="Hubungi 0812-0000-1234."))
    desk = reverse("forum:desk")
    page = sign_in(second_moderator).get(f"{desk}?antrean=appeal").content.decode()
    assert f'id="perkara-{appealed.case_id}"' in page and f'id="perkara-{waits.pk}"' not in page
    assert "Keberatan penulis" in page
    counted = re.search(r'antrean=appeal" aria-current="page">Keberatan <span [^>]*>(\d+)<', page)
    assert counted and counted[1] == "1"
    decide(appealed.case, second_moderator, "uphold")
    page = sign_in(second_moderator).get(f"{desk}?antrean=appeal").content.decode()
    assert "Tidak ada keberatan yang menunggu" in page
    elsewhere = sign_in(moderator_elsewhere).get(f"{desk}?antrean=appeal").content.decode()
    assert f'id="perkara-{appealed.case_id}"' not in elsewhere


# --- In time, once, complete --------------------------------------------------------------------


def test_after_14_days_it_is_too_late_and_the_text_is_kept(hidden, resident, sign_in):
    Ruling.objects.filter(pk=hidden.pk).update(at=timezone.now() - timedelta(days=15))
    answer = sign_in(resident).post(form_of(hidden), {"body": WHY})
    assert answer.status_code == 403
    assert WHY in answer.content.decode()
    assert not Appeal.objects.exists()


def test_an_empty_appeal_says_what_is_missing(hidden, resident, sign_in):
    answer = sign_in(resident).post(form_of(hidden), {"body": "  "})
    assert answer.status_code == 422
    assert "Tulis alasan Anda" in answer.content.decode()


def test_sent_twice_it_is_one_appeal(hidden, resident, sign_in):
    author = sign_in(resident)
    for _time in range(2):
        assert author.post(form_of(hidden), {"body": WHY}).status_code == 302
    assert Appeal.objects.count() == 1
    assert Case.objects.filter(cause="appeal").count() == 1


@pytest.mark.django_db(transaction=True)
def test_sent_by_two_windows_at_once_it_is_one_appeal(hidden, resident):
    at_once(4, lambda: appeals.lodge(ruling=hidden, by=resident, body=WHY))
    assert Appeal.objects.count() == 1
    assert Case.objects.filter(cause="appeal").count() == 1


def test_an_appeal_stands_beside_a_report_of_the_same_post(
    idea, moderator, resident, other_resident
):
    case = moderation.examine(target=idea, by=moderator)
    ruling = decide(case, moderator, "warn", rule="off_topic", message="Tetap pada topik.")
    moderation.flag(target=idea, person=other_resident, reason="spam")
    appeal = appeals.lodge(ruling=ruling, by=resident, body=WHY)
    assert Case.objects.filter(idea=idea, state="open").count() == 2
    moderation.flag(target=idea, person=moderator, reason="spam")
    assert appeal.case.flags.count() == 0
