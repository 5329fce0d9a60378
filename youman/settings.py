"""Settings, made from the environment alone. Without any variable this is the embedded mode."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from celery.schedules import crontab

from registry.stores.factory import store_settings
from serving.backends.vendors import key_variables
from youman import env

# First of all: models, forms and admin classes are subscripted (`ModelAdmin[Model]`) where they are defined.
django_stubs_ext.monkeypatch()

BASE_DIR = env.BASE_DIR
VAR_DIR = env.var_dir()
EMBEDDED = not env.text("DATABASE_URL")

# The forms of what some variables hold; a wrong value is refused at the start, in one line.
_CLUSTER_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_IMAGE = re.compile(r"[A-Za-z0-9][\w./:@-]*", re.ASCII)
_ENDPOINT = re.compile(r"([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+")
_PUBLIC_KEY = re.compile(r"[A-Za-z0-9+/]{43}=")
_SENDER = re.compile(r"\A(?:[^@<>,;]+@[^@<>,;\s]+|[^@<>]*<[^@<>,;\s]+@[^@<>,;\s]+>)")

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.stored_secret("SECRET_KEY", "secret_key")
KEYRING = env.key_ring()
HOST = env.host("127.0.0.1")
PORT = env.port("PORT", 8_000)
SITE_URL = env.web_address("SITE_URL", f"http://{env.reachable_host(HOST)}:{PORT}")
_SITE = urlsplit(SITE_URL)
_ORIGIN = f"{_SITE.scheme}://{_SITE.netloc}"
SITE_ORIGIN = _ORIGIN if env.text("SITE_URL") else ""  # links are of this origin; of the request's if it is empty
SITE_PREFIX = _SITE.path  # of every address, as in https://host/prefix; empty or with a leading slash
_SITE_HOST = f"[{_SITE.hostname}]" if ":" in str(_SITE.hostname) else str(_SITE.hostname)
_HOSTS = re.compile(r"\*|\.?[A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\]")
_GIVEN_HOSTS = env.words(
    "ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]", pattern=_HOSTS, example="youman.example or [2001:db8::1]"
)
ALLOWED_HOSTS = list(dict.fromkeys([*_GIVEN_HOSTS, _SITE_HOST]))
_ORIGINS = re.compile(r"https?://(\*\.)?([A-Za-z0-9_][A-Za-z0-9_.-]*|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?")
_GIVEN_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", pattern=_ORIGINS, example="https://youman.example")
CSRF_TRUSTED_ORIGINS = list(dict.fromkeys([*_GIVEN_ORIGINS, _ORIGIN]))
CSRF_FAILURE_VIEW = "youman.web.error_pages.csrf_failure"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "youman.core",
    "registry",
    "serving",
    "humanize",
    "training",
]
MIDDLEWARE = [
    "youman.core.http.middleware.RequestLog",
    "youman.web.health.Health",
    "youman.core.http.middleware.RepresentableRequest",
    "youman.core.http.middleware.ChunkedBody",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "youman.core.http.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "youman.core.http.middleware.OneThread",
]
ROOT_URLCONF = "youman.urls"
ASGI_APPLICATION = "youman.asgi.application"
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
            ]
        },
    }
]

DATABASES = {"default": env.database()}
DATABASE_PREPARE = env.flag("DATABASE_PREPARE", default=True)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "editor"
LOGOUT_REDIRECT_URL = "login"

REDIS_URL = env.redis_url()
SECRETS_GIVEN = bool(env.text("SECRET_KEY") and env.words("KEYRING"))
REDIS_GIVEN = bool(env.text("REDIS_URL"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "youman",
    }
}

LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = ["youman.formats"]
TIME_ZONE = "UTC"
USE_TZ = True

FORCE_SCRIPT_NAME = SITE_PREFIX or None
STATIC_URL = f"{SITE_PREFIX}/static/"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = SITE_PREFIX or "/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "youman" / "dashboard" / "static"]  # the dashboard is not a Django app
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "artifacts": store_settings(
        bucket=env.matching("S3_BUCKET", "", re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}"), "youman-models"),
        endpoint_url=env.web_address("S3_ENDPOINT_URL"),
        folder=env.text("MODEL_ARTIFACTS_PATH", str(VAR_DIR / "artifacts")),
        operation_s=float(env.integer("S3_TIMEOUT_S", 15, minimum=1)),
    ),
}
WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = VAR_DIR / "media"
TRAINING_PATH = env.text("TRAINING_PATH", str(VAR_DIR / "training"))
TRAINING_POINTS_PER_ACCOUNT = env.integer("TRAINING_POINTS_PER_ACCOUNT", 5_000, minimum=0)
TRAINING_PRESIDIO = env.flag("TRAINING_PRESIDIO")
TRAINER_FOLDERS = env.words("TRAINER_FOLDERS")
PRETRAINED_FOLDERS = env.words("PRETRAINED_FOLDERS")
TRAINER_CONCURRENCY = env.integer("TRAINER_CONCURRENCY", 1, minimum=1)
KUBERNETES_API = env.web_address("KUBERNETES_API")
KUBERNETES_NAMESPACE = env.matching("KUBERNETES_NAMESPACE", "youman", _CLUSTER_NAME, "youman")
KUBERNETES_TOKEN_FILE = env.text("KUBERNETES_TOKEN_FILE", env.in_pod("token"))
KUBERNETES_CA_FILE = env.text("KUBERNETES_CA_FILE", env.in_pod("ca.crt"))
TRAINER_IMAGE = env.matching("TRAINER_IMAGE", "youman:latest", _IMAGE, "registry.example.org/youman:1.0")
TRAINER_CLAIM = env.matching("TRAINER_CLAIM", "youman-training", _CLUSTER_NAME, "youman-training")
CANARIES_RAMP = env.flag("CANARIES_RAMP")  # for new canaries: adapt their traffic to the acceptance by writers
MODEL_MEMORY_MIB = env.integer("MODEL_MEMORY_MIB", 1_024, minimum=1)
LINEAGE = "youman.dashboard.lineage.graph_of"  # it uses all apps, which the registry may not import
# Functions of the apps that say how their parts are and what waits for a worker; the kernel may not import them.
HEALTH_PARTS = ["registry.artifacts.storage.check_store"]
WAITING_ROWS = [
    "humanize.selectors.waiting_texts",
    "registry.selectors.waiting_uploads",
    "training.selectors.waiting_imports",
    "training.selectors.waiting_jobs",
    "youman.core.selectors.waiting_deliveries",
]
STATE_METRICS = ["serving.selectors.state_samples", "training.selectors.state_samples"]
METRICS_TOKEN = env.text("METRICS_TOKEN")
METRICS_PORT = env.integer("METRICS_PORT", 0)
WORKER_METRICS_PORT = env.integer("WORKER_METRICS_PORT", 0)
MODEL_ARCHIVE_KEYS = env.words(
    "MODEL_ARCHIVE_KEYS", pattern=_PUBLIC_KEY, example="what `export_model` prints"
)  # public keys; only archives signed by one of them are imported
ARTIFACT_MAX_MB = env.integer("ARTIFACT_MAX_MB", 51_200, minimum=1)
LEDGER_JOURNAL_PATH = VAR_DIR / "ledger"  # calls under way; must outlive the process
MODEL_COPIES_PATH = VAR_DIR / "models"  # models that are served in process are read from here and checked each time

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = _SITE.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
# The headers of proxies count only from those that are named; `youman/web/front.py` removes all others.
TRUST_ANY_PROXY, TRUSTED_PROXIES = env.proxies()
_HAS_PROXY = TRUST_ANY_PROXY or bool(TRUSTED_PROXIES)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HAS_PROXY else None
# Thirty days protect occasional visitors, and allow a return to HTTP within a month.
SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds()) if HTTPS else 0
# Bodies: a 500,000-word book is about 4 MB of text; JSON escapes may double it.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("MAX_BODY_MB", 32, minimum=1) * 1024 * 1024
PRIVATE_ENDPOINTS = env.words("PRIVATE_ENDPOINTS", pattern=_ENDPOINT, example="models.internal:8080 or 10.0.0.7")

EMAIL_URL_BACKENDS = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}
EMAIL_BACKEND = EMAIL_URL_BACKENDS[env.choice("EMAIL", "file", EMAIL_URL_BACKENDS)]
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.matching("EMAIL_HOST", "localhost", env.HOST_NAME, "smtp.example")
EMAIL_PORT = env.port("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = env.matching("EMAIL_FROM", "youman@localhost", _SENDER, "Youman <youman@example.org>")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "youman.core.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["youman.core.api.permissions.HasAccess"],
    "DEFAULT_PAGINATION_CLASS": "youman.core.api.pagination.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["youman.core.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "youman.core.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "youman.core.api.problem.handle",
    "PAGE_SIZE": 50,
    "URL_FORMAT_OVERRIDE": None,  # no parameter `format` in addition to those that a view declares
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Youman",
    "VERSION": "1",
    "DESCRIPTION": (
        "Rewrites AI-drafted text so that it reads naturally and still says the same thing.\n\n"
        "A query parameter that is unknown, empty, malformed or repeated (unless it is a list) gives status 400 and "
        "the names of the known ones. A boolean is `true` or `false`, or 1 or 0."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": SITE_PREFIX}] if SITE_PREFIX else [],
    "COMPONENT_SPLIT_REQUEST": True,
    "GET_LIB_DOC_EXCLUDES": "youman.core.api.schema.bases_without_description",
    "ENUM_NAME_OVERRIDES": {
        "FactAnswerEnum": "humanize.api.responses.FACT_ANSWERS",
        "DecisionEnum": "humanize.states.Decision",
        "DeliveryStateEnum": "youman.core.states.DeliveryState",
        "ServiceTierEnum": "humanize.states.ServiceTier",
        "PatientTierEnum": "humanize.states.PATIENT_TIERS",
        "TransformationStateEnum": "humanize.states.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "youman.core.api.schema.with_streams",
    ],
}

CELERY_BROKER_URL = env.broker_url()
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "humanize.reap": {"queue": "reaper"},
    "humanize.rewrite": {"queue": "long"},
    "humanize.vendor_batches": {"queue": "long"},
    "training.reap": {"queue": "reaper"},
    "training.run": {"queue": "trainer"},
    "training.import": {"queue": "uploads"},
    "core.deliver": {"queue": "webhooks"},  # a receiver that hangs must not delay the sweeps
    "registry.reap": {"queue": "reaper"},
    "registry.assemble": {"queue": "uploads"},
    "registry.scrub": {"queue": "uploads"},
    "registry.collect": {"queue": "uploads"},
}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the default ends workers and beat after an hour without Redis
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # an answer such as OOM or READONLY must not end the worker either
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Seconds until a killed worker's task is delivered again (kombu: an hour). Tasks check their row, so running twice
    # is harmless.
    "visibility_timeout": 60,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 5,
    "socket_timeout": 5,  # for a broker that does not answer; longer than a worker's poll of one second
    # Retries would add six seconds to a request that enqueues; workers and beat have their own settings.
    "max_retries": 0,
}
# Enqueuing must never hang a request while the broker is unavailable: the sweep enqueues again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BEAT_SCHEDULER = "youman.core.runtime.beat:Scheduler"
# Each message expires before the next one, so that tasks do not pile up while all workers are down. What is due once an
# hour or a day has its time by the clock, and is caught up once when beat was away then.
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "humanize.sweep", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "reap": {"task": "humanize.reap", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "train-schedule": {"task": "training.schedule", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "train-reap": {"task": "training.reap", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "train-collect": {"task": "training.collect", "schedule": 60.0, "options": {"expire_seconds": 55}},
    "train-upkeep": {"task": "training.upkeep", "schedule": crontab("30", "3"), "options": {"expire_seconds": 80_000}},
    "core-sweep": {"task": "core.sweep", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "registry-sweep": {"task": "registry.sweep", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "registry-reap": {"task": "registry.reap", "schedule": 10.0, "options": {"expire_seconds": 9}},
    "registry-scrub": {"task": "registry.scrub", "schedule": 600.0, "options": {"expire_seconds": 590}},
    "registry-collect": {
        "task": "registry.collect",
        "schedule": crontab("0", "4"),
        "options": {"expire_seconds": 80_000},
    },
    "serving-sweep": {"task": "serving.sweep", "schedule": 60.0, "options": {"expire_seconds": 55}},
    "serving-drift": {"task": "serving.drift", "schedule": crontab("20"), "options": {"expire_seconds": 3_500}},
    "train-again": {"task": "training.retrain", "schedule": 60.0, "options": {"expire_seconds": 55}},
    "serving-ramp": {"task": "serving.ramp", "schedule": 60.0, "options": {"expire_seconds": 55}},
    "vendor-batches": {"task": "humanize.vendor_batches", "schedule": 60.0, "options": {"expire_seconds": 55}},
    "settle": {"task": "humanize.settle", "schedule": 30.0, "options": {"expire_seconds": 29}},
    "prune-cache": {"task": "humanize.prune", "schedule": crontab("40"), "options": {"expire_seconds": 3_500}},
    "prune": {"task": "core.prune", "schedule": crontab("50"), "options": {"expire_seconds": 3_500}},
}

# Dotted paths of the descriptors of further backends, besides those of `serving`.
REWRITE_BACKENDS = ["humanize.backends.descriptors.RULES", "humanize.backends.descriptors.REVISION"]
# What a version of the registry must hold so that these backends and the detector can run it, by dotted path.
MODEL_FILES = [f"humanize.backends.model_files.{name}" for name in ("REVISION", "DETECTOR", "JUDGE")]
# Keys by vendor, spelt as in genai-prices. They take precedence over the encrypted keys in the database.
PROVIDER_KEYS = {vendor: env.secret(variable) for vendor, variable in key_variables(REWRITE_BACKENDS).items()}
# Hosts besides the vendor's own to which a key of the environment may go, by vendor.
PROVIDER_KEY_HOSTS = env.pairs("PROVIDER_KEY_HOSTS", env.words("PROVIDER_KEY_HOSTS"))
# Savings are measured against this model: the same text and prompt at its list price.
BASELINE_MODEL = env.matching("BASELINE_MODEL", "openai/gpt-4o", re.compile(r"\A[\w.-]+/[\w./:@-]+"), "openai/gpt-4o")

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "youman.core.runtime.logging.RequestContext"}},
    "formatters": {"json": {"()": "youman.core.runtime.logging.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["context"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
        # They log the whole address of every call; webhooks' addresses contain secrets.
        "httpx": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "httpcore2": {"level": "WARNING"},
    },
}
