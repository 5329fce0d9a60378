"""Where a request comes from. Only this module decides it; throttles, limits and logs ask it.

`X-Forwarded-For` can be written by any client, so it counts only from a proxy that `TRUST_PROXY` names. The
ASGI application applies these rules once (`youman/web/front.py`) and removes the headers; afterwards `REMOTE_ADDR` is
the client.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_IPV6_SITE_BITS = 64  # a provider gives each customer at least a /64, so one person has 2**64 addresses


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """The proxies whose headers count: the peer of every connection (`any_peer`), or those within `networks`."""

    any_peer: bool = False
    networks: tuple[Network, ...] = ()

    def trusts(self, peer: str) -> bool:
        """Return whether the headers of this peer count. An empty peer is a Unix socket, which only a proxy uses."""
        if self.any_peer or (self.networks and not peer):
            return True
        address = _parsed(peer)
        return address is not None and any(address in network for network in self.networks)

    def client_behind(self, peer: str, forwarded: Sequence[str]) -> str:
        """Return the client's address, given the peer and the entries of X-Forwarded-For from left to right.

        Each proxy appends the address that connects to it, so the entries are read from the right for as long as a
        trusted proxy wrote them. With `any_peer` only the last entry counts, because only the peer is a proxy.
        """
        hop = peer
        for entry in reversed(forwarded):
            address = _parsed(entry)
            if address is None or not self.trusts(hop):
                break
            hop = str(address)
            if self.any_peer:
                break
        return hop


def client_address(request: HttpRequest) -> str:
    """Return the address of the client in its canonical spelling; empty if it is unknown."""
    peer = str(request.META.get("REMOTE_ADDR") or "")
    address = _parsed(peer)
    return peer if address is None else str(address)


def client_network(request: HttpRequest) -> str:
    """Return what counts as one client for limits: the IPv4 address, or the /64 of an IPv6 address."""
    address = _parsed(client_address(request))
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_SITE_BITS), strict=False))
    return client_address(request)


def _parsed(text: str) -> Address | None:
    """Read an address with or without port, brackets and zone; an IPv4 address within an IPv6 one is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
