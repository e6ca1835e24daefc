"""Short messages through the folder of a gateway: to proved numbers, nothing private, once."""

import json
import os
import re
import stat
from datetime import timedelta

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone

from accounts import services as accounts
from forum import tasks
from forum.moderation import services as moderation
from notifications import bridge
from notifications import services as notifications
from notifications.models import CodeRequest, Delivery, Notice, PhoneNumber
from tests.jobs import drain

BRIDGE = "bridge"
NUMBER = "+6281234567890"


@pytest.fixture
def gateway(settings, tmp_path):
    """A gateway's folder: `gateway.taken()` are the messages that lie there."""

    class Gateway:
        out, status = tmp_path / "out", tmp_path / "status"

        def taken(self):
            files = sorted(self.out.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
            return [json.loads(path.read_text()) for path in files]

        def report(self, name="1", **content):
            self.status.mkdir(exist_ok=True)
            (self.status / f"{name}.json").write_text(json.dumps(content))
            return notifications.read_reports()

    settings.MESSAGE_BRIDGE = "notifications.bridge.Folder"
    settings.MESSAGE_BRIDGE_DIR = tmp_path
    return Gateway()


@pytest.fixture
def ask(gateway, sign_in):
    """A person gives a number: (client, the code that came to it)."""

    def give(person, number="0812-3456-7890"):
        client = sign_in(person)
        assert client.post("/kabar/nomor/", {"number": number}).status_code == 302
        drain()
        return client, re.match(r"\d{6}", gateway.taken()[-1]["text"]).group()

    return give


@pytest.fixture
def proved(ask, gateway):
    """A person with a proved number; the folder is empty again."""

    def make(person, number="0812-3456-7890"):
        client, code = ask(person, number)
        assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 302
        for path in gateway.out.iterdir():
            path.unlink()
        return client

    return make


def deliver():
    drain()
    tasks.send_letters(BRIDGE)


# --- The number ----------------------------------------------------------------------------------


def test_a_number_is_proved_by_a_code_that_goes_there(ask, gateway, resident, city):
    client, code = ask(resident)
    (message,) = gateway.taken()
    assert message["to"] == NUMBER
    assert message["text"] == f"{code} kode Rembuk {city.name}. Jangan beri tahu siapa pun."
    assert not PhoneNumber.objects.get().is_active
    assert code not in PhoneNumber.objects.get().code_digest
    page = client.get("/kabar/pengaturan/").content.decode()
    assert f"Kode dikirim ke {NUMBER}" in page
    assert 'name="reply-bridge"' not in page
    client.post("/kabar/nomor/kode/", {"code": f" {code[:3]} {code[3:]} "})
    assert PhoneNumber.objects.get().is_active
    page = client.get("/kabar/pengaturan/").content.decode()
    assert NUMBER in page
    assert 'name="reply-bridge"' in page


def test_the_code_stands_in_no_job(ask, resident):
    from django_tasks_db.models import DBTaskResult

    _client, code = ask(resident)
    assert not any(code in json.dumps(job.args_kwargs) for job in DBTaskResult.objects.all())


def test_a_code_has_five_tries_and_a_quarter_of_an_hour(ask, resident):
    client, code = ask(resident)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        answer = client.post("/kabar/nomor/kode/", {"code": wrong})
        assert answer.status_code == 422
        assert f'value="{wrong}"' in answer.content.decode()
    assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 422
    client, code = ask(resident)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 422
    assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 302
    # Once used it is used up.
    assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 422


def test_the_code_of_one_number_does_not_prove_another(ask, resident):
    client, code = ask(resident)
    client.post("/kabar/nomor/", {"number": "081300000000"})
    assert client.post("/kabar/nomor/kode/", {"code": code}).status_code == 422


@pytest.mark.parametrize("number", ["", "abc", "0561 123456", "08", "+0812", "0812345678901234567"])
def test_what_is_no_mobile_number_is_sent_back_as_typed(gateway, sign_in, resident, number):
    answer = sign_in(resident).post("/kabar/nomor/", {"number": number})
    assert answer.status_code == 422
    assert f'value="{number}"' in answer.content.decode() or not number
    assert not PhoneNumber.objects.exists()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0812 3456 7890", NUMBER),
        ("62812.3456.7890", NUMBER),
        ("812-3456-7890", NUMBER),
        ("+62 812 3456 7890", NUMBER),
        ("0062 812 3456 7890", NUMBER),
        ("+60 12-345 6789", "+60123456789"),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, number):
    assert bridge.normal_number(typed) == number


