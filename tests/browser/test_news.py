"""News in the browser: the badge on two devices, the page of choices, the service worker."""

import json
import re
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone
from playwright.sync_api import expect

from notifications import push
from notifications import services as notifications
from notifications.models import PhoneNumber, Preference, PushSubscription
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_accessibility import OVER, Leaf, look_at
from tests.browser.test_keyboard import tab_to
from tests.jobs import drain
from tests.notifications.pushservice import Browser
from tests.server import Server

KEY = push.new_private_key()
PAGE = "/kabar/pengaturan/"
NUMBER = "+6281234567890"
# What a real push service would answer; everything before and after it is the page's own doing.
STUB = """(() => {
    PushManager.prototype.subscribe = async (options) => ({
        toJSON: () => options.userVisibleOnly && options.applicationServerKey.length === 65
            ? { ...SUBSCRIPTION, expirationTime: null } : {},
    });
})()"""


@pytest.fixture(scope="module")
def outbox(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def one_server(django_db_setup, tmp_path_factory, outbox):
    """A forum with everything that is optional, whose sockets hear of news within a second."""
    server = Server(
        REMBUK_TEST_MAIL=str(tmp_path_factory.mktemp("mails")),
        VAPID_PRIVATE_KEY=KEY,
        MESSAGE_BRIDGE="notifications.bridge.Folder",
        MESSAGE_BRIDGE_DIR=str(outbox),
        HEARTBEAT_SECONDS="1",
    ).start()
    yield server
    server.stop()


@pytest.fixture
def equipped(settings, outbox):
    """The test's own process, which runs the jobs, is equipped as the server is."""
    settings.VAPID_PRIVATE_KEY = KEY
    settings.MESSAGE_BRIDGE = "notifications.bridge.Folder"
    settings.MESSAGE_BRIDGE_DIR = outbox


def add_device(person, **fields) -> PushSubscription:
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile"
    browser = Browser("https://push.example")
    session = UserSession.objects.create(
        user=person, ip="127.0.0.1", session_key=browser.path[-32:], user_agent=agent
    )
    return PushSubscription.objects.create(
        person=person, session=session, **browser.fields, **fields
    )


def test_the_badge_is_the_same_on_two_devices_and_changes_while_they_look(
    browse, make_reply, make_idea, resident, other_resident
):
    phone, office = browse(resident, viewport=PHONE), browse(resident)
    stranger = browse(other_resident)
    for page in (phone, office, stranger):
        page.goto("/proyek/")

    def numbers():
        return [page.locator("[data-badge]:visible").first for page in (phone, office)]

    make_reply()
    make_reply(idea_=make_idea(title="Usul lain"))
    drain()
    for number in numbers():
        expect(number).to_contain_text("2")
    office.goto("/kabar/")
    office.get_by_role("link", name="Balasan baru untuk Anda").first.click()
    for number in numbers():
        expect(number).to_contain_text("1")
    phone.goto("/kabar/")
    phone.get_by_role("button", name="Tandai semua dibaca").click()
    for page in (phone, office):
        expect(page.locator("[data-badge]:visible")).to_have_count(0)
    expect(stranger.locator("[data-badge]:visible")).to_have_count(0)


def nothing(person):
    pass


def devices(person):
    add_device(person)
    add_device(person, failed_at=timezone.now(), failure="503")


def asked(person):
    PhoneNumber.objects.create(person=person, number=NUMBER, code_until=timezone.now())


def proved(person):
    PhoneNumber.objects.create(person=person, number=NUMBER, confirmed_at=timezone.now())


def stopped(person):
    now = timezone.now()
    PhoneNumber.objects.create(person=person, number=NUMBER, confirmed_at=now, stopped_at=now)


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("state", [nothing, devices, asked, proved, stopped])
def test_the_page_of_choices_in_every_state(browse, resident, state, viewport):
    state(resident)
    page = browse(resident, viewport=viewport)
    found = look_at(page, Leaf(PAGE, resident), narrow=viewport is PHONE)
    assert not found, "\n".join(found)


def test_a_civil_servant_finds_the_kinds_of_work(browse, responder, resident):
    page = browse(responder, viewport=PHONE)
    page.goto(PAGE)
    expect(
        page.get_by_role("combobox", name="Tugas saya: disposisi, tenggat, catatan Email")
    ).to_be_visible()
    assert page.evaluate(OVER) <= 0
    page = browse(resident)
    page.goto(PAGE)
    expect(page.locator("[name^=work-]")).to_have_count(0)


def test_choosing_by_keyboard(browse, resident):
    page = browse(resident)
    page.goto(PAGE)
    choice = page.get_by_role("combobox", name="Balasan untuk saya Email")
    tab_to(page, choice)
    page.keyboard.press("ArrowDown")
    expect(choice).to_have_value("daily")
    tab_to(page, page.get_by_role("button", name="Simpan", exact=True), most=90)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Pilihan kabar tersimpan.")).to_be_visible()
    expect(choice).to_have_value("daily")


def test_without_javascript_everything_but_registering_a_device(browse, resident, equipped, outbox):
    add_device(resident)
    page = browse(resident, java_script_enabled=False, viewport=PHONE)
    page.goto(PAGE)
    expect(page.get_by_text("nyalakan JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Beri tahu di perangkat ini")).to_be_hidden()
    page.get_by_role("button", name="Hapus Chrome, Android").click()
    expect(page.get_by_text("Perangkat itu tidak akan diberi tahu lagi.")).to_be_visible()
    assert not PushSubscription.objects.exists()

    page.get_by_label("Nomor HP").fill("0812")
    page.get_by_role("button", name="Kirim kode").click()
    expect(page.get_by_text("Nomor ini belum bisa kami pakai.")).to_be_visible()
    expect(page.get_by_label("Nomor HP")).to_have_value("0812")
    page.get_by_label("Nomor HP").fill("0812 3456 7890")
    page.get_by_role("button", name="Kirim kode").click()
    drain()
    (file,) = (outbox / "out").glob("kode.*.json")
    page.get_by_label("Kode 6 angka").fill(json.loads(file.read_text())["text"][:6])
    page.get_by_role("button", name="Simpan nomor").click()
    choice = page.get_by_role("combobox", name="Balasan untuk saya Pesan HP")
    choice.select_option(label="Tiap hari")
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_text("Pilihan kabar tersimpan.")).to_be_visible()
    stored = Preference.objects.get(person=resident, category="reply", channel="bridge")
    assert stored.cadence == "daily"
    page.get_by_role("button", name="Hapus nomor").click()
    expect(page.get_by_text("Nomor Anda dihapus.")).to_be_visible()
    assert not PhoneNumber.objects.exists()


