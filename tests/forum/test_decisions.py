"""What a moderator can decide, what it does to the post, what the author and others are told."""

import uuid
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from accounts.models import Suspension
from core.policy import Refused
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.moderation import services as moderation
from forum.moderation.models import Case, Ruling
from participation import services as participation
from participation.models import Idea
from tests.forum.desk_steps import decide, form, fresh, text_of, told, url


@pytest.fixture
def reply(make_reply) -> Reply:
    return make_reply("Pak Budi tidak becus.")


@pytest.fixture
def case(reply, resident) -> Case:
    return moderation.flag(target=reply, person=resident, reason="person")


@pytest.fixture
def idea_case(idea, make_person) -> Case:
    return moderation.flag(target=idea, person=make_person(), reason="person")


def again(post):
    return type(post).objects.get(pk=post.pk)


# --- Ask to edit ----------------------------------------------------------------------------------


def test_the_author_is_asked_edits_and_it_is_the_same_case_again(
    case, reply, other_resident, moderator, resident, sign_in, client
):
    sign_in(moderator).post(url("rule", case.pk), form(case, "ask_edit"))
    assert again(reply).visibility == "hidden", "nobody reads it until it is mended"
    assert fresh(case).state == "waiting"
    assert told(other_resident) == ["Balasan Anda perlu diperbaiki dulu. Aturan: Menyerang orang"]
    assert "Penulis diminta memperbaiki isi yang Anda laporkan" in told(resident)
    ruling = Ruling.objects.get()
    author = sign_in(other_resident)
    page = text_of(author.get(url("ruling", ruling.pk)))
    assert "Jangan menyebut nama." in page and "Pak Budi tidak becus." in page
    assert "Menyerang orang" in page and url("revise", ruling.pk) in page
    address = url("revise", ruling.pk)
    assert "Pak Budi tidak becus." in text_of(author.get(address))
    answer = author.post(address, {"body": ""})
    assert answer.status_code == 422 and fresh(case).state == "waiting"
    assert author.post(address, {"body": "Pelayanannya lambat."}).status_code == 302
    now = fresh(case)
    assert (now.state, now.cause, now.pk) == ("open", "edited", case.pk)
    assert again(reply).visibility == "hidden" and again(reply).body == "Pelayanannya lambat."
    assert "Pelayanannya lambat." not in text_of(client.get(url("idea", reply.idea_id)))
    assert author.post(address, {"body": "Sekali lagi."}).status_code == 403
    assert again(reply).body == "Pelayanannya lambat."
    desk = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Diperbaiki penulis" in desk and "Minta perbaikan" in desk
    decide(case, "restore", moderator)
    assert again(reply).is_published
    assert "Pelayanannya lambat." in text_of(client.get(url("idea", reply.idea_id)))
    assert [row.decision for row in fresh(case).rulings.all()] == ["ask_edit", "restore"]
    assert fresh(case).rulings.first().post_text == "Pak Budi tidak becus."


def test_a_held_aspirasi_stays_held_and_is_screened_again(
    make_idea, moderator, resident, sign_in, client
):
    idea = make_idea(body="Hubungi 0812-0000-1234.")
    case = Case.objects.get(idea=idea)
    decide(case, "ask_edit", moderator, rule="private_data")
    assert again(idea).visibility == "held"
    author = sign_in(resident)
    page = text_of(author.get(url("idea", idea.pk)))
    assert "Perlu diperbaiki dulu: Data pribadi." in page and "Perbaiki tulisan" in page
    address = url("revise", Ruling.objects.get().pk)
    fields = {"title": "Lampu mati", "body": "Hubungi 0812-0000-9999.", "place": "Dekat pos"}
    assert author.post(address, {**fields, "title": "x" * 200}).status_code == 422
    author.post(address, fields)
    assert [each["excerpt"] for each in fresh(case).findings] == ["0812-0000-9999"]
    assert again(idea).title == "Lampu mati" and again(idea).visibility == "held"
    assert client.get(url("idea", idea.pk)).status_code == 404
    assert "Sedang diperiksa petugas." in text_of(author.get(url("idea", idea.pk)))