def test_codes_cannot_be_asked_for_without_end(
    gateway, sign_in, resident, other_resident, make_person
):
    client = sign_in(resident)
    for _ in range(3):
        assert client.post("/kabar/nomor/", {"number": "081234567890"}).status_code == 302
    client.post("/kabar/nomor/hapus/")
    answer = client.post("/kabar/nomor/", {"number": "081300000000"})
    assert answer.status_code == 429
    assert "Tunggu satu jam, lalu coba lagi" in answer.content.decode()
    # Nor may several people make one telephone ring.
    assert sign_in(other_resident).post("/kabar/nomor/", {"number": NUMBER}).status_code == 429
    assert NUMBER not in json.dumps(list(CodeRequest.objects.values()), default=str)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        late = sign_in(make_person())
        assert late.post("/kabar/nomor/", {"number": NUMBER}).status_code == 302
    assert CodeRequest.objects.count() == 1


def test_a_number_is_removed_by_its_owner(proved, resident, make_reply, gateway):
    client = proved(resident)
    make_reply()
    drain()
    client.post("/kabar/nomor/hapus/")
    tasks.send_letters(BRIDGE)
    assert not PhoneNumber.objects.exists()
    assert gateway.taken() == []
    assert NUMBER not in client.get("/kabar/pengaturan/").content.decode()


# --- Messages ------------------------------------------------------------------------------------


def test_a_message_says_that_there_is_a_reply_and_where_and_nothing_else(
    proved, resident, make_reply, gateway, settings, idea
):
    proved(resident)
    make_reply("Rahasia dapur.")
    deliver()
    notice = Notice.objects.get(person=resident)
    delivery = Delivery.objects.get(channel=BRIDGE)
    (message,) = gateway.taken()
    assert message["text"] == (
        f"Ada balasan untuk Anda di Rembuk: {settings.SITE_ORIGINS[0]}/kabar/{notice.pk}/"
    )
    assert set(message) == {"version", "key", "to", "text", "created", "expires"}
    assert (message["version"], message["key"], message["to"]) == (
        1,
        f"kabar.{delivery.pk}",
        NUMBER,
    )
    assert message["created"] < message["expires"]
    (path,) = gateway.out.iterdir()
    assert path.name == f"kabar.{delivery.pk}.json"
    assert not stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO
    assert delivery.state == "sent"


def test_of_one_discussion_one_message_until_it_is_seen(
    proved, resident, make_reply, gateway, idea, dropped
):
    client = proved(resident)
    make_reply("Satu")
    deliver()
    make_reply("Dua")
    deliver()
    assert (len(gateway.taken()), dropped()) == (1, ["told"])
    client.get(f"/aspirasi/{idea.pk}/")
    make_reply("Tiga")
    deliver()
    assert len(gateway.taken()) == 2


def test_not_more_than_five_in_a_day(proved, resident, make_reply, make_idea, gateway, dropped):
    proved(resident)
    for n in range(6):
        make_reply(idea_=make_idea(title=f"Usul nomor {n}"))
        deliver()
    assert (len(gateway.taken()), dropped()) == (5, ["too many"])
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        make_reply(idea_=make_idea(title="Besok"))
        deliver()
    assert len(gateway.taken()) == 6


def test_a_reply_that_was_hidden_while_it_waited_is_not_sent(
    proved, resident, make_reply, moderator, gateway, dropped
):
    proved(resident)
    reply = make_reply()
    drain()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    tasks.send_letters(BRIDGE)
    assert (gateway.taken(), dropped()) == ([], ["gone"])


