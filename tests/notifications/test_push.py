"""Web Push by a real push service: for one browser alone, once, nothing private, if wanted."""

import ipaddress
import json
import socket
import ssl
import time
from datetime import time as clock
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.checks import run_checks
from django.core.management import call_command
from django.utils import timezone

from accounts import services as accounts
from forum import tasks
from forum.answers import services as answers
from forum.moderation import services as moderation
from notifications import push
from notifications import services as notifications
from notifications.models import Delivery, Notice, PushSubscription
from participation import services as participation
from tests.jobs import drain
from tests.notifications.pushservice import (
    P256,
    Browser,
    PushService,
    certificate_for,
    claims_of,
    un64,
)

PUSH = "push"


@pytest.fixture
def service(settings):
    """A push service, and a forum that has a key for it."""
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    settings.VAPID_SUBJECT = "mailto:kabar@rembuk.example"
    running = PushService().start()
    yield running
    running.stop()


@pytest.fixture
def subscribe(service, sign_in):
    """A browser in which the person is signed in and asked for news: (browser, client)."""

    def make(person, **headers):
        browser, client = Browser(service.origin), sign_in(person, headers=headers)
        answer = client.post("/kabar/perangkat/", browser.fields)
        assert answer.status_code == 302, answer.content.decode()
        return browser, client

    return make


def deliver():
    drain()
    tasks.send_letters(PUSH)


def pushed() -> list[str]:
    """The states of all deliveries to devices."""
    return list(Delivery.objects.filter(channel=PUSH).values_list("state", flat=True))


# --- The message ---------------------------------------------------------------------------------


def test_a_reply_reaches_the_device_and_only_says_that_there_is_one(
    service, subscribe, resident, make_reply, idea, city
):
    phone, _client = subscribe(resident)
    make_reply("Rahasia dapur.")
    deliver()
    notice = Notice.objects.get(person=resident)
    assert service.of(phone) == [
        {
            "title": f"Rembuk {city.name}",
            "body": "Ada balasan untuk Anda",
            "url": f"/kabar/{notice.pk}/",
            "tag": f"kabar-{notice.pk}",
        }
    ]
    assert pushed() == ["sent"]
    deliver()
    assert len(service.taken) == 1


def test_the_request_is_what_push_services_expect(service, subscribe, resident, make_reply):
    subscribe(resident)
    make_reply()
    deliver()
    (taken,) = service.taken
    assert taken.headers["Content-Encoding"] == "aes128gcm"
    assert 0 < int(taken.headers["TTL"]) <= 24 * 3600
    claims, key = claims_of(taken.headers["Authorization"])
    assert claims["aud"] == service.origin
    assert time.time() < claims["exp"] <= time.time() + 24 * 3600
    assert claims["sub"] == "mailto:kabar@rembuk.example"
    from django.conf import settings

    assert key == push.public_key(settings.VAPID_PRIVATE_KEY)


