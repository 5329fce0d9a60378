"""The address under which people reach the site, for links that leave it in a mail or a message."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def absolute_url(request: HttpRequest, path: str) -> str:
    """Return the complete address of a path from `reverse`, which includes the prefix.

    The origin is that of `SITE_URL` if it is set, so that a forged Host header changes no link; else the request's.
    """
    if settings.SITE_ORIGIN:
        return f"{settings.SITE_ORIGIN}{path}"
    return f"{request.scheme}://{request.get_host()}{path}"
