"""Django's settings. Everything that differs between installations is an environment variable
TRIALWRIGHT_*.
"""

from __future__ import annotations

import os
import secrets

from trialwright.store.databases import describe_databases, find_data_dir
from trialwright.store.keys import SESSION_KEY, read_key


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


DEBUG = _is_on("TRIALWRIGHT_DEBUG")
HTTPS = _is_on("TRIALWRIGHT_HTTPS")
ALLOWED_HOSTS = os.environ.get("TRIALWRIGHT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

# Without a key in the environment or the data folder, sessions end with the process.
SECRET_KEY = os.environ.get("TRIALWRIGHT_SECRET_KEY") or (
    (read_key(find_data_dir(os.environ), SESSION_KEY) or secrets.token_bytes(32)).hex()
)

# Where the databases, keys and, in a demonstration, the accounts to try are.
DATA_DIR = find_data_dir(os.environ)
# Shows the accounts of a rehearsal on the sign-in page. Never set it where subjects are real.
DEMONSTRATION = _is_on("TRIALWRIGHT_DEMONSTRATION")

DATABASES = describe_databases(os.environ)
DATABASE_ROUTERS = ["trialwright.store.router.VaultRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "trialwright.store",
    "trialwright.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "trialwright.web.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "trialwright.web.errors.store_faults",
]
CSRF_FAILURE_VIEW = "trialwright.web.errors.csrf_failure"
ROOT_URLCONF = "trialwright.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
WSGI_APPLICATION = "trialwright.web.wsgi.application"
ASGI_APPLICATION = "trialwright.web.asgi.application"
STATIC_URL = "static/"
# Served from the packages themselves: no collecting step between installing and serving.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

AUTH_USER_MODEL = "store.Account"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "front"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Five failures lock the name (from one address) for fifteen minutes (21 CFR 11.300(d)).
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "web/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "display_name"]},
    },
]

# A session ends after fifteen minutes without work; every request begins them anew.
SESSION_COOKIE_AGE = 15 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "en-gb"
USE_TZ = True
TIME_ZONE = "UTC"
