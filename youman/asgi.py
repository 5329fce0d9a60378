"""The ASGI application: `uvicorn youman.asgi:application`."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

django.setup(set_prefix=False)

from youman.web.asgi_handler import SingleHopHandler  # noqa: E402  # models can be imported only when Django is set up
from youman.web.body_limits import BodyLimits  # noqa: E402  # the same
from youman.web.front import Front  # noqa: E402  # the same
from youman.web.raw_uploads import Uploads  # noqa: E402  # the same

django_application = SingleHopHandler()

application = Front(BodyLimits(Uploads(django_application)))
