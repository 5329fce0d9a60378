"""Addresses that must not be called: samples of every special network, in every spelling that reaches them."""

from __future__ import annotations

import ipaddress
import random

import pytest

from youman.core.errors import UnsafeAddress
from youman.core.http.addresses import REFUSED, is_public, plain_host
from youman.core.http.guarded_client import vetted_address

pytestmark = pytest.mark.attack("addresses")

# IANA's two registries of special-purpose addresses, every row, and what its registries of the space itself reserve.
REGISTERED = [
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/32", "192.0.0.171/32",
    "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "255.255.255.255/32", "224.0.0.0/4",
    "::1/128", "::/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128",
    "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28",
    "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7",
    "fe80::/10", "fec0::/10", "ff00::/8", "::/96", "::ffff:0:0:0/96", "200::/7", "4000::/3", "e000::/4", "f800::/6",
    "fe00::/9",
]  # fmt: skip
CLOUDS = [
    "168.63.129.16", "169.254.169.254", "169.254.169.253", "169.254.170.2", "169.254.170.23", "169.254.42.42",
    "169.254.0.23", "100.100.100.200", "100.100.2.136", "100.96.0.96", "192.0.0.192", "161.26.0.10", "166.9.8.7",
    "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42", "fe80::a9fe:a9fe",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "168.63.129.17", "192.0.1.1",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2001:200::1", "2a00:1450::1",
    "2620:4f:8001::1", "3fff:1000::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::5efe:808:808",
]  # fmt: skip


def samples(network: str) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The first, the last and three other addresses of a network; the same ones in every run."""
    block, chance = ipaddress.ip_network(network), random.Random(network)
    places = {0, block.num_addresses - 1, *(chance.randrange(block.num_addresses) for _ in range(3))}
    return [block[place] for place in sorted(places)]


@pytest.mark.parametrize("network", REGISTERED)
def test_no_address_of_a_special_network_is_public(network: str) -> None:
    assert [str(one) for one in samples(network) if is_public(one)] == []


@pytest.mark.parametrize("address", CLOUDS)
def test_no_address_of_a_cloud_platform_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_neighbours_of_special_networks_stay_callable(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_every_entry_of_the_list_is_a_network_with_its_reason() -> None:
    assert all(ipaddress.ip_network(network) and reason for network, reason in REFUSED)
    assert len({network for network, _ in REFUSED}) == len(REFUSED)


_V4 = ["127.0.0.1", "10.0.0.5", "192.168.7.9", "169.254.169.254", "168.63.129.16", "192.0.0.192", "100.100.100.200"]


def _hidden(text: str) -> list[str]:
    """IPv6 addresses that lead to an IPv4 address: mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP."""
    inner = int(ipaddress.IPv4Address(text))
    high, low = inner >> 16, inner & 0xFFFF
    server = 0x08080808 << 64
    teredo = ipaddress.IPv6Address((0x20010000 << 96) | server | (inner ^ 0xFFFF_FFFF))
    return [
        f"::ffff:{text}", f"::{text}", f"::ffff:0:{text}", f"64:ff9b::{text}", f"64:ff9b:1::{text}",
        f"2002:{high:x}:{low:x}::", f"2002:{high:x}:{low:x}::1", str(teredo), f"2606:4700::5efe:{high:x}:{low:x}",
        f"2606:4700::200:5efe:{high:x}:{low:x}", f"fe80::5efe:{high:x}:{low:x}",
    ]  # fmt: skip


@pytest.mark.parametrize("inner", _V4)
def test_an_ipv4_address_hidden_in_ipv6_is_found(inner: str) -> None:
    assert [hidden for hidden in _hidden(inner) if is_public(ipaddress.ip_address(hidden))] == []


def spellings(text: str) -> list[str]:
    """Other ways to write an IPv4 address, which some library or resolver takes for it."""
    a, b, c, d = (int(part) for part in text.split("."))
    whole = int(ipaddress.IPv4Address(text))
    wide = text.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    circled = "".join(chr(0x245F + int(one)) if one in "123456789" else one for one in text)
    return [
        str(whole), hex(whole), oct(whole).replace("0o", "0"), f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"{a:#X}.{b}.{c}.{d}", f"{a}.{b}.{(c << 8) + d}", f"{a}.{(b << 16) + (c << 8) + d}", f"00{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}.",
        f"{a:#x}.{(b << 16) + (c << 8) + d}", wide, circled, text.replace(".", "\u3002"), text.replace(".", "\uff0e"),
        text.replace(".", "\uff61"), f"{a}.{b}.{c}.{d}%25lo", f"%{ord(str(a)[0]):x}{str(a)[1:]}.{b}.{c}.{d}",
    ]  # fmt: skip


@pytest.mark.parametrize("address", _V4)
def test_no_spelling_of_a_private_address_gets_through(address: str) -> None:
    passed = []
    for spelling in spellings(address):
        for url in (f"http://{spelling}/", f"https://{spelling}:8443/x?y#z"):
            try:
                passed.append((url, vetted_address(url)))
            except UnsafeAddress:
                continue
    assert passed == []


@pytest.mark.parametrize("spelling", [one for one in spellings("8.8.4.4") if one[0] in "0123456789" and one.isascii()])
def test_odd_spellings_are_refused_for_public_addresses_too(spelling: str) -> None:
    if spelling == "8.8.4.4.":  # a final dot says only that the name is complete
        assert plain_host(spelling) == "8.8.4.4"
        return
    with pytest.raises(UnsafeAddress):
        plain_host(spelling)


@pytest.mark.parametrize(
    "url",
    [
        "http://[::1%25lo]/", "http://[fe80::1%25eth0]/", "http://[2606:4700::1111%25eth0]/", "http://[::ffff:7f00:1]/",
        "http://[::]/", "http://[0:0:0:0:0:ffff:a00:1]/", "http://localhost/", "http://LOCALHOST./", "http://localhost:80/",
        "http://user@8.8.8.8/", "http://@8.8.8.8/", "http://8.8.8.8@127.0.0.1/",
        "http://127.0.0.1\\@8.8.8.8/", "http://8.8.8.8\\@127.0.0.1/",
        "ftp://8.8.8.8/", "file:///etc/passwd", "gopher://127.0.0.1/",
        "http:///x", "http://", "//8.8.8.8/", "http://a:99999/",
        "http://[::1/", "http://]/", "http://8.8.8.8:x/",
        "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3/", "http://.8.8.8.8/",
        "http://8.8.8.8 /", "http://127.0.0.1\t/", "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    ],
)  # fmt: skip
def test_urls_that_are_no_public_web_address_are_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        vetted_address(url)
