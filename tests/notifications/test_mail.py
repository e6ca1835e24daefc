"""Mail by a real mail server: sent once, with a way out, nothing private on the outside."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from forum import tasks
from forum.answers import services as answers
from forum.moderation import services as moderation
from notifications import services as notifications
from notifications.models import Delivery, Event, Preference, UnreachableAddress
from participation import services as participation
from tests.jobs import drain


def text_of(mail) -> str:
    return mail.get_body(("plain",)).get_content()


def html_of(mail) -> str:
    return mail.get_body(("html",)).get_content()


def deliver():
    drain()
    tasks.send_letters()


def test_a_reply_is_mailed_at_once_as_text_and_html(mailbox, make_reply, resident, idea, settings):
    settings.BOUNCE_EMAIL = "kembali@rembuk.example"
    reply = make_reply()
    deliver()
    (mail,) = mailbox.mails
    assert mail["To"] == resident.email
    assert mail["Subject"] == "Ada balasan untuk Anda"
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mailbox.senders == ["kembali@rembuk.example"]
    for body in (text_of(mail), html_of(mail)):
        assert idea.title in body
        assert "Balasan baru untuk Anda" in body
        assert "Budi Prasetyo" in body
        assert f"/aspirasi/{idea.pk}/?balasan={reply.pk}#balasan-{reply.pk}" in body
        assert "memilih kabar: Balasan untuk saya." in body
    assert mail["Auto-Submitted"] == "auto-generated"


def test_nothing_is_sent_twice(mailbox, make_reply):
    make_reply()
    for _ in range(3):
        deliver()
    assert len(mailbox.mails) == 1


def test_what_the_reply_says_is_not_in_the_mail(mailbox, make_reply):
    make_reply("Rahasia dapur.")
    deliver()
    assert "Rahasia" not in mailbox.mails[0].as_string()


def test_subject_and_preview_name_no_title_person_or_decision(
    mailbox, make_reply, moderator, idea, other_resident
):
    reply = make_reply()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(
        case=case, seen_version=1, decision="hide", by=moderator, rule="spam", message="Iklan."
    )
    deliver()
    mail = next(mail for mail in mailbox.mails if mail["To"] == other_resident.email)
    assert mail["Subject"] == "Kabar tentang tulisan Anda"
    preview = re.search(r'<div style="display:none[^>]*>(.*?)</div>', html_of(mail), re.S)
    assert preview.group(1).startswith("Buka Rembuk untuk membacanya.")
    assert "Aturan: Iklan atau spam" in text_of(mail)


def test_the_mail_speaks_the_readers_language_and_names_the_other_as_shown(
    mailbox, make_reply, resident
):
    make_reply(shown_as="pseudonym")
    deliver()
    assert "Warga Akcaya" in text_of(mailbox.mails[0])
    assert "Budi" not in mailbox.mails[0].as_string()


def test_what_was_read_in_rembuk_is_not_mailed(mailbox, make_reply, resident, dropped, sign_in):
    reply = make_reply()
    drain()
    sign_in(resident).get(f"/aspirasi/{reply.idea_id}/")
    tasks.send_letters()
    assert mailbox.mails == []
    assert dropped() == ["seen"]


def test_what_was_hidden_before_the_mail_left_is_not_in_it(
    mailbox, make_reply, moderator, dropped, resident, idea
):
    hidden = make_reply("Satu")
    make_reply("Dua")
    drain()
    case = moderation.examine(target=hidden, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    tasks.send_letters()
    (mail,) = [mail for mail in mailbox.mails if mail["To"] == resident.email]
    assert text_of(mail).count("Balasan baru untuk Anda") == 1
    assert dropped() == ["gone"]


def test_a_closed_project_is_not_told_of(mailbox, make_reply, project, dropped):
    make_reply()
    drain()
    project.staff_only = True
    project.save()
    tasks.send_letters()
    assert (mailbox.mails, dropped()) == ([], ["gone"])


def test_old_news_is_not_mailed(mailbox, make_reply, dropped):
    make_reply()
    drain()
    Delivery.objects.update(due_at=timezone.now() - timedelta(days=4))
    tasks.send_letters()
    assert (mailbox.mails, dropped()) == ([], ["late"])


def test_a_blocked_person_gets_no_mail(mailbox, make_reply, resident, dropped):
    make_reply()
    resident.is_active = False
    resident.save()
    deliver()
    assert (mailbox.mails, dropped()) == ([], ["inactive"])


def test_a_mail_server_that_does_not_answer_is_tried_again(mailbox, make_reply):
    mailbox.broken = True
    make_reply()
    deliver()
    row = Delivery.objects.get()
    assert (row.state, row.attempts, mailbox.mails) == ("waiting", 1, [])
    assert row.due_at > timezone.now() + timedelta(minutes=4)
    mailbox.broken = False
    Delivery.objects.update(due_at=timezone.now())
    deliver()
    assert len(mailbox.mails) == 1


def test_a_letter_that_cannot_be_made_does_not_hold_up_the_others(
    mailbox, make_reply, make_idea, make_person
):
    make_reply()
    make_reply("Juga di sini.", idea_=make_idea(author=make_person("Tono"), title="Usul lain"))
    drain()
    broken = Event.objects.first()
    broken.source_kind = "unheard of"
    broken.save()
    tasks.send_letters()
    assert len(mailbox.mails) == 1
    assert Delivery.objects.get(receipt__event=broken).attempts == 1


def test_a_sender_that_was_killed_leaves_its_letter_to_another_with_the_same_name(
    mailbox, make_reply
):
    make_reply()
    drain()
    now = timezone.now()
    assert notifications.next_letter(now=now) is not None  # and its holder is killed
    tasks.send_letters()
    assert mailbox.mails == []
    assert notifications.free_abandoned(now=now + timedelta(minutes=16)) == 1
    tasks.send_letters()
    (mail,) = mailbox.mails
    assert mail["Message-ID"] == f"<kabar.{Delivery.objects.get().pk}@localhost>"


# --- The way out ---------------------------------------------------------------------------------


def test_unsubscribing_works_from_the_mail_alone(mailbox, make_reply, resident):
    """As a mail program does it (RFC 8058): a POST to the header's address, nothing else."""
    make_reply()
    deliver()
    (mail,) = mailbox.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = re.fullmatch(r"\s*<(https?://[^>\s]+)>", mail["List-Unsubscribe"]).group(1)
    program = Client(enforce_csrf_checks=True)
    answer = program.post(urlsplit(address).path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    make_reply("Satu lagi")
    deliver()
    assert len(mailbox.mails) == 1


def test_opening_the_way_out_only_asks(mailbox, make_reply, client):
    make_reply()
    deliver()
    address = urlsplit(mailbox.mails[0]["List-Unsubscribe"].strip(" <>")).path
    page = client.get(address).content.decode()
    assert "Berhenti menerima email ini?" in page
    assert "Balasan untuk saya" in page
    assert not Preference.objects.exists()
    assert address in text_of(mailbox.mails[0])


def test_a_way_out_that_is_not_ours_leads_nowhere(client, city):
    for token in ("x", "eyJ4IjoxfQ:1tX:abc", "%00"):
        for answer in (
            client.get(f"/kabar/berhenti/{token}/"),
            client.post(f"/kabar/berhenti/{token}/"),
        ):
            assert answer.status_code == 404


# --- Addresses that cannot be reached ------------------------------------------------------------


def test_an_address_that_the_server_refuses_is_marked(mailbox, make_reply, resident, dropped):
    mailbox.refused[resident.email] = 550
    make_reply()
    deliver()
    assert UnreachableAddress.objects.get().address == resident.email
    assert dropped() == ["unreachable"]


def test_an_address_that_is_full_today_is_not_marked(mailbox, make_reply, resident):
    mailbox.refused[resident.email] = 452
    make_reply()
    deliver()
    assert not UnreachableAddress.objects.exists()
    assert Delivery.objects.get().state == "waiting"


def test_nothing_goes_to_a_marked_address_until_its_owner_says_so(
    mailbox, make_reply, resident, dropped, sign_in
):
    notifications.mark_unreachable(address=resident.email.upper(), reason="5.1.1")
    make_reply()
    deliver()
    assert (mailbox.mails, dropped()) == ([], ["unreachable"])
    browser = sign_in(resident)
    assert "berhenti mengirim" in browser.get("/kabar/").content.decode()
    browser.post("/kabar/pengaturan/alamat/")
    make_reply("Satu lagi")
    deliver()
    assert len(mailbox.mails) == 1


@pytest.fixture
def followed(idea, responder, make_person):
    """A person who supports an aspirasi that has just been answered."""
    person = make_person("Ani")
    participation.support(idea=idea, person=person)
    answers.publish_answer(idea=idea, officer=responder, body="Terima kasih.")
    drain()
    return person


def test_followers_get_it_with_the_digest_and_the_author_at_once(mailbox, followed, resident):
    tasks.send_letters()
    assert [mail["To"] for mail in mailbox.mails] == [resident.email]
    assert Delivery.objects.get(state="waiting").cadence == "daily"
