"""What is measured: an own database filled with volume, collected files, a real Daphne."""

import contextlib
import os
import shutil
import sys
import tempfile
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

NAME = f"rembuk_bench_{os.getpid()}"
REPLIES = 60


@contextlib.contextmanager
def prepared(*, ideas: int, replies: int) -> Iterator[str]:
    """Set Django up on an own database, filled; says which stack it is. Cleans up behind itself."""
    var = tempfile.mkdtemp(prefix="rembuk-bench-")
    url = os.environ.get("DATABASE_URL", "")
    try:
        os.environ["REMBUK_VAR_DIR"] = var
        os.environ["REDIS_PREFIX"] = NAME
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
        with _own_database(url):
            import django

            django.setup()
            try:
                _fill(ideas, replies)
                yield _stack_name()
            finally:
                _let_go()
    finally:
        shutil.rmtree(var, ignore_errors=True)


@contextlib.contextmanager
def _own_database(url: str) -> Iterator[None]:
    """On PostgreSQL a database of this run; without DATABASE_URL a file in REMBUK_VAR_DIR."""
    if not url:
        yield
        return
    import psycopg

    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{NAME}"))
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def _stack_name() -> str:
    from django.conf import settings
    from django.db import connection

    layer = "Redis" if settings.REDIS_URL else "in-memory channel layer"
    return f"{connection.display_name} and {layer}"


def _fill(ideas: int, replies: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("load_city", "pontianak", stdout=sys.stderr)
    call_command("load_volume", ideas=ideas, replies=replies, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0)
    with connection.cursor() as cursor:
        # Otherwise the server would do it in the middle of a measurement.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _let_go() -> None:
    """Close connections and remove what this run kept in Redis."""
    from django.conf import settings
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if getattr(connection, "pool", None):
            connection.close_pool()
    if settings.REDIS_URL:
        import redis

        with redis.Redis.from_url(settings.REDIS_URL) as client:
            for key in client.scan_iter(f"{NAME}*", count=1000):
                client.delete(key)


def idea_with_replies() -> Any:
    """An aspirasi in an open project with 60 published replies, written through the services."""
    from forum.discussion import services as discussion
    from forum.moderation import services as moderation
    from participation.models import Category, Idea, Project
    from participation.services import IdeaDraft

    people = residents()
    idea = moderation.submit_idea(
        author=people[0],
        project=Project.objects.order_by("pk")[0],
        draft=IdeaDraft(
            title="Tambah lampu di parkir timur taman",
            body=f"Setelah magrib sisi timur gelap sekali. {TEXT}",
            category_id=Category.objects.all()[0].pk,
            village_id=people[0].village_id,
        ),
        client_key=uuid.uuid4(),
    )
    idea = Idea.objects.select_related("project__unit").get(pk=idea.pk)
    parent = None
    for number in range(REPLIES):
        reply = discussion.submit_reply(
            author=people[number % len(people)],
            idea=idea,
            body=TEXT[: 80 + 37 * number % 300].strip(),
            parent=parent if number % 3 == 2 else None,
            client_key=uuid.uuid4(),
        )
        parent = reply if reply.parent_id is None else parent
    idea.refresh_from_db()
    if idea.reply_count != REPLIES:
        raise RuntimeError(f"{idea.reply_count} of {REPLIES} replies are public")
    return idea


TEXT = (
    "Saya lewat sana hampir tiap hari bersama anak dan orang tua. Kalau lampunya ditambah, warga "
    "tidak takut lagi berjalan kaki sepulang salat dan pedagang kecil bisa berjualan sampai malam. "
    "Mohon sekalian dicek saluran di sisi jalan karena air menggenang setiap hujan deras. "
    "Terima kasih kepada petugas yang sudah membersihkan daunnya minggu lalu. "
)


def residents() -> list[Any]:
    from accounts.models import Person

    return list(Person.objects.filter(staff_profile__isnull=True, is_active=True)[:20])


def cookie_of(person: Any) -> str:
    """The cookie of a session in which the person is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


@contextlib.contextmanager
def daphne() -> Iterator[Any]:
    """A server of its own, started and stopped here."""
    from tests.server import Server

    server = Server(DJANGO_SETTINGS_MODULE="tests.bench.settings", DATABASE_POOL="16")
    server.application = "tests.bench.asgi:application"
    try:
        yield server.start()
    except Exception as error:
        ended = server.process and server.process.poll()
        error.add_note(f"Daphne's exit status: {ended}; its log: {server.log.read_text()[-2000:]}")
        raise
    finally:
        server.stop()