def test_read_paused_unwanted_and_blocked_is_not_sent(
    proved, resident, make_reply, make_idea, gateway, dropped, city_admin
):
    client = proved(resident)

    def waiting(title):
        idea = make_idea(title=title)
        make_reply(idea_=idea)
        drain()
        return idea

    idea = waiting("Satu")
    client.get(f"/aspirasi/{idea.pk}/")
    tasks.send_letters(BRIDGE)
    waiting("Dua")
    notifications.set_wanted(person=resident, wanted={("reply", BRIDGE): "off"})
    tasks.send_letters(BRIDGE)
    notifications.set_wanted(person=resident, wanted={("reply", BRIDGE): "now"})
    waiting("Tiga")
    notifications.set_times(person=resident, quiet_from=None, quiet_until=None, paused=True)
    tasks.send_letters(BRIDGE)
    notifications.set_times(person=resident, quiet_from=None, quiet_until=None, paused=False)
    waiting("Empat")
    accounts.block(person=resident, by=city_admin, reason="uji")
    tasks.send_letters(BRIDGE)
    assert (gateway.taken(), dropped()) == ([], ["inactive", "paused", "seen", "unwanted"])


def test_daily_is_one_message_at_seven(proved, resident, make_reply, make_idea, gateway):
    proved(resident)
    notifications.set_wanted(person=resident, wanted={("reply", BRIDGE): "daily"})
    for n in range(3):
        make_reply(idea_=make_idea(title=f"Usul nomor {n}"))
    deliver()
    assert gateway.taken() == []
    tomorrow = timezone.localtime().replace(hour=7, minute=30) + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        deliver()
    (message,) = gateway.taken()
    assert message["text"].startswith("3 kabar untuk Anda di Rembuk: ")


def test_who_gave_no_number_gets_none(gateway, make_reply):
    make_reply()
    deliver()
    assert (gateway.taken(), Delivery.objects.filter(channel=BRIDGE).count()) == ([], 0)


def test_a_sender_that_was_killed_leaves_the_message_its_name(
    proved, resident, make_reply, gateway
):
    """Written before the kill and again after it: the same file, so the gateway has it once."""
    proved(resident)
    make_reply()
    drain()
    now = timezone.now()
    letter = notifications.next_letter(channel=BRIDGE, now=now)
    bridge.configured().send(
        bridge.Message(f"kabar.{letter.deliveries[0].pk}", NUMBER, "x", now, now)
    )
    tasks.send_letters(BRIDGE)
    assert notifications.free_abandoned(now=now + timedelta(minutes=16)) == 1
    tasks.send_letters(BRIDGE)
    (message,) = gateway.taken()
    assert message["text"].startswith("Ada balasan untuk Anda")
    assert Delivery.objects.get(channel=BRIDGE).state == "sent"


def test_a_folder_that_cannot_be_written_is_tried_again(
    proved, resident, make_reply, gateway, monkeypatch
):
    proved(resident)
    make_reply()
    drain()
    monkeypatch.setattr(bridge.os, "fsync", _full)
    tasks.send_letters(BRIDGE)
    delivery = Delivery.objects.get(channel=BRIDGE)
    assert (delivery.state, delivery.attempts, gateway.taken()) == ("waiting", 1, [])


def _full(_file):
    raise OSError("no space left")


def test_a_gateway_of_the_same_group_may_take_and_report(gateway):
    """The units of deploy/ run with umask 027, which would leave the group nothing to write to."""
    before = os.umask(0o027)
    try:
        now = timezone.now()
        bridge.configured().send(bridge.Message("kabar.1", NUMBER, "x", now, now))
    finally:
        os.umask(before)
    for folder in (gateway.out, gateway.status):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o770
    assert stat.S_IMODE((gateway.out / "kabar.1.json").stat().st_mode) == 0o640


# --- What comes back -----------------------------------------------------------------------------


@pytest.mark.parametrize("written", [NUMBER, "6281234567890", "081234567890"])
def test_stop_switches_it_off_and_the_page_says_so(
    proved, resident, make_reply, gateway, written, dropped
):
    client = proved(resident)
    make_reply()
    drain()
    assert gateway.report(status="stop", number=written) == 1
    assert list(gateway.status.iterdir()) == []
    tasks.send_letters(BRIDGE)
    assert (gateway.taken(), dropped()) == ([], ["unreachable"])
    page = client.get("/kabar/pengaturan/").content.decode()
    assert "membalas STOP" in page
    assert 'name="reply-bridge"' not in page
    make_reply("Satu lagi")
    drain()
    assert Delivery.objects.filter(channel=BRIDGE).count() == 1


