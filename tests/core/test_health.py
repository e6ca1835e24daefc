"""Is the server well: /healthz, /readyz, the checks at start, the refusal of a second process."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from core.schedule import plan
from tests.server import ROOT


def test_healthz_asks_nobody(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_readyz_names_what_it_asked(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True, "database": "ok", "migrations": "ok", "channel_layer": "ok",
        "background_work": "ok",
    }  # fmt: skip


@override_settings(
    CHANNEL_LAYERS={"default": {"BACKEND": "tests.live.layers.DeadLayer", "CONFIG": {}}}
)
def test_readyz_says_503_when_the_channel_layer_is_gone(client, db):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["channel_layer"] == "failed"


def test_readyz_says_503_while_migrations_wait(client, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app='forum' AND name="
            "(SELECT MAX(name) FROM django_migrations WHERE app='forum')"
        )
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "failed"


def test_readyz_tells_of_work_that_waits_and_goes_on_serving(client, db):
    plan("core.tidy_jobs", timezone.now() - timedelta(minutes=6), "late")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["background_work"]) == (200, "failed")


def test_the_check_refuses_several_processes_on_the_in_memory_layer(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.WEB_PROCESSES = 2
    assert "rembuk.E001" in {finding.id for finding in run_checks()}
    settings.WEB_PROCESSES = 1
    assert "rembuk.E001" not in {finding.id for finding in run_checks()}


def start(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


SETTINGS = "import config.settings"


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short", "ALLOWED_HOSTS": "a.example"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "a.example", "DEBUG": "1"}, "DEBUG"),
        ({"SECRET_KEY": "demo-only-" + "x" * 60, "ALLOWED_HOSTS": "a.example"}, "SECRET_KEY"),
    ],
)
def test_settings_fail_closed_outside_the_demo(environment, complaint):
    ended = start(SETTINGS, **environment)
    assert ended.returncode != 0
    assert "ImproperlyConfigured" in ended.stderr
    assert complaint in ended.stderr


def test_a_second_process_on_the_in_memory_layer_does_not_start(tmp_path):
    code = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE']='config.settings'; django.setup();"
        "from core.single_process import refuse_a_second_process as refuse; refuse();"
        "print('started', flush=True); input()"
    )
    environment = {"REMBUK_DEMO": "1", "REMBUK_VAR_DIR": str(tmp_path), "PATH": os.environ["PATH"]}
    first = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert first.stdout is not None and first.stdout.readline() == "started\n"
        second = start(code, REMBUK_DEMO="1", REMBUK_VAR_DIR=str(tmp_path))
        assert second.returncode != 0
        assert "Another web process" in second.stderr
    finally:
        first.kill()
        first.wait()
