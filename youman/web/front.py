"""The outermost part of the ASGI application: decides once for each request who sends it and by which address.

Behind it, `client`, `scheme` and `path` of the scope are those of the client, whatever proxies are in between, and no
header of a proxy is left that nobody vouches for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from youman.core.http.client_address import TrustedProxies

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_PROTO = b"x-forwarded-proto"
_OF_PROXIES = frozenset((b"forwarded", b"x-real-ip", _PROTO))
_SCHEMES = frozenset(("http", "https"))


class Front:
    """An ASGI application that corrects the scope and calls the inner one."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._inner(corrected(scope) if scope["type"] == "http" else scope, receive, send)


def corrected(scope: Scope) -> Scope:
    """Return the scope with the client's address and scheme, and with the site's prefix before its path."""
    proxies = TrustedProxies(settings.TRUST_ANY_PROXY, settings.TRUSTED_PROXIES)
    peer = str((scope.get("client") or ("", 0))[0])
    forwarded, proto = _entries(scope, b"x-forwarded-for"), _entries(scope, _PROTO)
    is_trusted = proxies.trusts(peer)
    client = proxies.client_behind(peer, forwarded)
    said = proto[-1].lower() if is_trusted and proto and proto[-1].lower() in _SCHEMES else ""
    headers = [pair for pair in scope["headers"] if not _is_of_proxy(pair[0].lower())]
    if said:
        headers.append((_PROTO, said.encode()))
    port = scope["client"][1] if scope.get("client") and client == peer else 0
    return scope | {
        "client": (client, port) if client else None,
        "scheme": said or _scheme(scope),
        "headers": headers,
        "path": _path(str(scope["path"])),
    }


def _entries(scope: Scope, name: bytes) -> list[str]:
    values = [value.decode("latin-1") for found, value in scope["headers"] if found.lower() == name]
    return [entry.strip() for value in values for entry in value.split(",")]


def _is_of_proxy(name: bytes) -> bool:
    return name in _OF_PROXIES or name.startswith(b"x-forwarded-")


def _scheme(scope: Scope) -> str:
    """Return https for a request to the host of an https SITE_URL: only the proxy that ends TLS receives those."""
    site = urlsplit(settings.SITE_URL)
    host = next((value for name, value in scope["headers"] if name.lower() == b"host"), b"").decode("latin-1")
    if site.scheme == "https" and host.lower() in {site.netloc, f"{site.netloc}:443"}:
        return "https"
    return str(scope.get("scheme") or "http")


def _path(path: str) -> str:
    """Return the path with the site's prefix, which some proxies remove and others pass on."""
    prefix = settings.SITE_PREFIX
    if path == prefix and prefix:
        return f"{prefix}/"
    return path if path.startswith(f"{prefix}/") else f"{prefix}{path}"
