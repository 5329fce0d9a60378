"""The Celery application. The rows are the truth; a message only says that there is work. No results, no chords."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from celery import Celery
from django.conf import settings

from youman import env
from youman.core.runtime import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

if "celery" in Path(sys.argv[0]).parts:  # its own program, which would show a wrong variable as a traceback
    with env.plain_errors():
        settings.SITE_URL  # noqa: B018  # reads the environment

broker.install()
app = Celery("youman")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# By name, since they read the settings when they are imported.
app.steps["consumer"].update(
    {"youman.core.runtime.heartbeats.WorkerHeartbeat", "youman.core.runtime.metrics.WorkerExporter"}
)
