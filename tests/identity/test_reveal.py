"""Opening who is behind a post: by whom, why, written down for ever, told to the person."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Role
from core.policy import Refused
from core.sheets import safe_cell
from forum.discussion import services as discussion
from forum.discussion.models import Reply
from forum.identity import policy, selectors, services
from forum.identity.models import IdentityReveal
from forum.moderation import cases
from notifications.models import Receipt
from participation.models import Idea
from tests.jobs import drain
from tests.together import at_once

REASON = "Ada ancaman kepada petugas taman di paragraf kedua."
OWN, LOG, CSV = (
    reverse(f"forum:{name}") for name in ("own_reveals", "identity_log", "identity_log_csv")
)


def text_of(response) -> str:
    return response.content.decode()


def address(post) -> str:
    name = "reveal_reply" if isinstance(post, Reply) else "reveal_idea"
    return reverse(f"forum:{name}", args=[post.pk])


def form(**changes) -> dict:
    return {"ground": "threat", "reason": REASON, **changes}


@pytest.fixture
def hidden_idea(make_idea) -> Idea:
    return make_idea(shown_as="hidden")


@pytest.fixture
def hidden_reply(idea, make_reply, other_resident) -> Reply:
    reply = make_reply(author=other_resident, shown_as="pseudonym")
    return Reply.objects.select_related("idea__project", "author__village").get(pk=reply.pk)


@pytest.fixture
def reveal(hidden_idea, moderator):
    """A moderator opens an identity by the service: `reveal(post, by=..., reason=...)`."""

    def look(post=None, *, by=None, ground="threat", reason=REASON) -> IdentityReveal:
        return services.reveal(
            post=post or hidden_idea, by=by or moderator, ground=ground, reason=reason
        ).entry

    return look


# --- The right person -----------------------------------------------------------------------------


def test_a_moderator_of_the_city_opens_an_identity(hidden_idea, resident, moderator, sign_in):
    browser = sign_in(moderator)
    asked = text_of(browser.get(address(hidden_idea)))
    assert "Setiap kali dibuka dicatat untuk selamanya." in asked
    assert not IdentityReveal.objects.exists(), "a GET never opens anything"
    assert resident.email not in asked
    response = browser.post(address(hidden_idea), form())
    assert response.status_code == 200
    assert resident.display_name in text_of(response)
    assert resident.email in text_of(response)
    entry = IdentityReveal.objects.get()
    assert (entry.number, entry.idea, entry.by) == (1, hidden_idea, moderator)
    assert (entry.ground, entry.reason) == ("threat", REASON)
    assert entry.unit == moderator.staff_profile.unit


def test_the_author_of_a_reply_is_opened_likewise(hidden_reply, other_resident, moderator, sign_in):
    response = sign_in(moderator).post(address(hidden_reply), form(ground="legal"))
    assert other_resident.email in text_of(response)
    assert IdentityReveal.objects.get().reply == hidden_reply


def test_the_answer_is_kept_nowhere(hidden_idea, resident, moderator, sign_in):
    browser = sign_in(moderator)
    response = browser.post(address(hidden_idea), form())
    assert "no-store" in response["Cache-Control"]
    assert resident.email not in str(dict(browser.session))
    assert resident.display_name not in str(dict(browser.session))
    assert resident.email not in str(IdentityReveal.objects.values())
    for again in (address(hidden_idea), reverse("forum:idea", args=[hidden_idea.pk])):
        assert resident.display_name not in text_of(browser.get(again))


def test_every_look_is_a_row(hidden_idea, moderator, sign_in):
    browser = sign_in(moderator)
    for _ in range(2):
        browser.post(address(hidden_idea), form())
    assert IdentityReveal.objects.count() == 2


def test_a_held_hidden_or_withdrawn_post_is_opened_too(
    make_idea, moderator, sign_in, hidden_reply, other_resident
):
    held = make_idea(body="Hubungi 0812-0000-1234.", shown_as="hidden")
    assert not held.is_published
    discussion.withdraw_reply(reply=hidden_reply, by=other_resident)
    for post in (held, hidden_reply):
        assert sign_in(moderator).post(address(post), form()).status_code == 200


def test_the_desk_leads_there_where_there_is_something_to_open(
    hidden_idea, idea, moderator, sign_in
):
    browser = sign_in(moderator)
    for post, offered in ((hidden_idea, True), (idea, False)):
        case = cases.open_case(post, cause="examined")
        desk = text_of(browser.get(reverse("forum:desk_item", args=[case.pk])))
        assert (address(post) in desk) == offered


# --- Each wrong person ----------------------------------------------------------------------------

WRONG = [
    "resident", "other_resident", "responder", "responder_elsewhere", "moderator_elsewhere",
    "planner", "bkpsdm", "leader", "city_admin", "auditor",
]  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_role_opens_nothing(name, hidden_idea, hidden_reply, cast, sign_in):
    browser = sign_in(getattr(cast, name))
    for post in (hidden_idea, hidden_reply):
        for response in (browser.get(address(post)), browser.post(address(post), form())):
            assert response.status_code == 403
            assert post.author.email not in text_of(response)
    assert not IdentityReveal.objects.exists()


def test_nobody_without_an_account_gets_in(hidden_idea, client):
    assert client.post(address(hidden_idea), form()).status_code == 302
    assert not IdentityReveal.objects.exists()


@pytest.mark.parametrize("scope", ["unit", "project"])
def test_a_moderator_of_a_part_of_the_city_opens_nothing(
    scope, hidden_idea, make_person, perkim, project
):
    person = make_person(
        role=Role.MODERATOR, **{scope: {"unit": perkim, "project": project}[scope]}
    )
    assert not policy.may_reveal(person, hidden_idea)


def test_a_responder_opens_nothing_even_as_a_moderator(hidden_idea, responder, sign_in):
    accounts.grant_role(person=responder, role=Role.MODERATOR, by=None)
    response = sign_in(responder).post(address(hidden_idea), form())
    assert response.status_code == 403
    assert "Pejabat penghubung tidak dapat membuka identitas" in text_of(response)


def test_a_moderator_opens_neither_a_name_that_is_shown_nor_the_own_post(
    idea, hidden_idea, moderator, make_idea, sign_in
):
    own = make_idea(author=moderator, shown_as="hidden")
    for post in (idea, own):
        assert sign_in(moderator).post(address(post), form()).status_code == 403


def test_a_civil_servants_reply_has_nothing_to_open(make_reply, responder, moderator):
    reply = Reply.objects.get(pk=make_reply(author=responder).pk)
    assert not policy.may_reveal(moderator, reply)


def test_a_blocked_moderator_opens_nothing(hidden_idea, moderator, city_admin):
    accounts.block(person=moderator, by=city_admin, reason="uji")
    with pytest.raises(Refused):
        services.reveal(post=hidden_idea, by=moderator, ground="threat", reason=REASON)


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ground": ""}, "Pilih satu alasan."),
        ({"ground": "criticism"}, "Pilih satu alasan dari daftar."),
        ({"reason": ""}, "Tulis penjelasannya."),
        ({"reason": "Ingin tahu saja."}, "Jelaskan paling sedikit dengan 20 huruf."),
        ({"reason": "x " * 600}, "Terlalu panjang"),
        ({"reason": "Ada ancaman kepada\x00 petugas taman."}, "karakter"),
    ],
)
def test_without_a_ground_and_a_reason_nothing_is_opened(
    changes, sentence, hidden_idea, resident, moderator, sign_in
):
    response = sign_in(moderator).post(address(hidden_idea), form(**changes))
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert resident.email not in text_of(response)
    if "reason" not in changes:
        assert REASON in text_of(response), "what was typed stays"
    assert not IdentityReveal.objects.exists()


def test_the_service_asks_for_the_reason_itself(hidden_idea, moderator):
    for wrong in ({"ground": "curiosity", "reason": REASON}, {"ground": "threat", "reason": "x"}):
        with pytest.raises(ValidationError):
            services.reveal(post=hidden_idea, by=moderator, **wrong)


# --- Told -----------------------------------------------------------------------------------------


def told() -> list[tuple[str, str]]:
    drain()
    return sorted(Receipt.objects.values_list("event__category", "person__display_name"))


def test_the_person_is_told_who_when_and_why(reveal, resident, moderator, sign_in, mailoutbox):
    from forum import tasks

    entry = reveal()
    assert told() == [("identity", "Nur Aini")]
    tasks.send_letters()
    (mail,) = mailoutbox
    assert mail.to == [resident.email]
    assert mail.subject == "Identitas Anda dibuka petugas"
    browser = sign_in(resident)
    unit = moderator.staff_profile.unit.label
    for news in (text_of(browser.get("/kabar/")), mail.body):
        assert "Ancaman terhadap keselamatan seseorang" in news
        assert f"Petugas moderasi, {unit}" in news
        assert moderator.display_name not in news, "role and unit, not the officer's name"
        assert REASON not in news, "what somebody wrote is not in the news"
    shown = text_of(browser.get(OWN))
    assert REASON in shown
    assert f"Petugas moderasi, {unit}" in shown
    assert timezone.localtime(entry.at).strftime("%H.%M") in shown


def test_nobody_else_reads_of_it(reveal, other_resident, moderator, sign_in, client):
    reveal()
    for person in (other_resident, moderator):
        assert REASON not in text_of(sign_in(person).get(OWN))
    assert client.get(OWN).status_code == 302


def test_the_page_is_empty_at_first(resident, sign_in):
    assert "Belum pernah dibuka" in text_of(sign_in(resident).get(OWN))


# --- Many looks -----------------------------------------------------------------------------------


def test_the_fifth_look_of_a_day_is_told_to_the_auditors(reveal, auditor, moderator, sign_in):
    for _ in range(4):
        reveal()
    assert ("work", auditor.display_name) not in told()
    reveal()
    reveal()
    assert told().count(("work", auditor.display_name)) == 1
    news = text_of(sign_in(auditor).get("/kabar/"))
    assert "Seorang petugas membuka banyak identitas hari ini" in news
    assert moderator.display_name in news


def test_the_count_begins_anew_the_next_day_and_is_each_persons_own(
    reveal, second_moderator, auditor
):
    noon = timezone.localtime().replace(hour=12, minute=0)
    with time_machine.travel(noon - timedelta(days=1), tick=False):
        for _ in range(4):
            reveal()
    with time_machine.travel(noon, tick=False):
        reveal()
        for _ in range(4):
            reveal(by=second_moderator)
    assert ("work", auditor.display_name) not in told()


def test_after_twenty_looks_it_is_over_for_the_day(
    reveal, hidden_idea, resident, moderator, sign_in
):
    for _ in range(services.MOST_A_DAY):
        reveal()
    response = sign_in(moderator).post(address(hidden_idea), form())
    assert response.status_code == 429
    assert "batas untuk sehari" in text_of(response)
    assert REASON in text_of(response)
    assert resident.email not in text_of(response)
    assert IdentityReveal.objects.count() == services.MOST_A_DAY


# --- The auditors' log ----------------------------------------------------------------------------


def test_auditors_read_who_looked_why_and_at_which_post_but_not_who_it_was(
    reveal, hidden_reply, hidden_idea, resident, other_resident, moderator, auditor, sign_in
):
    reveal()
    reveal(hidden_reply, ground="abuse", reason="Sudah sepuluh kali menyebar nomor telepon orang.")
    browser = sign_in(auditor)
    for shown in (text_of(browser.get(LOG)), text_of(browser.get(CSV))):
        assert moderator.display_name in shown
        assert REASON in shown
        assert hidden_idea.number in shown
        for person in (resident, other_resident):
            assert person.display_name not in shown
            assert person.email not in shown


@pytest.mark.parametrize("name", [*WRONG[:-1], "moderator"])
def test_the_log_is_for_auditors_only(name, reveal, cast, sign_in):
    reveal()
    browser = sign_in(getattr(cast, name))
    for page in (LOG, CSV):
        response = browser.get(page)
        assert response.status_code == 403
        assert REASON not in text_of(response)


def test_the_log_is_narrowed_by_officer_ground_and_day(
    reveal, moderator, second_moderator, auditor, sign_in
):
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        reveal(reason="Yang lama, tentang ancaman.")
    reveal(by=second_moderator, ground="legal", reason="Yang baru, surat Polres nomor 12.")
    browser = sign_in(auditor)
    today = timezone.localdate()

    def shown(query):
        found = [text_of(browser.get(f"{page}?{query}")) for page in (LOG, CSV)]
        assert ("Yang lama" in found[0]) == ("Yang lama" in found[1])
        return ["Yang lama" in found[0], "Yang baru" in found[0]]

    assert shown("") == [True, True]
    assert shown(f"petugas={second_moderator.pk}") == [False, True]
    assert shown("alasan=threat") == [True, False]
    assert shown(f"dari={today}") == [False, True]
    assert shown(f"sampai={today - timedelta(days=1)}") == [True, False]
    assert shown("petugas=x&alasan=y&dari=z&sampai=99") == [True, True]


def test_the_log_has_pages(reveal, auditor, sign_in, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 2)
    for n in range(3):
        reveal(reason=f"Penjelasan yang ke-{n}, cukup panjang.")
    browser = sign_in(auditor)
    first = text_of(browser.get(LOG))
    assert "ke-2" in first
    assert "ke-0" not in first
    cursor = first.split("kursor=")[1].split('"')[0]
    assert "ke-0" in text_of(browser.get(f"{LOG}?kursor={cursor}"))
    assert browser.get(f"{LOG}?kursor=nonsense").status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(start):
    assert safe_cell(f"{start}cmd") == f"'{start}cmd"
    assert safe_cell("biasa") == "biasa"
    assert safe_cell(-3) == -3


def test_a_formula_in_a_reason_reaches_no_spreadsheet(reveal, auditor, sign_in):
    reveal(reason='=HYPERLINK("http://jahat.example";"klik")')
    content = text_of(sign_in(auditor).get(CSV)).lstrip("\ufeff")
    (_head, row) = csv.reader(io.StringIO(content))
    assert row[6].startswith("'=HYPERLINK")


# --- The chain ------------------------------------------------------------------------------------


@pytest.fixture
def three(reveal):
    return [reveal(reason=f"Penjelasan yang ke-{n}, cukup panjang.") for n in range(3)]


def test_a_whole_chain_is_said_to_be_whole(three, capsys, auditor, sign_in):
    call_command("verify_identity_log")
    said = capsys.readouterr().out
    assert "3 rows" in said
    assert three[-1].fingerprint in said
    assert "Catatan utuh: 3 baris." in text_of(sign_in(auditor).get(f"{LOG}?periksa=ya"))


def test_an_empty_log_is_whole(db, capsys):
    call_command("verify_identity_log")
    assert "0 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "Penjelasan lain yang lebih baik."},
        {"ground": "legal"},
        {"at": timezone.now() - timedelta(days=9)},
        {"unit": None},
        {"previous": "0" * 64},
        {"fingerprint": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_row_is_found(three, change, auditor, sign_in):
    IdentityReveal.objects.filter(number=2).update(**change)
    with pytest.raises(CommandError, match="row 2 is not as written"):
        call_command("verify_identity_log")
    page = text_of(sign_in(auditor).get(f"{LOG}?periksa=ya"))
    assert "Catatan pernah diubah, mulai baris 2." in page


def test_another_officer_put_in_place_is_found(three, second_moderator):
    IdentityReveal.objects.filter(number=2).update(by=second_moderator)
    with pytest.raises(CommandError, match="row 2"):
        call_command("verify_identity_log")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_row_is_found(three, number):
    IdentityReveal.objects.filter(number=number)._raw_delete("default")
    with pytest.raises(CommandError, match=f"row {number} "):
        call_command("verify_identity_log")


def test_a_log_rewritten_as_a_whole_is_found_by_a_noted_head(three, capsys):
    noted = three[1].fingerprint
    call_command("verify_identity_log", head=noted, length=2)
    previous = ""
    for row in IdentityReveal.objects.order_by("number"):
        row.reason, row.previous = "Ditulis ulang seluruhnya.", previous
        row.fingerprint = previous = row.own_fingerprint()
        IdentityReveal.objects.filter(pk=row.pk).update(
            reason=row.reason, previous=row.previous, fingerprint=row.fingerprint
        )
    from forum.identity.models import IdentityLog

    IdentityLog.objects.update(head=previous)
    call_command("verify_identity_log")
    with pytest.raises(CommandError, match="rewritten"):
        call_command("verify_identity_log", head=noted, length=2)


def test_rows_are_neither_saved_again_nor_deleted(three):
    with pytest.raises(TypeError):
        three[0].save()
    with pytest.raises(TypeError):
        three[0].delete()


@pytest.mark.django_db(transaction=True)
def test_looks_at_the_same_time_make_one_chain(hidden_idea, make_person):
    officers = [make_person(role=Role.MODERATOR) for _ in range(4)]

    def look():
        by = officers.pop()
        for _ in range(3):
            post = Idea.objects.select_related("project", "author__village").get()
            services.reveal(post=post, by=by, ground="threat", reason=REASON)

    at_once(4, look)
    state = selectors.check_chain()
    assert state.is_whole
    assert state.length == 12
