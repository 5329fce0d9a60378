"""The ASGI application: `uvicorn youman.asgi:application`."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

application = get_asgi_application()
