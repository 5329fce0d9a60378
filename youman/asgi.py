"""The ASGI application: `uvicorn youman.asgi:application`."""

from __future__ import annotations

import multiprocessing
import os

import django
from django.conf import settings

from youman import env
from youman.core.runtime import child_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

with env.plain_errors():
    django.setup(set_prefix=False)

from youman.core.runtime import metrics  # the same
from youman.web.asgi_handler import SingleHopHandler  # models can be imported only when Django is set up
from youman.web.body_limits import BodyLimits  # the same
from youman.web.front import Front  # the same
from youman.web.raw_uploads import Uploads  # the same
from youman.web.warm_up import warm_up  # the same

django_application = SingleHopHandler()

application = Front(BodyLimits(Uploads(django_application)))

# A worker of a server with several ends with the master, whose port it would keep.
if multiprocessing.parent_process() is not None:
    child_process.die_with_parent()
warm_up()
if settings.METRICS_PORT:
    metrics.serve(settings.METRICS_PORT, with_state=True)