def test_only_the_author_edits_and_only_for_seven_days(
    case, other_resident, resident, moderator, sign_in
):
    decide(case, "ask_edit", moderator)
    ruling = Ruling.objects.get()
    fields = {"body": "Baru."}
    assert sign_in(resident).post(url("revise", ruling.pk), fields).status_code == 404
    assert sign_in(resident).get(url("ruling", ruling.pk)).status_code == 404
    assert sign_in(moderator).post(url("revise", ruling.pk), fields).status_code == 403
    left = fresh(case).edit_until - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    Case.objects.update(edit_until=timezone.now() - timedelta(seconds=1))
    answer = sign_in(other_resident).post(url("revise", ruling.pk), fields)
    assert answer.status_code == 403 and "Baru." in text_of(answer), "what was typed stays"
    assert "sudah lewat" in text_of(sign_in(other_resident).get(url("ruling", ruling.pk)))
    assert Reply.objects.get().body == "Pak Budi tidak becus."


def test_a_moderator_may_take_up_what_waits_for_its_author(case, reply, moderator, other_resident):
    decide(case, "ask_edit", moderator)
    taken = moderation.examine(target=again(reply), by=moderator)
    assert taken.pk == case.pk and taken.is_open and taken.edit_until is None
    with pytest.raises(Refused):
        moderation.revise(case=fresh(case), by=other_resident, body="Baru.")


def test_what_the_author_took_back_meanwhile_is_not_mended(make_reply, other_resident, moderator):
    reply = make_reply("Hubungi 0812-0000-1234.")
    case = Case.objects.get(reply=reply)
    decide(case, "ask_edit", moderator)
    discussion.withdraw_reply(reply=again(reply), by=other_resident)
    with pytest.raises(Refused):
        moderation.revise(case=fresh(case), by=other_resident, body="Baru.")
    assert again(reply).visibility == "withdrawn" and fresh(case).state == "waiting"


# --- Warn -----------------------------------------------------------------------------------------


def test_a_warning_is_told_counted_and_changes_nothing_on_the_post(
    case, reply, other_resident, moderator, resident, make_reply, sign_in
):
    sign_in(moderator).post(url("rule", case.pk), form(case, "warn"))
    assert again(reply).is_published and not fresh(case).is_open
    assert told(other_resident) == [
        "Petugas mengingatkan soal balasan Anda. Aturan: Menyerang orang"
    ]
    assert "Isi yang Anda laporkan diperiksa dan tetap tayang" in told(resident)
    page = text_of(sign_in(other_resident).get(url("ruling", Ruling.objects.get().pk)))
    assert "tetap tayang" in page and "Jangan menyebut nama." in page
    other = moderation.examine(target=make_reply("Balasan lain"), by=moderator)
    desk = text_of(sign_in(moderator).get(url("desk_item", other.pk)))
    assert "1 kali diingatkan" in desk and "Ingatkan penulis: Menyerang orang" in desk


@pytest.mark.parametrize("decision", ["warn", "keep", "split", "restore"])
def test_what_does_not_fit_the_post_is_not_decided(make_idea, moderator, sign_in, decision):
    case = Case.objects.get(idea=make_idea(body="Hubungi 0812-0000-1234."))
    answer = sign_in(moderator).post(url("rule", case.pk), form(case, decision, message="Pesan."))
    assert answer.status_code == 422 and "tidak cocok" in text_of(answer)
    assert "Pesan." in text_of(answer) and fresh(case).is_open