def test_the_length_of_a_message_does_not_tell_its_kind(
    service, subscribe, resident, make_reply, moderator
):
    subscribe(resident)
    make_reply()
    deliver()
    hidden = make_reply(author=resident)
    case = moderation.examine(target=hidden, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    deliver()
    assert len({len(taken.body) for taken in service.taken}) == 1
    assert len(service.taken) == 2


def test_the_encryption_is_that_of_the_standards_example():
    """RFC 8291, appendix A: the same keys and salt give the same bytes."""
    ours = ec.derive_private_key(
        int.from_bytes(un64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), P256
    )
    body = push.seal(
        b"When I grow up, I want to be a watermelon\x02",
        browser=un64(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        secret=un64("BTBZMqHH6r4Tts7J_aSIgg"),
        ours=ours,
        salt=un64("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert push.encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAm"
        "S6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj"
        "_Qulcy4a-fN"
    )


def test_several_pieces_of_news_are_one_message(
    service, subscribe, resident, make_reply, make_idea
):
    phone, _client = subscribe(resident)
    make_reply()
    make_reply(idea_=make_idea(title="Usul lain"))
    deliver()
    (message,) = service.of(phone)
    assert (message["body"], message["url"]) == ("2 kabar untuk Anda", "/kabar/")


def test_every_device_gets_it_once_and_in_the_persons_language(
    service, subscribe, resident, other_resident, make_reply
):
    resident.language = "en"
    resident.save()
    phone, _ = subscribe(resident)
    office, _ = subscribe(resident)
    stranger, _ = subscribe(other_resident)
    make_reply()
    for _ in range(3):
        deliver()
    assert [len(service.of(each)) for each in (phone, office, stranger)] == [1, 1, 0]


# --- Right at send time --------------------------------------------------------------------------


def test_a_reply_that_was_hidden_while_it_waited_is_not_sent(
    service, subscribe, resident, make_reply, moderator, dropped
):
    subscribe(resident)
    reply = make_reply()
    drain()
    case = moderation.examine(target=reply, by=moderator)
    moderation.rule(case=case, seen_version=1, decision="hide", by=moderator, rule="spam")
    tasks.send_letters(PUSH)
    assert (service.taken, dropped()) == ([], ["gone"])


def test_what_was_read_in_rembuk_is_not_sent(
    service, subscribe, resident, make_reply, dropped, idea
):
    _phone, client = subscribe(resident)
    make_reply()
    drain()
    client.get(f"/aspirasi/{idea.pk}/")
    tasks.send_letters(PUSH)
    assert (service.taken, dropped()) == ([], ["seen"])


def test_choices_pause_and_quiet_hours_hold(service, subscribe, resident, make_reply, dropped):
    subscribe(resident)
    make_reply("Satu")
    drain()
    notifications.set_wanted(person=resident, wanted={("reply", PUSH): "off"})
    tasks.send_letters(PUSH)
    assert dropped() == ["unwanted"]
    notifications.set_wanted(person=resident, wanted={("reply", PUSH): "now"})
    make_reply("Dua")
    drain()
    notifications.set_times(person=resident, quiet_from=None, quiet_until=None, paused=True)
    tasks.send_letters(PUSH)
    assert dropped() == ["paused", "unwanted"]
    notifications.set_times(
        person=resident, quiet_from=clock(21), quiet_until=clock(6), paused=False
    )
    night = timezone.localtime().replace(hour=23, minute=0)
    with time_machine.travel(night, tick=False):
        make_reply("Tiga")
        deliver()
        assert service.taken == []
    with time_machine.travel(night + timedelta(hours=8), tick=False):
        deliver()
    assert len(service.taken) == 1


def test_followers_are_not_rung_for_what_goes_to_all(
    service, subscribe, idea, make_person, responder
):
    follower = make_person("Ani")
    subscribe(follower)
    participation.support(idea=idea, person=follower)
    answers.publish_answer(idea=idea, officer=responder, body="Terima kasih.")
    deliver()
    assert (service.taken, pushed()) == ([], [])


def test_without_a_device_nothing_is_planned(service, make_reply):
    make_reply()
    drain()
    assert pushed() == []


def test_without_a_key_nothing_is_planned_and_what_waits_stays(
    service, subscribe, resident, make_reply, settings
):
    subscribe(resident)
    make_reply("Satu")
    drain()
    settings.VAPID_PRIVATE_KEY = ""
    make_reply("Dua")
    drain()
    tasks.send_due_mail.call()
    drain()
    assert (service.taken, pushed()) == ([], ["waiting"])


def test_the_clock_sends_what_is_due_through_every_channel(
    service, subscribe, resident, make_reply, mailoutbox
):
    phone, _client = subscribe(resident)
    make_reply()
    drain()
    tasks.send_due_mail.call()
    drain()
    assert (len(mailoutbox), len(service.of(phone))) == (1, 1)


# --- Push services that refuse -------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_has_ended_is_forgotten(
    service, subscribe, resident, make_reply, status
):
    phone, _ = subscribe(resident)
    office, _ = subscribe(resident)
    service.answers[phone.path] = [(status, {})]
    make_reply()
    deliver()
    assert PushSubscription.objects.get().endpoint == office.fields["endpoint"]
    assert len(service.of(office)) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_tried_again_and_the_other_device_gets_nothing_twice(
    service, subscribe, resident, make_reply, status
):
    phone, client = subscribe(resident)
    office, _ = subscribe(resident)
    service.answers[phone.path] = [(status, {"Retry-After": "3600"})]
    make_reply()
    deliver()
    waiting = Delivery.objects.get(channel=PUSH, state="waiting")
    assert waiting.attempts == 1
    assert waiting.due_at > timezone.now() + timedelta(minutes=59)
    assert "Kabar terakhir belum sampai" in client.get("/kabar/pengaturan/").content.decode()
    Delivery.objects.filter(pk=waiting.pk).update(due_at=timezone.now())
    deliver()
    assert [len(service.of(each)) for each in (phone, office)] == [1, 1]
    assert PushSubscription.objects.filter(failed_at=None).count() == 2


def test_a_service_that_never_answers_well_is_given_up(
    service, subscribe, resident, make_reply, dropped
):
    phone, _ = subscribe(resident)
    service.answers[phone.path] = [(500, {})] * 9
    make_reply()
    for _ in range(8):
        deliver()
        Delivery.objects.filter(channel=PUSH).update(due_at=timezone.now())
    assert dropped() == ["failed"]
    assert len(service.answers[phone.path]) == 3


def test_a_redirect_is_not_followed(service, subscribe, resident, make_reply):
    phone, _ = subscribe(resident)
    service.answers[phone.path] = [(307, {"Location": f"{service.origin}/rahasia"})]
    make_reply()
    deliver()
    assert (service.taken, pushed()) == ([], ["waiting"])


def test_a_service_that_answers_drop_by_drop_does_not_keep_the_worker(
    settings, service, monkeypatch
):
    monkeypatch.setattr(push, "MOST_PATIENCE", 0.3)
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    service.delay = 2
    browser = Browser(service.origin)
    began = time.monotonic()
    with pytest.raises(OSError):
        push.hand_over({}, **browser.fields)
    assert time.monotonic() - began < 1.9


def test_a_service_that_never_says_hello_does_not_keep_the_worker(settings, monkeypatch):
    monkeypatch.setattr(push, "MOST_PATIENCE", 0.3)
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        browser = Browser(f"https://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(OSError):
            push.hand_over({}, **browser.fields)
        assert time.monotonic() - began < 4


def test_the_service_must_prove_its_name(settings, tmp_path, monkeypatch):
    """The line goes to an address that was looked up; the certificate is asked for the name."""
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    mine, theirs = (certificate_for(name, tmp_path) for name in ("localhost", "push.example"))
    usual = ssl.create_default_context
    for certificate, trusted in ((mine, None), (theirs, theirs), (mine, mine)):
        service = PushService(certificate=certificate).start()
        browser = Browser(service.origin)
        monkeypatch.setattr(
            push.ssl, "create_default_context", lambda file=trusted: usual(cafile=file)
        )
        try:
            push.hand_over({"body": "Kabar"}, **browser.fields)
        except OSError:
            assert trusted != mine
            assert service.taken == []
        else:
            assert (certificate, trusted) == (mine, mine)
            assert service.of(browser) == [{"body": "Kabar"}]
        finally:
            service.stop()


# --- Where messages may go -----------------------------------------------------------------------

INSIDE = [
    "http://push.example/x",
    "https://127.0.0.1/x",
    "https://10.0.0.8/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.8]/x",
    "https://[64:ff9b::a00:8]/x",
    "https://[2002:a00:8::]/x",
    "https://push.example:8443/x",
    "https://nama@push.example/x",
    "https:///x",
    "file:///etc/passwd",
    "https://push.example/a b",
    "https://push.example/\r\nX: y",
    "bukan alamat",
    "https://[x/",
    "https://push.example:abc/",
    "https://push.example/" + "x" * 1000,
]


@pytest.mark.parametrize("endpoint", INSIDE)
def test_an_address_that_is_not_of_a_public_service_is_refused(
    endpoint, settings, resident, sign_in
):
    settings.VAPID_PRIVATE_KEY = push.new_private_key()
    settings.PUSH_TO_PRIVATE_ADDRESSES = False
    fields = {**Browser("https://push.example").fields, "endpoint": endpoint}
    answer = sign_in(resident).post("/kabar/perangkat/", fields)
    assert answer.status_code == 422
    assert "belum bisa didaftarkan" in answer.content.decode()
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("address", ["10.1.2.3", "127.0.0.1", "fd00::1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_never_spoken_to(
    address, settings, monkeypatch, service, resident, subscribe, make_reply
):
    subscribe(resident)
    PushSubscription.objects.update(endpoint="https://push.example/x")
    settings.PUSH_TO_PRIVATE_ADDRESSES = False

    def look_up(host, port, **_options):
        found = [ipaddress.ip_address("8.8.8.8"), ipaddress.ip_address(address)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(each), port)) for each in found]

    def connect(*arguments, **options):
        raise AssertionError("it was spoken to")

    drain()
    make_reply()
    drain()
    monkeypatch.setattr(push.socket, "getaddrinfo", look_up)
    monkeypatch.setattr(push.socket, "create_connection", connect)
    tasks.send_letters(PUSH)
    assert not PushSubscription.objects.exists()


def test_public_addresses_are_told_from_others():
    inside = "10.0.0.1 192.168.1.1 100.64.0.1 0.0.0.0 224.0.0.1 ::1 fe80::1 fc00::1 ff02::1"
    assert not any(push.is_public(ipaddress.ip_address(each)) for each in inside.split())
    for each in ("142.250.4.188", "2404:6800:4003::bc", "64:ff9b::8efa:4bc"):
        assert push.is_public(ipaddress.ip_address(each))


# --- Devices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"p256dh": "x"}, {"auth": "AAAA"}, {"p256dh": "A" * 87}, {"auth": ""}, {"p256dh": "é"}],
)
def test_keys_that_are_none_are_refused(service, resident, sign_in, changes):
    answer = sign_in(resident).post(
        "/kabar/perangkat/", {**Browser(service.origin).fields, **changes}
    )
    assert answer.status_code == 422
    assert not PushSubscription.objects.exists()


def test_sent_twice_it_is_one_device(service, resident, sign_in):
    browser, client = Browser(service.origin), sign_in(resident)
    for _ in range(2):
        assert client.post("/kabar/perangkat/", browser.fields).status_code == 302
    newer = Browser(service.origin)
    client.post("/kabar/perangkat/", newer.fields)
    assert PushSubscription.objects.get().endpoint == newer.fields["endpoint"]


def test_the_page_lists_the_own_devices_and_removes_them_without_javascript(
    service, subscribe, resident, other_resident
):
    _, phone = subscribe(resident, user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/130.0")
    subscribe(resident, user_agent="Mozilla/5.0 (Windows NT 10.0) Firefox/132.0")
    _, stranger = subscribe(other_resident)
    page = phone.get("/kabar/pengaturan/").content.decode()
    assert "Chrome, Android" in page
    assert "Firefox, Windows" in page
    assert page.count("Perangkat ini</span>") == 1
    device = PushSubscription.objects.filter(person=resident).latest("pk")
    assert stranger.post(f"/kabar/perangkat/{device.pk}/hapus/").status_code == 404
    assert phone.post(f"/kabar/perangkat/{device.pk}/hapus/").status_code == 302
    assert "Firefox, Windows" not in phone.get("/kabar/pengaturan/").content.decode()
    assert phone.post(f"/kabar/perangkat/{device.pk}/hapus/").status_code == 404


def test_signing_out_ends_the_news_on_that_device_alone(service, subscribe, resident, make_reply):
    phone, phone_client = subscribe(resident)
    office, _ = subscribe(resident)
    make_reply("Satu")
    drain()
    phone_client.post("/akun/logout/")
    tasks.send_letters(PUSH)
    make_reply("Dua")
    deliver()
    assert (len(service.of(phone)), len(service.of(office))) == (0, 2)


def test_sent_out_from_another_device_it_ends_too(service, subscribe, resident, make_reply):
    phone, _ = subscribe(resident)
    accounts.end_sessions(sessions=list(UserSession.objects.filter(user=resident)))
    make_reply()
    deliver()
    assert service.of(phone) == []


def test_a_blocked_person_gets_none(service, subscribe, resident, make_reply, city_admin):
    phone, _ = subscribe(resident)
    make_reply()
    drain()
    accounts.block(person=resident, by=city_admin, reason="uji")
    tasks.send_letters(PUSH)
    assert service.of(phone) == []
    assert not PushSubscription.objects.exists()


def test_the_next_person_on_a_shared_phone_gets_none_of_the_last_ones_news(
    service, sign_in, subscribe, resident, other_resident, make_reply
):
    phone, _client = subscribe(resident)
    make_reply()
    drain()
    sign_in(other_resident).post("/kabar/perangkat/", phone.fields)
    tasks.send_letters(PUSH)
    assert service.taken == []
    assert PushSubscription.objects.get().person == other_resident


def test_the_eleventh_device_drops_the_first(service, subscribe, resident):
    browsers = [subscribe(resident)[0] for _ in range(11)]
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert kept == {each.fields["endpoint"] for each in browsers[1:]}


# --- On or off -----------------------------------------------------------------------------------


def test_without_a_key_there_is_no_trace_of_it(resident, sign_in):
    client = sign_in(resident)
    page = client.get("/kabar/pengaturan/").content.decode()
    assert "Perangkat ini" not in page
    assert "data-push" not in page
    assert "-push" not in page
    assert client.get("/sw.js").status_code == 404
    assert client.post("/kabar/perangkat/", {}).status_code == 404


def test_with_a_key_there_is_a_column_and_a_button(service, resident, sign_in):
    page = sign_in(resident).get("/kabar/pengaturan/").content.decode()
    assert 'name="reply-push"' in page
    assert "Beri tahu di perangkat ini" in page
    from django.conf import settings

    assert f'data-push-key="{push.public_key(settings.VAPID_PRIVATE_KEY)}"' in page


def test_the_service_worker_comes_from_the_root_and_is_never_kept(service, client, city):
    answer = client.get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    # Whatever answers for pages could keep old ones from people and lose what they wrote.
    assert '"fetch"' not in answer.content.decode()


def test_the_command_makes_a_pair_that_works(settings):
    said = StringIO()
    call_command("vapid_keys", stdout=said)
    line, comment = said.getvalue().splitlines()
    settings.VAPID_PRIVATE_KEY = line.removeprefix("VAPID_PRIVATE_KEY=")
    assert comment.endswith(push.public_key(settings.VAPID_PRIVATE_KEY))
    assert len(un64(push.public_key(settings.VAPID_PRIVATE_KEY))) == 65
    assert [each for each in run_checks() if each.id == "rembuk.E010"] == []


@pytest.mark.parametrize("key", ["x", "bukan kunci", "A" * 43, json.dumps({})])
def test_a_key_that_is_none_stops_the_start(settings, key):
    settings.VAPID_PRIVATE_KEY = key
    assert [each.id for each in run_checks() if each.id == "rembuk.E010"]


def test_a_visitor_without_account_registers_no_device(service, client, city):
    answer = client.post("/kabar/perangkat/", Browser(service.origin).fields)
    assert (answer.status_code, answer.url[:12]) == (302, "/akun/login/")
    assert not PushSubscription.objects.exists()
