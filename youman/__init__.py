"""The composition root: settings, URLs, the ASGI and Celery applications."""

from youman.celery import app as celery_app

__all__ = ["celery_app"]