@pytest.mark.parametrize("decision", ["hide", "ask_edit", "warn", "suspend"])
def test_what_takes_something_names_the_rule_and_says_why(case, moderator, sign_in, decision):
    fields = form(case, decision, rule="", message="")
    answer = sign_in(moderator).post(url("rule", case.pk), fields)
    assert answer.status_code == 422
    assert "Pilih aturan yang dilanggar." in text_of(answer)
    assert "Tulis pesan untuk warga" in text_of(answer)
    assert fresh(case).is_open


# --- Limit an account -----------------------------------------------------------------------------


def test_a_suspension_ends_by_itself_and_says_until_when(
    case, reply, other_resident, moderator, sign_in, client
):
    sign_in(moderator).post(url("rule", case.pk), form(case, "suspend", days="7"))
    row = Suspension.objects.get()
    assert (row.person, row.by, row.case) == (other_resident, moderator, case.pk)
    other_resident.refresh_from_db()
    left = other_resident.suspended_until - timezone.now()
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    assert again(reply).visibility == "hidden"
    assert told(other_resident) == ["Akun Anda dibatasi 7 hari. Aturan: Menyerang orang"]
    author = sign_in(other_resident)
    page = text_of(author.get(url("ruling", Ruling.objects.get().pk)))
    assert "selama 7 hari" in page
    assert author.get(url("idea", reply.idea_id)).status_code == 200, "reading stays"
    type(other_resident).objects.update(suspended_until=timezone.now() - timedelta(seconds=1))
    fields = {"body": "Saya kembali.", "client_key": str(uuid.uuid4())}
    assert author.post(url("reply", reply.idea_id), fields).status_code == 302


def test_a_suspended_person_finds_every_door_to_write_closed(
    idea, project, make_reply, other_resident, resident, moderator, idea_form, sign_in
):
    own = make_reply(author=other_resident)
    asked = moderation.examine(target=make_reply(author=other_resident), by=moderator)
    decide(asked, "ask_edit", moderator)
    asked = Ruling.objects.get()
    participation.support(idea=idea, person=other_resident)
    bad = moderation.flag(
        target=make_reply(author=other_resident), person=resident, reason="person"
    )
    decide(bad, "suspend", moderator, days=30)
    before = (Idea.objects.count(), Reply.objects.count(), Case.objects.count())
    browser = sign_in(other_resident)
    key = str(uuid.uuid4())
    doors = {
        f"/proyek/{project.slug}/kirim/": idea_form(),
        url("reply", idea.pk): {"body": "Halo.", "client_key": key},
        url("edit_reply", own.pk): {"body": "Diubah.", "version": 1},
        url("flag_idea", idea.pk): {"reason": "spam"},
        f"/aspirasi/{idea.pk}/dukung/": {"dukung": "ya"},
        url("revise", asked.pk): {"body": "Diperbaiki."},
        url("rate", idea.pk): {"clear": "4"},
        f"/proyek/{project.slug}/ikuti/": {"pilihan": "ikuti"},
    }
    answers = {path: browser.post(path, fields) for path, fields in doors.items()}
    wrong = {path: answer.status_code for path, answer in answers.items()}
    # Without an official answer there is nothing to rate: that door leads back to the page.
    assert wrong.pop(url("rate", idea.pk)) in (302, 403)
    assert set(wrong.values()) == {403}, wrong
    for path in list(doors)[:3]:
        assert "Akun Anda dibatasi sampai" in text_of(answers[path]), path
    assert "Halo." in text_of(answers[url("reply", idea.pk)]), "what was typed stays"
    assert before == (Idea.objects.count(), Reply.objects.count(), Case.objects.count())
    own.refresh_from_db()
    assert own.version == 1


def test_limiting_an_account_needs_the_city(
    case, idea, perkim, make_person, moderator, make_reply, responder, sign_in
):
    of_unit = make_person("Petugas Unit", role="moderator", unit=perkim)
    page = text_of(sign_in(of_unit).get(url("desk_item", case.pk)))
    assert 'value="suspend"' not in page and "Hanya petugas moderasi kota" in page
    answer = sign_in(of_unit).post(url("rule", case.pk), form(case, "suspend", days="1"))
    assert answer.status_code == 422 and not Suspension.objects.exists()
    staff = moderation.examine(target=make_reply(author=responder), by=moderator)
    answer = sign_in(moderator).post(url("rule", staff.pk), form(staff, "suspend", days="1"))
    assert answer.status_code == 422 and fresh(staff).is_open


