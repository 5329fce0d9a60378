"""The ASGI application: `uvicorn youman.asgi:application`."""

from __future__ import annotations

import os
import warnings

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")

django_application = get_asgi_application()

from youman.uploads_asgi import Uploads  # noqa: E402  # models can be imported only when Django is set up

# WhiteNoise hands files out chunk by chunk from a thread, which Django warns of at every one.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

application = Uploads(django_application)
