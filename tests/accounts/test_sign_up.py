"""Joining as a resident: with a code, without a password."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import Person

pytestmark = pytest.mark.django_db
SIGN_UP = "/akun/signup/"
CONFIRM = "/akun/confirm-email/"


@pytest.fixture
def filled(village):
    def fields(**changes):
        return {
            "email": "Nur.Aini@Contoh.example",
            "display_name": "Nur Aini",
            "village": village.code,
            "consent": "on",
            **changes,
        }

    return fields


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_a_resident_joins_with_the_code_from_the_mail(client, filled, code, mailoutbox, village):
    response = client.post(SIGN_UP, filled(next="/proyek/"))
    assert response.status_code == 302
    assert response.url == CONFIRM
    assert signed_in_as(client) is None
    assert mailoutbox[0].to == ["nur.aini@contoh.example"]
    assert code() in mailoutbox[0].subject

    response = client.post(CONFIRM, {"code": code()})
    assert (response.status_code, response.url) == (302, "/proyek/")
    person = Person.objects.get(email="nur.aini@contoh.example")
    assert signed_in_as(client) == str(person.pk)
    assert (person.display_name, person.village) == ("Nur Aini", village)
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified


def test_the_code_may_be_typed_with_blanks(client, filled, code):
    client.post(SIGN_UP, filled())
    response = client.post(CONFIRM, {"code": " ".join(code())})
    assert response.status_code == 302
    assert signed_in_as(client)


def test_a_wrong_code_is_told_and_three_end_the_try(client, filled, wrong):
    client.post(SIGN_UP, filled())
    for _attempt in range(2):
        response = client.post(CONFIRM, {"code": wrong()})
        assert response.status_code == 422
        page = response.content.decode()
        assert "Kodenya belum cocok" in page
        assert f'value="{wrong()}"' in page
    response = client.post(CONFIRM, {"code": wrong()}, follow=True)
    assert "Terlalu banyak percobaan" in response.content.decode()
    assert signed_in_as(client) is None


def test_an_expired_code_leads_back(client, filled, code):
    client.post(SIGN_UP, filled())
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        response = client.post(CONFIRM, {"code": code()})
    assert response.status_code == 302
    assert response.url == "/akun/login/"
    assert signed_in_as(client) is None


def test_a_new_code_replaces_the_old_one(client, filled, code, mailoutbox):
    client.post(SIGN_UP, filled())
    first = code()
    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        client.post(CONFIRM, {"action": "resend"})
        assert len(mailoutbox) == 2
        if code() != first:
            assert client.post(CONFIRM, {"code": first}).status_code == 422
        assert client.post(CONFIRM, {"code": code()}).status_code == 302
    assert signed_in_as(client)


def test_an_unknown_next_address_is_not_followed(client, filled, code):
    client.post(SIGN_UP, filled(next="https://jahat.example/"))
    assert client.post(CONFIRM, {"code": code()}).url == "/"


def test_an_address_with_an_account_is_not_given_away(client, filled, resident, mailoutbox):
    response = client.post(SIGN_UP, filled(email=resident.email))
    assert (response.status_code, response.url) == (302, CONFIRM)
    assert Person.objects.filter(email=resident.email).count() == 1
    assert "sudah punya akun" in mailoutbox[-1].subject
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": ""}, "Tulis alamat email Anda."),
        ({"email": "bukan-email"}, "Alamat email ini belum lengkap."),
        ({"email": "a\x00b@contoh.example"}, "email"),
        ({"email": "a" * 250 + "@contoh.example"}, "email"),
        ({"display_name": ""}, "Tulis nama panggilan Anda."),
        ({"display_name": "   "}, "Tulis nama panggilan Anda."),
        ({"display_name": "Nur\x00Aini"}, "karakter tersembunyi"),
        ({"display_name": "Nur\x07Aini"}, "karakter tersembunyi"),
        ({"display_name": "Nur\ufffdAini"}, "huruf yang rusak"),
        ({"display_name": "Nur\u202einiA"}, "pembalik arah"),
        ({"display_name": "Nur\u200bAini"}, "karakter tak terlihat"),
        ({"display_name": "\u200b\u200b"}, "karakter tak terlihat"),
        ({"display_name": "12345 !!"}, "satu huruf"),
        ({"display_name": "N" * 61}, "terlalu panjang"),
        ({"village": ""}, "Pilih kelurahan supaya sampai"),
        ({"village": "99.99.99.9999"}, "Pilih kelurahan dari daftar."),
        ({"village": "\x00"}, "Pilih kelurahan dari daftar."),
        ({"consent": ""}, "Centang persetujuan"),
    ],
)
def test_what_is_wrong_is_said_next_to_the_field_and_the_rest_stays(
    client, filled, changes, sentence, mailoutbox
):
    data = filled(**changes)
    if not data["consent"]:
        del data["consent"]
    response = client.post(SIGN_UP, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'class="notice notice--bad"' in page
    assert page.count(sentence) >= 2  # in the summary and at the field
    assert 'aria-invalid="true"' in page
    if "display_name" not in changes:
        assert 'value="Nur Aini"' in page
    if "village" not in changes:
        assert f'value="{data["village"]}" selected' in page
    assert not Person.objects.filter(email__startswith="nur.aini").exists()
    assert not mailoutbox


def test_bytes_that_are_no_text_are_refused(client, village):
    body = b"email=nur%40contoh.example&display_name=Nur%FF%FE&consent=on&village=" + (
        village.code.encode()
    )
    response = client.post(SIGN_UP, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert "huruf yang rusak" in response.content.decode()


def test_a_name_from_any_script_is_welcome(client, filled, code):
    client.post(SIGN_UP, filled(display_name="  Lim  美玲 "))
    assert Person.objects.get(email="nur.aini@contoh.example").display_name == "Lim 美玲"


def test_villages_are_grouped_by_district(client, city):
    page = client.get(SIGN_UP).content.decode()
    assert page.count("<optgroup") == 6
    assert '<optgroup label="Pontianak Selatan">' in page
    assert page.count('<option value="61.71.') == 29


def test_many_residents_behind_one_address_can_join(client, filled):
    for number in range(40):
        response = client.post(SIGN_UP, filled(email=f"warga{number}@contoh.example"))
        assert response.status_code == 302, number
        client.cookies.clear()


def test_when_the_mail_server_is_silent_the_person_is_told(client, filled, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", refuse)
    response = client.post(SIGN_UP, filled(), follow=True)
    assert response.status_code == 200
    assert "Email belum bisa dikirim" in response.content.decode()
