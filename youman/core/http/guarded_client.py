"""The guarded HTTP client, for URLs that people enter (webhooks, private model endpoints).

It resolves the host, checks every address, connects to a checked one, and follows no redirects. `ipaddress.is_private`
is not sufficient: it misses 100.64/10, NAT64, 6to4 and multicast. So embedded IPv4 addresses are checked as well.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from youman.core.errors import UnsafeAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_SHARED = ipaddress.ip_network("100.64.0.0/10")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


def embedded_addresses(address: Address) -> tuple[Address, ...]:
    """Return the address and every IPv4 address embedded in it (mapped, 6to4, Teredo, NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    wrapped: list[Address] = [address]
    wrapped += [inner for inner in (address.ipv4_mapped, address.sixtofour) if inner]
    wrapped += list(address.teredo or ())
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(wrapped)


def is_public(address: Address) -> bool:
    """Return whether the address and all addresses embedded in it are public."""
    return all(_is_plainly_public(one) for one in embedded_addresses(address) if not _is_wrapper(one))


def _is_wrapper(address: Address) -> bool:
    return isinstance(address, ipaddress.IPv6Address) and len(embedded_addresses(address)) > 1


def _is_plainly_public(address: Address) -> bool:
    shared = isinstance(address, ipaddress.IPv4Address) and address in _SHARED
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified or shared)


def vetted_address(url: str) -> str:
    """Return the IP address to connect to for `url`.

    Raises UnsafeAddress unless every resolved address is public. A host in PRIVATE_ENDPOINTS (`host` or `host:port`)
    may be private.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
        raise UnsafeAddress("Use an http:// or https:// address without a user name in it")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        found = {str(info[4][0]) for info in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)}
    except (OSError, ValueError, UnicodeError) as error:
        raise UnsafeAddress(f"{parts.hostname} cannot be resolved; check the name of the host") from error
    if not {parts.hostname, f"{parts.hostname}:{port}"} & set(settings.PRIVATE_ENDPOINTS):
        _refuse_private(parts.hostname, found)
    return min(found)


def _refuse_private(host: str, found: Iterable[str]) -> None:
    if not all(is_public(ipaddress.ip_address(text.split("%")[0])) for text in found):
        raise UnsafeAddress(f"{host} is not a public address; to allow it, add it to PRIVATE_ENDPOINTS")


class PinnedTransport(httpx.BaseTransport):
    """Connects to the vetted address, keeping the Host header and the TLS name of the URL."""

    def __init__(self, *, verify: bool = True) -> None:
        self._inner = httpx.HTTPTransport(verify=verify, retries=0)  # callers decide what may be sent twice

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        address = vetted_address(str(request.url))
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def guarded_client(*, timeout_s: float = 10.0) -> httpx.Client:
    """Return a client for untrusted URLs. Proxies of the environment are ignored, since they would bypass the check."""
    return httpx.Client(transport=PinnedTransport(), timeout=timeout_s, follow_redirects=False, trust_env=False)