@pytest.mark.parametrize("days", ["", "2", "-1", "365", "x"])
def test_only_the_three_lengths(case, moderator, sign_in, days):
    answer = sign_in(moderator).post(url("rule", case.pk), form(case, "suspend", days=days))
    assert answer.status_code == 422 and not Suspension.objects.exists()


def test_a_second_shorter_one_does_not_end_the_first(make_reply, other_resident, moderator):
    for days in (30, 1):
        other_resident.refresh_from_db()
        if not other_resident.is_suspended:
            reply = make_reply(author=other_resident)
            second = make_reply(author=other_resident)
        target = reply if days == 30 else second
        case = moderation.examine(target=again(target), by=moderator)
        decide(case, "suspend", moderator, days=days)
    other_resident.refresh_from_db()
    assert other_resident.suspended_until > timezone.now() + timedelta(days=29)
    assert Suspension.objects.count() == 2


# --- What a moderator knows of the author ---------------------------------------------------------


def test_the_record_of_a_pseudonymous_author_says_nothing_of_who_it_is(
    make_idea, make_reply, make_person, moderator, sign_in
):
    author = make_person("Sinta Dewanti")
    named = make_reply("Bernama", author=author)
    decide(moderation.examine(target=named, by=moderator), "hide", moderator, rule="spam")
    idea = make_idea(author=author, shown_as="pseudonym", title="Tanpa nama")
    case = moderation.flag(target=idea, person=make_person("Pelapor Satu"), reason="person")
    page = text_of(sign_in(moderator).get(url("desk_item", case.pk)))
    assert "Sinta" not in page and author.email not in page and "Pelapor" not in page
    assert "Sembunyikan: Iklan atau spam" in page and "akun beberapa bulan" in page
    assert url("reply_detail", named.pk) not in page, "a named post would tell who it is"
    assert f"{author.joined_at:%Y}-{author.joined_at:%m}-{author.joined_at:%d}" not in page


def test_earlier_cases_of_the_same_post_stand_in_the_pane(case, reply, moderator, sign_in):
    decide(case, "keep", moderator)
    second = moderation.examine(target=again(reply), by=moderator)
    page = text_of(sign_in(moderator).get(url("desk_item", second.pk)))
    assert "Tulisan ini pernah diperiksa 1 kali" in page and "Biarkan tayang" in page


# --- A session that ended meanwhile ---------------------------------------------------------------


def test_a_decision_after_the_session_ended_loses_no_text(case, client):
    answer = client.post(url("rule", case.pk), form(case, "hide", message="Pesan panjang saya."))
    page = text_of(answer)
    assert answer.status_code == 403 and "Pesan panjang saya." in page
    assert f"next={quote(url('desk_item', case.pk), safe='')}" in page
    assert fresh(case).is_open
    answer = client.post(url("rule_many"), {"message": "Untuk semua."})
    assert answer.status_code == 403 and "Untuk semua." in text_of(answer)


def test_the_next_case_opens_with_the_focus_on_its_heading(case, idea_case, moderator, sign_in):
    browser = sign_in(moderator)
    answer = browser.post(url("rule", case.pk), form(case, "hide"))
    assert answer["Location"] == f"{url('desk_item', idea_case.pk)}?selesai={case.pk}#judul"
    page = text_of(browser.get(answer["Location"]))
    assert f'data-draft-clear="meja-{case.pk}"' in page
    answer = browser.post(url("rule", idea_case.pk), form(idea_case, "hide"))
    assert answer["Location"].endswith("#antre")
