"""Settings of the measured server: production, but plain HTTP and the bare addresses beside it."""

import os
from pathlib import Path

os.environ["REMBUK_DEMO"] = ""
os.environ["SECURE_SSL_REDIRECT"] = "0"
os.environ.setdefault("SECRET_KEY", "only-to-measure-" + "x" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
os.environ.setdefault("LOG_LEVEL", "WARNING")

from config.settings import *  # noqa: F403
from config.settings import LIMITS, TEMPLATES, VAR_DIR

ROOT_URLCONF = "tests.bench.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).resolve().parent / "templates")
STATIC_ROOT = VAR_DIR / "static"
# One person posts the same text over and over here: counted, and screened, but never stopped.
LIMITS = {act: {"person": ["1000000/h"]} for act in LIMITS}
FINGERPRINT_DAYS = 0
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
