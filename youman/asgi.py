"""The ASGI application: `uvicorn youman.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

django_application = get_asgi_application()

from youman.uploads_asgi import Uploads  # noqa: E402  # models can be imported only when Django is set up

application = Uploads(django_application)
