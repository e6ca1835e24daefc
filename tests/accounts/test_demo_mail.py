"""The demo's mailbox: on this machine, in the demo, and nowhere else."""

import pytest
from django.core.mail import send_mail

from accounts import policy

pytestmark = pytest.mark.django_db
MAIL = "/demo/surat/"


@pytest.fixture
def mailbox(settings, tmp_path):
    """Mail goes to the demo's files, as `make run` has it."""
    settings.EMAIL_BACKEND = "core.demo_mail.Backend"
    settings.EMAIL_FILE_PATH = tmp_path / "demo-mail"
    return settings.EMAIL_FILE_PATH


def send(number: int = 0):
    send_mail(
        f"Surat {number}", f"Kode Anda:\n\n    {100000 + number}\n", None, ["a@contoh.example"]
    )


def test_the_demo_shows_the_code_on_this_machine(client, settings, mailbox):
    settings.DEMO = True
    send(42)
    page = client.get(MAIL).content.decode()
    assert "Surat 42" in page
    assert '<strong class="code">100042</strong>' in page
    assert "a@contoh.example" in page


def test_the_newest_twenty_come_first(client, settings, mailbox):
    settings.DEMO = True
    for number in range(25):
        send(number)
    page = client.get(MAIL).content.decode()
    assert page.count('class="code"') == 20
    assert page.index("Surat 24") < page.index("Surat 23")
    assert "Surat 4<" not in page


def test_an_empty_mailbox_opens(client, settings, mailbox):
    settings.DEMO = True
    assert "Belum ada surat." in client.get(MAIL).content.decode()


def test_old_mail_is_thrown_away(settings, mailbox):
    for number in range(205):
        send(number)
    assert len(list(mailbox.glob("*"))) == 200


def test_outside_the_demo_there_is_no_such_page(client, mailbox):
    send()
    assert client.get(MAIL).status_code == 404


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "", "bukan-alamat"])
def test_another_machine_does_not_read_it(client, settings, mailbox, address):
    settings.DEMO = True
    assert client.get(MAIL, REMOTE_ADDR=address).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_a_proxy_on_this_machine_does_not_open_it(client, settings, mailbox, header):
    settings.DEMO = True
    assert client.get(MAIL, headers={header: "for=192.0.2.7"}).status_code == 404


def test_the_page_for_the_code_leads_there_in_the_demo_only(
    client, settings, mailbox, resident, rf
):
    client.post("/akun/login/code/", {"email": resident.email})
    assert MAIL not in client.get("/akun/login/code/confirm/").content.decode()
    settings.DEMO = True
    assert MAIL in client.get("/akun/login/code/confirm/").content.decode()
    assert policy.may_read_demo_mail(rf.get("/", REMOTE_ADDR="::1"))


def test_the_text_is_written_to_the_log(mailbox, caplog):
    with caplog.at_level("INFO"):
        send(7)
    assert "100007" in caplog.text