# --- This device ---------------------------------------------------------------------------------


@pytest.fixture
def phone(browse, resident):
    """A telephone that may show news, in front of a stubbed push service: (page, its keys)."""
    browser = Browser("https://push.example")
    page = browse(resident, viewport=PHONE)
    page.context.grant_permissions(["notifications"])
    page.context.add_init_script(STUB.replace("SUBSCRIPTION", _as_browsers_say(browser)))
    page.goto(PAGE)
    return page, browser


def _as_browsers_say(browser: Browser) -> str:
    fields = browser.fields
    endpoint = fields.pop("endpoint")
    return json.dumps({"endpoint": endpoint, "keys": fields})


def register(page):
    page.get_by_role("button", name="Beri tahu di perangkat ini").click()
    expect(page.get_by_text("Perangkat ini akan diberi tahu.")).to_be_visible()


def test_a_device_is_registered_with_its_service_worker_and_removed(phone, resident):
    page, browser = phone
    register(page)
    device = PushSubscription.objects.get()
    assert (device.person, device.endpoint) == (resident, browser.fields["endpoint"])
    assert (device.p256dh, device.auth) == (browser.fields["p256dh"], browser.fields["auth"])
    worker = page.evaluate(
        "navigator.serviceWorker.ready.then((it) => [it.scope, it.active.scriptURL])"
    )
    assert worker[0] == worker[1].removesuffix("sw.js")
    entry = page.locator(".entry", has_text="Perangkat ini")
    expect(entry).to_contain_text("Chrome")
    entry.get_by_role("button").click()
    expect(page.get_by_text("Perangkat itu tidak akan diberi tahu lagi.")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_the_service_worker_shows_what_comes(phone):
    page, _browser = phone
    register(page)
    line = page.context.new_cdp_session(page)
    found = []
    line.on(
        "ServiceWorker.workerRegistrationUpdated", lambda news: found.extend(news["registrations"])
    )
    line.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.controller !== undefined")
    page.wait_for_timeout(200)
    news = {"title": "Rembuk Pontianak", "body": "Ada balasan untuk Anda", "url": "/kabar/7/"}
    for _ in range(2):
        line.send(
            "ServiceWorker.deliverPushMessage",
            {
                "origin": re.match(r"https?://[^/]+", page.url).group(),
                "registrationId": found[0]["registrationId"],
                "data": json.dumps({**news, "tag": "kabar-7"}),
            },
        )
    shown = page.evaluate(
        """async () => {
            const { ready } = navigator.serviceWorker;
            for (let n = 0; n < 50; n += 1) {
                const shown = await (await ready).getNotifications();
                const told = ({ title, body, tag, data }) => ({ title, body, tag, ...data });
                if (shown.length) return shown.map(told);
                await new Promise((next) => setTimeout(next, 100));
            }
        }"""
    )
    assert shown == [{**news, "tag": "kabar-7"}]


def test_drafts_are_kept_with_a_service_worker_as_without(phone, idea):
    page, _browser = phone
    register(page)
    page.goto(f"/aspirasi/{idea.pk}/")
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    expect(page.get_by_text("Tidak ada internet.")).to_be_visible()
    page.locator("textarea[name=body]").first.fill("Ditulis di dalam terowongan.")
    expect(page.locator("[data-draft-state]").first).to_contain_text("tersimpan")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("textarea[name=body]").first).to_have_value("Ditulis di dalam terowongan.")


