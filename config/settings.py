"""All settings of an installation, read from the environment.

Nothing is guessed outside the demo: without REMBUK_DEMO=1 a missing SECRET_KEY or ALLOWED_HOSTS
stops the process at start, and DEBUG cannot be switched on.
"""

from email.utils import parseaddr
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What this installation is -------------------------------------------------------------------

DEMO: bool = env.bool("REMBUK_DEMO", default=False)
VAR_DIR = Path(env.str("REMBUK_VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG: bool = env.bool("DEBUG", default=False)
if DEBUG and not DEMO:
    raise ImproperlyConfigured("DEBUG is only for the demo: set REMBUK_DEMO=1 or remove DEBUG.")

if DEMO:
    SECRET_KEY = env.str("SECRET_KEY", default="demo-only-not-a-secret-" + "x" * 40)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
else:
    SECRET_KEY = env.str("SECRET_KEY", default="")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("demo-only"):
        raise ImproperlyConfigured("SECRET_KEY is missing or too short (50 characters or more).")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts of this city's forum.")

# Origins that may open a socket, with scheme and port. The host alone is not enough: another
# port on the same host may be somebody else's page.
SITE_ORIGINS: list[str] = env.list(
    "SITE_ORIGINS",
    default=(
        [f"http://{host}:{env.int('PORT', default=8000)}" for host in ("localhost", "127.0.0.1")]
        if DEMO
        else [f"https://{host}" for host in ALLOWED_HOSTS]
    ),
)
CSRF_TRUSTED_ORIGINS = SITE_ORIGINS

# --- Applications --------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "config",
    "core",
    "accounts",
    "notifications",
    "participation",
    "forum",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "csp",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.CityTime",
    "accounts.middleware.StaffSecondFactor",
    "accounts.middleware.UnfinishedForms",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.city",
                "notifications.context_processors.badge",
            ],
        },
    },
]

# --- Data ----------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if DATABASE_URL:
    DATABASES = {"default": env.db_url_config(DATABASE_URL)}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        # Under ASGI persistent connections are never reused and leak: the pool is what reuses.
        DATABASES["default"]["CONN_MAX_AGE"] = 0
        DATABASES["default"]["OPTIONS"] = {
            "pool": {
                "min_size": 2,
                "max_size": env.int("DATABASE_POOL", default=16),
                "timeout": 10,
            },
        }
else:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / f"{env.str('REMBUK_CITY', default='rembuk')}.sqlite3",
            "OPTIONS": {
                # A transaction takes the write lock when it begins: no deadlock by upgrading.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
                    "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
                ),
            },
        }
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
# How many web processes serve this installation; the in-memory layer allows exactly one.
WEB_PROCESSES: int = env.int("WEB_PROCESSES", default=1)
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_connect_timeout": 1, "socket_timeout": 5}],
                "prefix": env.str("REDIS_PREFIX", default="rembuk"),
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "core.cache.SafeRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": env.str("REDIS_PREFIX", default="rembuk"),
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            "CONFIG": {"capacity": 10_000},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }

# --- Background work -----------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# A worker that gave no sign of life for so long is taken for dead and its job is run again.
JOB_LEASE_SECONDS: float = env.float("JOB_LEASE_SECONDS", default=60.0)

# --- Language, time, numbers ---------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"  # accounts.middleware.CityTime switches to the city's own zone

# --- Static files and uploads --------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The demo needs no collectstatic: files are found where the apps keep them.
STATIC_FROM_SOURCE = DEMO
MEDIA_ROOT = VAR_DIR / "media"
# Photos are served by a view that asks the policy; behind nginx the view hands over the file.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEMO
            else "core.staticfiles.Storage"
        )
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 8
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Security ------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if not DEMO:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True

# --- Accounts ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "participation:home"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

# How many proxies in front add to X-Forwarded-For; 0 means the header is not believed.
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# The sign-up form leaves the password out; it stands here so that signing in can ask for one.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailVerificationCodeForm",
    "confirm_password_reset_code": "accounts.forms.ConfirmPasswordResetCodeForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "change_email": "accounts.forms.ChangeEmailForm",
    "add_email": "accounts.forms.AddEmailForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Per address: wide, because a mobile carrier puts a whole kelurahan behind one. Per key (the
# e-mail address): narrow, with an hourly limit so that 6 digits cannot be guessed in a day.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "signup": "120/m/ip",
    "login_failed": "120/m/ip,5/300s/key",
    "request_login_code": "240/m/ip,3/m/key,15/h/key",
    "reset_password": "120/m/ip,3/m/key,15/h/key",
    "reset_password_from_key": "120/m/ip",
}

MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddWebAuthnForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # phones whose clock is up to 30 s off
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO

USERSESSIONS_ADAPTER = "accounts.adapters.UserSessionsAdapter"

# The city's own sign-in (OpenID Connect), for staff; without OIDC_SERVER_URL it is not offered.
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
OIDC_SERVER_URL: str = env.str("OIDC_SERVER_URL", default="")
if OIDC_SERVER_URL:
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "kota",
                    "name": env.str("OIDC_NAME", default="Akun pegawai"),
                    "client_id": env.str("OIDC_CLIENT_ID"),
                    "secret": env.str("OIDC_CLIENT_SECRET"),
                    "settings": {"server_url": OIDC_SERVER_URL},
                }
            ]
        }
    }
    # A form of ours leads to that server: browsers apply form-action to the redirect as well.
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(
        "/".join(OIDC_SERVER_URL.split("/")[:3])
    )

# --- Mail ----------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Rembuk <rembuk@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where mail that cannot be delivered comes back to; feed it to `manage.py bounce -`.
BOUNCE_EMAIL = env.str("BOUNCE_EMAIL", default=DEFAULT_FROM_EMAIL)
if DEMO:
    EMAIL_BACKEND = "core.demo_mail.Backend"
    EMAIL_FILE_PATH = VAR_DIR / "demo-mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    _mail = env.email_url("EMAIL_URL", default="smtp://localhost:25")
    EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
    EMAIL_TIMEOUT = 10

# --- Web Push ------------------------------------------------------------------------------------

# The key with which this forum signs what it hands to push services (`manage.py vapid_keys` makes
# one); without it nothing of Web Push is on the screen. The subject says whom their operators ask.
VAPID_PRIVATE_KEY: str = env.str("VAPID_PRIVATE_KEY", default="")
VAPID_SUBJECT: str = env.str("VAPID_SUBJECT", default=f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")
# A browser says itself where its push service is. Only the tests believe one that is not public.
PUSH_TO_PRIVATE_ADDRESSES = False

# --- Short messages ------------------------------------------------------------------------------

# What hands short messages to a WhatsApp or SMS gateway (docs/bridge.md), a class by its dotted
# path: notifications.bridge.Folder writes files. Empty: no short messages.
MESSAGE_BRIDGE: str = env.str("MESSAGE_BRIDGE", default="")
MESSAGE_BRIDGE_DIR = Path(env.str("MESSAGE_BRIDGE_DIR", default=str(VAR_DIR / "bridge")))

# --- Rules of the forum --------------------------------------------------------------------------

# How often a person may do something (core.throttle): by act, "number/window". "new" is for
# accounts younger than a day, "address" for where they come from: wide, carriers share addresses.
LIMITS: dict[str, dict[str, list[str]]] = {
    "idea": {"person": ["5/h", "15/d"], "new": ["3/h", "5/d"], "address": ["300/h"]},
    "reply": {"person": ["10/m", "120/h"], "new": ["5/m", "30/h"], "address": ["1000/h"]},
    "edit": {"person": ["10/m", "60/h"], "new": ["5/m", "20/h"], "address": ["600/h"]},
    "support": {"person": ["30/m", "300/h"], "new": ["20/m", "100/h"], "address": ["3000/h"]},
    "flag": {"person": ["5/m", "30/h"], "new": ["3/m", "10/h"], "address": ["200/h"]},
    "rate": {"person": ["10/m", "60/h"], "new": ["5/m", "20/h"], "address": ["600/h"]},
    "question": {"person": ["6/m", "40/h"], "new": ["4/m", "20/h"], "address": ["1000/h"]},
    "appeal": {"person": ["5/h", "15/d"], "new": ["3/h", "5/d"], "address": ["200/h"]},
    "follow": {"person": ["20/m", "120/h"], "new": ["10/m", "60/h"], "address": ["1000/h"]},
}
# Days for which the marks of a post are kept, to find the same text again. 0: none are kept.
FINGERPRINT_DAYS: int = env.int("FINGERPRINT_DAYS", default=3)
REPLY_EDIT_MINUTES: int = env.int("REPLY_EDIT_MINUTES", default=15)
HEARTBEAT_SECONDS: float = env.float("HEARTBEAT_SECONDS", default=20.0)
ROOM_SECONDS: float = env.float("ROOM_SECONDS", default=2.0)
SILENCE_SECONDS: float = env.float("SILENCE_SECONDS", default=50.0)

# --- Logs ----------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "daphne": {"level": "WARNING"},
        "django.channels": {"level": "WARNING"},
        "aioredis": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []
