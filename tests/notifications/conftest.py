"""What the tests of telling people need: who was told what, and the mail that is due."""

import pytest

from accounts import selectors as accounts
from forum import tasks
from notifications.models import Delivery, Notice, Receipt
from tests.jobs import drain
from tests.notifications.mailbox import Mailbox


@pytest.fixture(autouse=True)
def fresh_city():
    """A rolled-back test may not leave its city in the process's memory."""
    accounts.forget_city()
    yield
    accounts.forget_city()


@pytest.fixture
def told():
    """Run the jobs; then (category, person) of everybody who was told, sorted: `told()`."""

    def look() -> list[tuple[str, str]]:
        drain()
        rows = Receipt.objects.values_list("event__category", "person__display_name")
        return sorted(rows)

    return look


@pytest.fixture
def lines():
    """The unseen lines of a person: (thread, count, headline of the latest)."""

    def look(person) -> list[tuple[str, int, str]]:
        drain()
        rows = Notice.objects.filter(person=person, seen_at=None).select_related("latest")
        return [(n.thread_key, n.count, n.latest.text) for n in rows]

    return look


@pytest.fixture
def send_mail(mailoutbox):
    """Run the jobs and send what is due; the mails that left: `send_mail()`."""

    def send():
        drain()
        before = len(mailoutbox)
        tasks.send_letters()
        return mailoutbox[before:]

    return send


@pytest.fixture
def dropped():
    """Why deliveries were not sent."""
    return lambda: sorted(
        Delivery.objects.filter(state="dropped").values_list("why_dropped", flat=True)
    )


@pytest.fixture
def mailbox(settings):
    """A mail server that runs beside the test and is spoken to by SMTP."""
    server = Mailbox().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    yield server
    server.stop()
