"""Loads everything that the first request would load: modules, URLs, templates, rules, detector, pool, queries.

It runs before a web process takes connections, which wait in the queue of the socket and cost nothing there. A hundred
requests that load it all at once would keep their database connections for as long, and others would find none.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from io import BytesIO

from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connections
from django.urls import get_resolver
from rest_framework.request import Request

from humanize.generation.availability import live_engines
from humanize.pipeline import champions
from humanize.pipeline.rewrite import rewrite_text
from humanize.rules.version import rules_version
from humanize.validation import check_options
from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.errors import NotAuthenticated

logger = logging.getLogger(__name__)
_SAMPLE = (
    "# A title\n\nIt is important to note that this **plays a pivotal role**. Furthermore, we should delve into the "
    'myriad ways in which "teams" can leverage a robust tool in 2024; it serves as a testament to `code`.\n\n- One\n'
)


def warm_up() -> None:
    """Load everything once, in a thread of its own. Without a database the rest is loaded. Idempotent."""
    thread = threading.Thread(target=_load, name="warm-up")
    thread.start()  # uvicorn imports the application inside its event loop, where Django refuses to query
    thread.join()


def _load() -> None:
    try:
        _urls()
        rules_version()
        rewrite_text(_SAMPLE, check_options(level=5), detector=champions.DETECTOR.current())
        _queries()
    except DatabaseError as error:
        logger.warning("the database was not warmed up", extra={"reason": type(error).__name__})
    finally:
        connections.close_all()


def _urls() -> None:
    """Import every view and fill the tables of the resolver."""
    resolver = get_resolver()
    resolver.resolve("/livez")
    _ = resolver.reverse_dict


def _queries() -> None:
    """Read the deployments, and build the query that finds an API key by looking for one that nobody has."""
    live_engines()
    environ = {"REQUEST_METHOD": "GET", "wsgi.input": BytesIO(), "HTTP_AUTHORIZATION": "Bearer warm-up"}
    with suppress(NotAuthenticated):
        ApiKeyAuthentication().authenticate(Request(WSGIRequest(environ)))
