"""People in front of a real Chromium, and the real server that their pages come from."""

import os
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.capabilities import chromium_path, require_or_skip
from tests.server import Server
from tests.sessions.conftest import (  # noqa: F401  (fixtures of a live session)
    ask,
    make_session,
    second_responder,
    session,
)

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
# A line that is cut and a form that is not yet right are answers, not mistakes of a page.
EXPECTED = (
    "Failed to load resource",
    "WebSocket connection to",
    "htmx:sendError",
    "htmx:responseError",
    "htmx:afterRequest",
    "Chrome currently does not support the Push API in incognito mode",
)
VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
# The last script that a page loads is htmx, when all others have started.
STARTED = """() => new Promise((started) => {
    const there = () => !document.body.dataset.htmx || window.htmx;
    const look = () => there() ? started() : setTimeout(look, 20);
    look();
})"""

FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="package")
def chromium():
    """One browser for all journeys; every person gets windows of their own in it.

    Playwright keeps an event loop in this thread, and Django would refuse the database because of
    it: the tests touch it only between two steps of the browser.
    """
    require_or_skip("browser")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def one_server(django_db_setup, tmp_path_factory):
    """A Daphne for all journeys that do nothing to it."""
    mails = tmp_path_factory.mktemp("mails")
    server = Server(REMBUK_TEST_MAIL=str(mails)).start()
    yield server
    server.stop()


@pytest.fixture
def server(transactional_db, city, one_server) -> Server:
    """The server of the journeys; it may not have failed at any request of the test."""
    before = one_server.log.stat().st_size
    yield one_server
    with one_server.log.open() as log:
        log.seek(before)
        said = log.read()
    assert "Traceback" not in said, said[-4000:]


@pytest.fixture
def browse(request, chromium: Browser, server: Server, sign_in):
    """A window: `browse(resident)`, `browse()` for a visitor; options as of a browser context.

    All are closed at the end, and none may have met an error of a script or of the content policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            complaints.append(message.text)

    def watch(page: Page) -> None:
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_window(person=None, **options) -> Page:
        context = chromium.new_context(
            **{
                "base_url": server.origin,
                "locale": "id-ID",
                "timezone_id": "Asia/Pontianak",
                "viewport": DESK,
                "reduced_motion": "reduce",
                **options,
            }
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("page", watch)
        if options.get("java_script_enabled", True):
            context.add_init_script(VIOLATIONS)
        if person is not None:
            session = sign_in(person).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": session,
                        "url": server.origin,
                    }
                ]
            )
        page = context.new_page()
        if options.get("java_script_enabled", True):
            wait_for_the_scripts(page)
        return page

    yield open_window
    for context in contexts:
        if request.node.stash.get(FAILED, False):
            for page in context.pages:
                print(f"--- {page.url}\n{page.locator('body').inner_text()[:3000]}")
        context.close()
    assert not complaints, complaints


def wait_for_the_scripts(page: Page) -> None:
    """From now on a page that was opened is one whose scripts have started."""

    def and_wait(open_page):
        def opened(*arguments, **options):
            response = open_page(*arguments, **options)
            page.evaluate(STARTED)
            return response

        return opened

    page.goto, page.reload = and_wait(page.goto), and_wait(page.reload)


@pytest.fixture
def code_from_mail(server):
    """The six digits of the newest mail to an address: `code_from_mail("nur@contoh.example")`."""

    def newest(address: str) -> str:
        folder = Path(server.environment["REMBUK_TEST_MAIL"])
        mails = sorted(folder.iterdir(), key=lambda mail: mail.stat().st_mtime)
        for mail in reversed(mails):
            text = mail.read_text()
            if f"To: {address}" in text:
                found = re.search(r"^ {4}(\d{6})$", text, re.MULTILINE)
                assert found, text
                return found.group(1)
        raise AssertionError(f"no mail to {address}")

    return newest


@pytest.fixture
def photo() -> dict:
    """A photo as a phone takes it, as Playwright hands it to a file field."""
    content = BytesIO()
    Image.effect_noise((1800, 1200), 40).convert("RGB").save(content, "JPEG", quality=85)
    return {"name": "parkir.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}