def test_a_browser_that_refuses_is_told_where_to_change_it(browse, resident):
    page = browse(resident, viewport=PHONE)
    page.context.add_init_script(
        """Object.defineProperty(Notification, "permission", { get: () => "denied" });
        Notification.requestPermission = async () => "denied";"""
    )
    page.goto(PAGE)
    expect(page.get_by_text("Peramban ini menolak pemberitahuan")).to_be_visible()
    page.get_by_role("button", name="Beri tahu di perangkat ini").click()
    expect(page.get_by_text("Peramban ini menolak pemberitahuan")).to_be_visible()
    expect(page.get_by_role("button", name="Beri tahu di perangkat ini")).to_be_enabled()
    assert page.evaluate(OVER) <= 0


def test_an_iphone_is_told_to_add_the_forum_to_the_home_screen(browse, resident):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1"
    page = browse(resident, viewport=PHONE, user_agent=agent)
    page.context.add_init_script("delete window.PushManager")
    page.goto(PAGE)
    expect(page.get_by_text("Tambah ke Layar Utama")).to_be_visible()
    expect(page.get_by_role("button", name="Beri tahu di perangkat ini")).to_be_hidden()


def test_a_push_service_that_cannot_be_reached_leaves_the_button(browse, resident):
    """Nothing is stubbed here: this machine's Chromium reaches no push service."""
    page = browse(resident, viewport=PHONE)
    page.context.grant_permissions(["notifications"])
    page.goto(PAGE)
    page.get_by_role("button", name="Beri tahu di perangkat ini").click()
    expect(page.get_by_text("Belum berhasil.")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_the_script_of_devices_is_loaded_on_its_page_alone(browse, resident):
    page = browse(resident)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/proyek/")
    assert not [url for url in asked if "push.js" in url or "sw.js" in url]
    page.goto(PAGE)
    assert [url for url in asked if "push.js" in url]
    assert not [url for url in asked if "sw.js" in url]


def test_seen_on_one_device_is_seen_on_the_other_also_by_the_list(browse, make_reply, resident):
    one, two = browse(resident), browse(resident, viewport=PHONE)
    make_reply()
    drain()
    for page in (one, two):
        page.goto("/kabar/")
        expect(page.locator('[data-state="unseen"]')).to_have_count(1)
    notifications.mark_seen(person=resident)
    for page in (one, two):
        expect(page.locator('[data-state="unseen"]')).to_have_count(0)
