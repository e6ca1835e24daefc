"""The own profile: saves its own fields and shows staff what they are here."""

import pytest

from accounts import services

pytestmark = pytest.mark.django_db
PROFILE = "/akun/saya/"


def test_a_visitor_is_led_to_sign_in_and_back(client):
    assert client.get(PROFILE).url == "/akun/login/?next=/akun/saya/"


def test_a_resident_changes_name_village_and_language(sign_in, resident):
    browser = sign_in(resident)
    response = browser.post(
        PROFILE, {"display_name": "Bu Nur", "village": "61.71.01.1004", "language": "en"}
    )
    assert (response.status_code, response.url) == (302, PROFILE)
    resident.refresh_from_db()
    assert (resident.display_name, resident.village_id) == ("Bu Nur", "61.71.01.1004")
    assert resident.language == "en"
    assert browser.cookies["django_language"].value == "en"


def test_the_form_saves_only_its_own_fields(sign_in, resident):
    before = resident.email, resident.joined_at, resident.password
    sign_in(resident).post(
        PROFILE,
        {
            "display_name": "Bu Nur",
            "village": "",
            "language": "id",
            "email": "lain@contoh.example",
            "is_staff": "on",
            "is_superuser": "on",
        },
    )
    resident.refresh_from_db()
    assert (resident.email, resident.joined_at, resident.password) == before
    assert not resident.is_staff
    assert not resident.is_superuser
    assert resident.village is None


def test_what_another_tab_changed_meanwhile_is_kept(sign_in, resident, city_admin):
    """A stale person object in one request may not undo a block that came in between."""
    services.block(person=resident, by=city_admin, reason="Alasan")
    resident.is_active, resident.blocked_at = True, None
    services.update_profile(
        person=resident, display_name="Bu Nur", village_code=None, language="id"
    )
    resident.refresh_from_db()
    assert not resident.is_active


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"display_name": ""}, "Tulis nama panggilan Anda."),
        ({"display_name": "Nur\x00"}, "karakter tersembunyi"),
        ({"display_name": "Nur\u202e"}, "pembalik arah"),
        ({"village": "99"}, "Pilih kelurahan dari daftar."),
        ({"language": "xx"}, ""),
    ],
)
def test_bad_input_is_refused_and_stays_on_the_page(sign_in, resident, changes, sentence):
    data = {"display_name": "Bu Nur", "village": "", "language": "id", **changes}
    response = sign_in(resident).post(PROFILE, data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    resident.refresh_from_db()
    assert resident.display_name == "Nur Aini"


def test_staff_see_unit_position_and_roles(sign_in, responder, perkim):
    page = sign_in(responder).get(PROFILE).content.decode()
    assert perkim.name in page
    assert "Penata" in page
    assert "Pejabat penghubung" in page


def test_a_resident_sees_nothing_of_the_kind(sign_in, resident):
    assert "Tugas di Rembuk" not in sign_in(resident).get(PROFILE).content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/akun/email/",
        "/akun/password/set/",
        "/akun/sessions/",
        "/akun/2fa/",
        "/akun/2fa/totp/activate/",
        "/akun/2fa/webauthn/add/",
        "/akun/logout/",
    ],
)
def test_every_page_of_the_account_opens_and_keeps_to_the_security_policy(
    sign_in, resident, address
):
    response = sign_in(resident).get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert "masthead" in page
    assert " style=" not in page
    for tag in page.split("<script")[1:]:
        head = tag.split(">")[0]
        assert "src=" in head or "application/json" in head, head


def test_a_new_email_counts_after_its_code(sign_in, resident, code, mailoutbox):
    old = resident.email
    browser = sign_in(resident)
    browser.post("/akun/email/", {"email": "baru@contoh.example", "action_add": ""})
    resident.refresh_from_db()
    assert resident.email == old
    assert mailoutbox[-1].to == ["baru@contoh.example"]
    browser.post("/akun/confirm-email/", {"code": code()})
    resident.refresh_from_db()
    assert resident.email == "baru@contoh.example"
