"""Settings of the tests: as in production, but fast passwords, mail in memory, no collectstatic."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["REMBUK_DEMO"] = ""
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver,localhost,127.0.0.1")
os.environ.setdefault("SITE_ORIGINS", "http://testserver,http://localhost")
if "REMBUK_VAR_DIR" not in os.environ:
    os.environ["REMBUK_VAR_DIR"] = tempfile.mkdtemp(prefix="rembuk-tests-")
    atexit.register(shutil.rmtree, os.environ["REMBUK_VAR_DIR"], ignore_errors=True)
# Each worker of a parallel run, and the servers that it starts, keep to themselves.
if os.environ.get("PYTEST_XDIST_WORKER", "main") not in os.environ.get("REDIS_PREFIX", ""):
    os.environ["REDIS_PREFIX"] = (
        f"rembuk-tests-{os.getpid()}-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    )
os.environ["SECURE_SSL_REDIRECT"] = "0"

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES, VAR_DIR

SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Tests post the same text many times in a second; tests/screening switches both on.
LIMITS: dict[str, dict[str, list[str]]] = {}
FINGERPRINT_DAYS = 0
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if os.environ.get("REMBUK_TEST_MAIL"):
    # The mail of a server that a test started, one file each, for the test to read.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = os.environ["REMBUK_TEST_MAIL"]
PUSH_TO_PRIVATE_ADDRESSES = True  # push services of the tests answer on this machine, by http
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
STATIC_FROM_SOURCE = True
MEDIA_ROOT = Path(VAR_DIR) / "media"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: threads and sockets of a test must see the same rows.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(VAR_DIR) / "test.sqlite3")}
if os.environ.get("REMBUK_TEST_DATABASE"):
    # A server that a test started works on the database of that test.
    DATABASES["default"]["NAME"] = os.environ["REMBUK_TEST_DATABASE"]
if os.environ.get("REMBUK_TEST_URLS"):
    ROOT_URLCONF = "tests.urls"
if os.environ.get("REMBUK_TEST_LAYER"):
    CHANNEL_LAYERS = {"default": {"BACKEND": os.environ["REMBUK_TEST_LAYER"]}}
