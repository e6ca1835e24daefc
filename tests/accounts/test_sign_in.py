"""Signing in: by a code from the mail, or by password."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

pytestmark = pytest.mark.django_db
BY_PASSWORD = "/akun/login/"
ASK = "/akun/login/code/"
CONFIRM = "/akun/login/code/confirm/"
PASSWORD = "kapuas-di-sore-hari"


@pytest.fixture
def with_password(resident):
    resident.set_password(PASSWORD)
    resident.save()
    return resident


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def test_the_code_is_the_first_way_on_the_page(client):
    page = client.get(BY_PASSWORD, {"next": "/proyek/"}).content.decode()
    assert page.index("Kirim kode") < page.index("Kata sandi")
    assert 'action="/akun/login/code/?next=%2Fproyek%2F"' in page


def test_a_code_from_the_mail_signs_in_and_leads_on(client, resident, code):
    response = client.post(ASK, {"email": resident.email.upper(), "next": "/aspirasi/"})
    assert response.status_code == 302
    assert response.url.startswith(CONFIRM)
    response = client.post(CONFIRM, {"code": code(), "next": "/aspirasi/"})
    assert (response.status_code, response.url) == (302, "/aspirasi/")
    assert signed_in_as(client) == str(resident.pk)


def test_a_code_of_another_site_is_not_followed(client, resident, code):
    client.post(ASK, {"email": resident.email, "next": "//jahat.example"})
    response = client.post(CONFIRM, {"code": code(), "next": "//jahat.example"})
    assert response.url == "/"


def test_a_wrong_code_does_not_sign_in(client, resident, wrong):
    client.post(ASK, {"email": resident.email})
    assert client.post(CONFIRM, {"code": wrong()}).status_code == 422
    assert signed_in_as(client) is None


def test_the_right_code_after_three_wrong_ones_is_worth_nothing(client, resident, code, wrong):
    client.post(ASK, {"email": resident.email})
    for _attempt in range(3):
        client.post(CONFIRM, {"code": wrong()})
    client.post(CONFIRM, {"code": code()})
    assert signed_in_as(client) is None


def test_an_expired_code_does_not_sign_in(client, resident, code):
    client.post(ASK, {"email": resident.email})
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        response = client.post(CONFIRM, {"code": code()})
    assert response.status_code == 302
    assert signed_in_as(client) is None


def test_a_code_counts_once(client, resident, code):
    client.post(ASK, {"email": resident.email})
    client.post(CONFIRM, {"code": code()})
    client.post("/akun/logout/")
    client.post(CONFIRM, {"code": code()})
    assert signed_in_as(client) is None


def test_codes_for_one_address_are_few(client, resident, mailoutbox):
    for _request in range(5):
        client.cookies.clear()
        response = client.post(ASK, {"email": resident.email})
    assert response.status_code == 422
    assert "Terlalu banyak percobaan" in response.content.decode()
    assert len(mailoutbox) == 3


def test_an_unknown_address_looks_the_same(client, city, mailoutbox):
    response = client.post(ASK, {"email": "siapa@contoh.example"})
    assert response.status_code == 302
    assert response.url.startswith(CONFIRM)
    assert "Belum ada akun" in mailoutbox[0].subject


def test_bad_input_comes_back_with_what_was_typed(client):
    response = client.post(ASK, {"email": "nur@"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="nur@"' in page
    assert "Alamat email ini belum lengkap" in page


def test_the_password_signs_in(client, with_password):
    response = client.post(
        BY_PASSWORD,
        {"login": with_password.email, "password": PASSWORD, "next": "/aspirasi/"},
    )
    assert (response.status_code, response.url) == (302, "/aspirasi/")
    assert signed_in_as(client) == str(with_password.pk)


def test_a_wrong_password_does_not_sign_in(client, with_password):
    response = client.post(BY_PASSWORD, {"login": with_password.email, "password": "tebak"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Email atau kata sandinya belum cocok." in page
    assert f'value="{with_password.email}"' in page
    assert "tebak" not in page
    assert signed_in_as(client) is None


def test_guessing_a_password_is_stopped_per_account(client, with_password):
    for _attempt in range(6):
        client.post(BY_PASSWORD, {"login": with_password.email, "password": "tebak"})
    client.post(BY_PASSWORD, {"login": with_password.email, "password": PASSWORD})
    assert signed_in_as(client) is None


def test_a_blocked_person_is_told_and_stays_out(client, with_password, city_admin):
    from accounts import services

    services.block(person=with_password, by=city_admin, reason="Iklan berulang")
    response = client.post(
        BY_PASSWORD, {"login": with_password.email, "password": PASSWORD}, follow=True
    )
    assert signed_in_as(client) is None
    assert "Akun ini sedang tidak aktif" in response.content.decode()


def test_the_chosen_language_comes_along_to_a_new_device(client, with_password):
    with_password.language = "en"
    with_password.save()
    client.post(BY_PASSWORD, {"login": with_password.email, "password": PASSWORD})
    assert client.cookies["django_language"].value == "en"


def test_a_forgotten_password_is_replaced_by_a_code(client, with_password, code):
    client.post("/akun/password/reset/", {"email": with_password.email})
    client.post("/akun/password/reset/confirm/", {"code": code()})
    response = client.post(
        "/akun/password/reset/complete/",
        {"password1": "sungai-landak-88", "password2": "sungai-landak-88"},
    )
    assert response.status_code == 302
    with_password.refresh_from_db()
    assert with_password.check_password("sungai-landak-88")


def test_every_sign_in_page_keeps_to_the_security_policy(client, city):
    for address in ("/akun/login/", ASK, "/akun/signup/", "/akun/password/reset/"):
        page = client.get(address).content.decode()
        assert " style=" not in page, address
        assert "<style" not in page, address
        for tag in page.split("<script")[1:]:
            head = tag.split(">")[0]
            assert "src=" in head or "application/json" in head, (address, head)
