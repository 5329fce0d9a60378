"""The WSGI application, for hosts that cannot stream."""

from __future__ import annotations

import os

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

application = get_wsgi_application()

from youman.web.asgi_handler import StrictHeaders  # noqa: E402  # models can be imported only when Django is set up


class StrictWSGIRequest(StrictHeaders, WSGIRequest):
    """A request under WSGI."""


application.request_class = StrictWSGIRequest
