"""Which IP addresses may be called on behalf of somebody who typed a URL. Pure: it resolves and connects to nothing.

The one list of refused networks is below, with its sources; whatever calls a URL that a person entered asks it. It is
not derived from `ipaddress.is_global`, whose tables differ from one patch release of Python to the next.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import Final

from youman.core.errors import UnsafeAddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Every block of IANA's special-purpose address registries (up to RFC 9780), also those that are globally reachable:
# anycast relays and AS112 servers receive no events. https://www.iana.org/assignments/iana-ipv4-special-registry and
# https://www.iana.org/assignments/iana-ipv6-special-registry. Multicast and all of IPv6 outside 2000::/3 are from
# IANA's registries of the address space; the last three are addresses of cloud platforms outside these blocks.
REFUSED: Final = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private use"),
    ("100.64.0.0/10", "shared address space; metadata of Alibaba (100.100.100.200) and Volcengine (100.96.0.96)"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local; metadata of most cloud platforms"),
    ("172.16.0.0/12", "private use"),
    ("192.0.0.0/24", "IETF protocol assignments; metadata of Oracle (192.0.0.192)"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "AMT"),
    ("192.88.99.0/24", "6to4 relays"),
    ("192.168.0.0/16", "private use"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved, and limited broadcast"),
    ("::/3", "unspecified, loopback, IPv4-compatible, IPv4-translated, local NAT64 (64:ff9b:1::/48), discard-only"),
    ("2001::/23", "IETF protocol assignments: Teredo, benchmarking, AMT, AS112, ORCHID, drone identifiers"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("4000::/2", "outside global unicast; segment routing (5f00::/16)"),
    ("8000::/1", "outside global unicast: unique local, link-local, site-local, multicast"),
    ("168.63.129.16/32", "Azure's platform, reachable from every virtual machine"),
    ("161.26.0.0/16", "IBM Cloud's service network"),
    ("166.8.0.0/14", "IBM Cloud's service network"),
)
_NETWORKS: Final = tuple(ipaddress.ip_network(text) for text, _ in REFUSED)
# They contain the address that is reached in the end, so this one is judged. NAT64 is how IPv6-only hosts reach IPv4.
_TRANSLATED: Final = (ipaddress.ip_network("::ffff:0:0/96"), ipaddress.ip_network("64:ff9b::/96"))
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214: the first half of an interface identifier with an IPv4 address
_FOUR_NUMBERS: Final = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
_LIKE_A_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")  # what IDNA reads as a dot


def is_public(address: Address) -> bool:
    """Return whether the address, and an IPv4 address that it contains, is outside every refused network."""
    if isinstance(address, ipaddress.IPv4Address):
        return _is_outside(address)
    inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if any(address in network for network in _TRANSLATED):
        return _is_outside(inner)
    is_tunnel = (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP
    return _is_outside(address) and not (is_tunnel and not _is_outside(inner)) and address.scope_id is None


def _is_outside(address: Address) -> bool:
    return not any(address in network for network in _NETWORKS)


def plain_host(host: str) -> str:
    """Return a host as it is looked up and compared: lower case, IDNA's digits and dots as ASCII, no final dot.

    Raises UnsafeAddress for an IP address that is not written in the usual way (octal, hexadecimal, one number, fewer
    than four numbers, a zone): libraries read these differently, and nobody needs them.
    """
    # As IDNA does it; otherwise one library would see a name where another one sees an address.
    plain = _DOTS.sub(".", unicodedata.normalize("NFKC", host)).lower().removeprefix("[").removesuffix("]")
    plain = plain.removesuffix(".")
    if not plain or any(mark in plain for mark in "%\\/@?# ") or not plain.isprintable() or plain.startswith("."):
        raise UnsafeAddress("Write the host as a name or an IP address, without a zone or escaped characters")
    if ":" in plain:
        try:
            return str(ipaddress.IPv6Address(plain))
        except ValueError as error:
            raise UnsafeAddress("The host is not a valid IPv6 address") from error
    if _LIKE_A_NUMBER.fullmatch(plain.rpartition(".")[2]) and not _is_plain_ipv4(plain):
        raise UnsafeAddress("Write an IPv4 address as four decimal numbers, such as 192.0.2.1")
    return plain


def _is_plain_ipv4(text: str) -> bool:
    return bool(_FOUR_NUMBERS.fullmatch(text)) and all(int(part) < 256 for part in text.split("."))
