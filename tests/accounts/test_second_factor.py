"""The second step: staff outside the demo do nothing here without it."""

import base64
import hashlib
import hmac
import struct
import time

import pytest
from allauth.mfa.models import Authenticator

from accounts import policy, services
from accounts.models import Role

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def totp(secret: str) -> str:
    """The six digits that an app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


@pytest.fixture
def without(client):
    """A browser in which somebody is signed in by the first step only."""

    def enter(person):
        client.force_login(person, backend=BACKEND)
        return client

    return enter


@pytest.mark.parametrize("role", Role.values)
def test_every_role_is_led_to_set_it_up(without, make_person, role):
    browser = without(make_person(role=role))
    for address in ("/", "/aspirasi/", "/akun/saya/", "/akun/email/", "/akun/password/set/"):
        response = browser.get(address)
        assert (response.status_code, response.url) == (302, "/akun/2fa/"), address
    page = browser.get("/akun/2fa/").content.decode()
    assert page.count("Akun petugas perlu langkah kedua") == 1


def test_whoever_opens_the_admin_needs_it_too(without, resident):
    resident.is_staff = resident.is_superuser = True
    resident.save()
    assert without(resident).get("/admin/").url == "/akun/2fa/"


def test_posting_is_turned_away_as_well(without, moderator):
    browser = without(moderator)
    response = browser.post("/akun/saya/", {"display_name": "Lain", "language": "id"})
    assert response.url == "/akun/2fa/"
    moderator.refresh_from_db()
    assert moderator.display_name == "Dewi Lestari"


def test_a_request_of_htmx_leads_the_whole_page(without, moderator):
    response = without(moderator).get("/aspirasi/", headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/akun/2fa/"


def test_signing_out_and_choosing_a_language_stay_possible(without, moderator):
    browser = without(moderator)
    assert browser.post("/bahasa/", {"language": "id", "next": "/"}).url == "/"
    assert browser.get("/healthz").status_code == 200
    assert browser.post("/akun/logout/").url == "/"
    assert "_auth_user_id" not in browser.session


def test_a_resident_is_not_asked(without, resident):
    assert without(resident).get("/akun/saya/").status_code == 200


def test_in_the_demo_nobody_is_asked(without, moderator, settings):
    settings.DEMO = True
    assert without(moderator).get("/akun/saya/").status_code == 200


def test_setting_up_the_app_opens_everything_at_once(without, moderator):
    browser = without(moderator)
    form = browser.get("/akun/2fa/totp/activate/").context["form"]
    response = browser.post("/akun/2fa/totp/activate/", {"code": totp(form.secret)})
    assert response.url == "/akun/2fa/recovery-codes/"
    assert browser.get(response.url).status_code == 200
    assert browser.get("/akun/saya/").status_code == 200


def test_a_wrong_code_at_setting_up_opens_nothing(without, moderator):
    browser = without(moderator)
    browser.get("/akun/2fa/totp/activate/")
    response = browser.post("/akun/2fa/totp/activate/", {"code": "000000"})
    assert response.status_code == 422
    assert "Kodenya belum cocok" in response.content.decode()
    assert browser.get("/akun/saya/").url == "/akun/2fa/"


def test_a_session_that_never_showed_it_must_show_it(without, moderator):
    """A session from before the role was given, or opened by somebody who knows the password."""
    browser = without(moderator)
    Authenticator.objects.create(
        user=moderator, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    response = browser.get("/akun/saya/")
    assert response.url == "/akun/2fa/reauthenticate/?next=%2Fakun%2Fsaya%2F"
    response = browser.post(response.url, {"code": totp("JBSWY3DPEHPK3PXP")})
    assert response.url == "/akun/saya/"
    assert browser.get("/akun/saya/").status_code == 200


def test_signing_in_asks_for_the_second_step(client, moderator, code):
    Authenticator.objects.create(
        user=moderator, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    client.post("/akun/login/code/", {"email": moderator.email})
    response = client.post("/akun/login/code/confirm/", {"code": code(), "next": "/aspirasi/"})
    assert response.url == "/akun/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    assert client.post(response.url, {"code": "000000"}).status_code == 422
    response = client.post(response.url, {"code": totp("JBSWY3DPEHPK3PXP")})
    assert response.url == "/aspirasi/"
    assert client.get("/akun/saya/").status_code == 200


def test_a_role_given_later_counts_at_the_next_request(without, resident):
    browser = without(resident)
    assert browser.get("/akun/saya/").status_code == 200
    services.grant_role(person=resident, role=Role.MODERATOR, by=None)
    assert browser.get("/akun/saya/").url == "/akun/2fa/"


def test_the_same_question_for_sockets(without, sign_in, moderator, resident):
    assert policy.second_factor_missing(moderator, without(moderator).session)
    assert not policy.second_factor_missing(resident, without(resident).session)
    assert not policy.second_factor_missing(moderator, sign_in(moderator).session)


def test_the_second_step_of_another_person_does_not_count(sign_in, moderator, second_moderator):
    session = sign_in(moderator).session
    Authenticator.objects.create(
        user=second_moderator, type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert policy.second_factor_missing(second_moderator, session)
