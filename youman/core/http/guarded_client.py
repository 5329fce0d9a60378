"""The guarded HTTP client, for URLs that people enter (webhooks, endpoints of deployments).

It resolves the host, checks every address (`addresses.py`), connects to a checked one, and follows no redirects.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from youman.core.errors import UnsafeAddress
from youman.core.http.addresses import is_public, plain_host

_PORTS = {"http": 80, "https": 443}


def vetted_address(url: str) -> str:
    """Return the IP address to connect to for `url`.

    Raises UnsafeAddress unless every resolved address is public. A host in PRIVATE_ENDPOINTS (`host` or `host:port`)
    may be private.
    """
    _, host, port = endpoint_of(url)
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError, UnicodeError) as error:
        raise UnsafeAddress(f"{host} cannot be resolved; check the name of the host") from error
    # In the order of the resolver, which puts first what this machine can reach.
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    if not is_private_endpoint(host, port):
        _refuse_private(host, found)
    return found[0]


def endpoint_of(url: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an http or https URL, the host as `plain_host` does. Raises UnsafeAddress."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise UnsafeAddress("This is not a valid address; check the host and the port") from error
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc:
        raise UnsafeAddress("Use an http:// or https:// address without a user name in it")
    return parts.scheme, plain_host(host), _PORTS[parts.scheme] if port is None else port


def is_private_endpoint(host: str, port: int) -> bool:
    """Return whether PRIVATE_ENDPOINTS names a host, as `plain_host` returns it, with this port or without a port."""
    shown = f"[{host}]" if ":" in host else host
    listed = {entry.strip().lower() for entry in settings.PRIVATE_ENDPOINTS}
    return bool({host, shown, f"{shown}:{port}"} & listed)


def host_only(url: str) -> str:
    """Return the part of an address that may be shown, `https://host/…`: path and query often contain a secret."""
    try:
        parts = urlsplit(url)
        shown = parts.netloc.rpartition("@")[2]
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not shown:
        return ""
    return f"{parts.scheme}://{shown}/{'…' if parts.path.strip('/') or parts.query or parts.fragment else ''}"


def _refuse_private(host: str, found: Iterable[str]) -> None:
    if not all(is_public(ipaddress.ip_address(text)) for text in found):
        raise UnsafeAddress(f"{host} is not a public address; to allow it, add it to PRIVATE_ENDPOINTS")


class PinnedTransport(httpx.BaseTransport):
    """Connects to the vetted address, keeping the Host header and the TLS name of the URL."""

    def __init__(self, *, verify: bool = True) -> None:
        self._inner = httpx.HTTPTransport(verify=verify, retries=0)  # callers decide what may be sent twice

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = vetted_address(f"{request.url.scheme}://{request.url.netloc.decode()}")
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def guarded_client(*, timeout_s: float = 10.0) -> httpx.Client:
    """Return a client for untrusted URLs. Proxies of the environment are ignored, since they would bypass the check."""
    return httpx.Client(transport=PinnedTransport(), timeout=timeout_s, follow_redirects=False, trust_env=False)