def test_after_stop_the_owner_may_prove_the_number_again(proved, ask, resident, gateway):
    proved(resident)
    gateway.report(status="stop", number=NUMBER)
    client, code = ask(resident)
    client.post("/kabar/nomor/kode/", {"code": code})
    assert PhoneNumber.objects.get().is_active


def test_a_message_that_did_not_arrive_is_said_until_one_does(
    proved, resident, make_reply, gateway
):
    client = proved(resident)
    make_reply()
    deliver()
    (message,) = gateway.taken()
    gateway.report(status="failed", key=message["key"], reason="tidak aktif")
    assert "Pesan terakhir tidak sampai" in client.get("/kabar/pengaturan/").content.decode()
    gateway.report(status="delivered", key=message["key"])
    assert "Pesan terakhir" not in client.get("/kabar/pengaturan/").content.decode()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"status": "hilang"}', '{"status": 1}', '{"status": "failed", "key": []}',
     "x" * 20_000, '{"status": "stop", "number": null}'],
)  # fmt: skip
def test_what_is_no_report_is_put_aside_and_read_no_more(gateway, text, db):
    gateway.status.mkdir(parents=True)
    (gateway.status / "1.json").write_text(text)
    assert notifications.read_reports() == 0
    assert [path.name for path in gateway.status.iterdir()] == ["1.bad"]


@pytest.mark.parametrize(
    "content",
    [
        {"status": "failed", "key": "kabar.999999"},
        {"status": "failed", "key": "kode.x"},
        {"status": "failed", "key": "../../etc/passwd"},
        {"status": "failed", "key": "kabar." + "9" * 30},
        {"status": "stop", "number": "bukan nomor"},
        {"status": "stop", "number": "+6281399999999"},
    ],
)
def test_reports_about_others_change_nothing(proved, resident, gateway, content):
    proved(resident)
    assert gateway.report(**content) == 1
    phone = PhoneNumber.objects.get()
    assert (phone.is_active, phone.failed_at) == (True, None)


def test_a_report_whose_reading_was_interrupted_is_read_again(
    proved, resident, gateway, monkeypatch
):
    proved(resident)

    def interrupted(report):
        raise RuntimeError

    monkeypatch.setattr("notifications.phones._note", interrupted)
    with pytest.raises(RuntimeError):
        gateway.report(status="stop", number=NUMBER)
    monkeypatch.undo()
    assert len(list(gateway.status.iterdir())) == 1


# --- On or off -----------------------------------------------------------------------------------


def test_without_a_bridge_there_is_no_trace_of_it(sign_in, resident, make_reply):
    client = sign_in(resident)
    PhoneNumber.objects.create(person=resident, number=NUMBER, confirmed_at=timezone.now())
    page = client.get("/kabar/pengaturan/").content.decode()
    assert "Pesan ke HP" not in page
    assert "-bridge" not in page
    for path in ("", "kode/", "hapus/"):
        assert client.post(f"/kabar/nomor/{path}", {}).status_code == 404
    make_reply()
    drain()
    assert not Delivery.objects.filter(channel=BRIDGE).exists()
    assert notifications.read_reports() == 0


def test_a_visitor_without_account_gives_no_number(gateway, city, client: Client):
    for path in ("", "kode/", "hapus/"):
        answer = client.post(f"/kabar/nomor/{path}", {"number": NUMBER, "code": "1"})
        assert (answer.status_code, answer.url[:12]) == (302, "/akun/login/")


def test_the_clock_reads_the_reports_and_sends_what_is_due(proved, resident, make_reply, gateway):
    proved(resident)
    make_reply()
    drain()
    (gateway.status / "x.json").write_text(json.dumps({"status": "stop", "number": "+60123456789"}))
    tasks.send_due_mail.call()
    drain()
    assert len(gateway.taken()) == 1
    assert list(gateway.status.iterdir()) == []


@pytest.mark.parametrize("name", ["Folder", "notifications.bridge.Nothing"])
def test_a_bridge_that_is_not_there_stops_the_start(settings, name):
    settings.MESSAGE_BRIDGE = name
    assert [each.id for each in run_checks() if each.id == "rembuk.E011"]
    settings.MESSAGE_BRIDGE = "notifications.bridge.Folder"
    assert [each.id for each in run_checks() if each.id == "rembuk.E011"] == []
