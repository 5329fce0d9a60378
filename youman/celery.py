"""The Celery application. Rows are the truth; a message only says that there is work: no results, no chords."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

app = Celery("youman")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
