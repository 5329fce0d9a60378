"""Settings, made from the environment alone. Without any variable this is the embedded mode."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

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

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.stored_secret("SECRET_KEY", "secret_key")
KEYRING = env.words("KEYRING") or [env.stored_secret("KEYRING", "keyring")]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")

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
WSGI_APPLICATION = "youman.wsgi.application"
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
LOGIN_REDIRECT_URL = "/"
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

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "youman" / "dashboard" / "static"]  # the dashboard is not a Django app
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "artifacts": store_settings(
        bucket=env.text("S3_BUCKET"),
        endpoint_url=env.text("S3_ENDPOINT_URL"),
        folder=env.text("MODEL_ARTIFACTS_PATH", str(VAR_DIR / "artifacts")),
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
KUBERNETES_API = env.text("KUBERNETES_API")
KUBERNETES_NAMESPACE = env.text("KUBERNETES_NAMESPACE", "youman")
KUBERNETES_TOKEN_FILE = env.text("KUBERNETES_TOKEN_FILE", env.in_pod("token"))
KUBERNETES_CA_FILE = env.text("KUBERNETES_CA_FILE", env.in_pod("ca.crt"))
TRAINER_IMAGE = env.text("TRAINER_IMAGE", "youman:latest")
TRAINER_CLAIM = env.text("TRAINER_CLAIM", "youman-training")
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
MODEL_ARCHIVE_KEYS = env.words("MODEL_ARCHIVE_KEYS")  # public keys; only archives signed by one of them are imported
ARTIFACT_MAX_MB = env.integer("ARTIFACT_MAX_MB", 51_200, minimum=1)
LEDGER_JOURNAL_PATH = VAR_DIR / "ledger"  # calls under way; must outlive the process
MODEL_COPIES_PATH = VAR_DIR / "models"  # models that are served in process are read from here and checked each time

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("TRUST_PROXY") else None
# Thirty days protect occasional visitors, and allow a return to HTTP within a month.
SECURE_HSTS_SECONDS = int(timedelta(days=30).total_seconds()) if HTTPS else 0
# Bodies: a 500,000-word book is about 4 MB of text; JSON escapes may double it.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("MAX_BODY_MB", 32, minimum=1) * 1024 * 1024
PRIVATE_ENDPOINTS = env.words("PRIVATE_ENDPOINTS")

EMAIL_URL_BACKENDS = {
    "console": "django.core.mail.backends.console.EmailBackend",
    "file": "django.core.mail.backends.filebased.EmailBackend",
    "smtp": "django.core.mail.backends.smtp.EmailBackend",
}
EMAIL_BACKEND = EMAIL_URL_BACKENDS[env.choice("EMAIL", "file", EMAIL_URL_BACKENDS)]
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_TLS", default=True)
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "youman@localhost")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "youman.core.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["youman.core.api.permissions.HasScope"],
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
    "COMPONENT_SPLIT_REQUEST": True,
    "GET_LIB_DOC_EXCLUDES": "youman.core.api.schema.bases_without_description",
    "ENUM_NAME_OVERRIDES": {
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
MODEL_FILES = ["humanize.backends.model_files.REVISION", "humanize.backends.model_files.DETECTOR"]
# Keys by vendor, spelt as in genai-prices. They take precedence over the encrypted keys in the database.
PROVIDER_KEYS = {vendor: env.text(variable) for vendor, variable in key_variables(REWRITE_BACKENDS).items()}
# Savings are measured against this model: the same text and prompt at its list price.
BASELINE_MODEL = env.text("BASELINE_MODEL", "openai/gpt-4o")

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
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
    },
}
