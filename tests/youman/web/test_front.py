"""Who a request comes from is what a trusted proxy says, and nothing that a client writes."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest
from django.test import RequestFactory

from youman.core.http.client_address import client_address, client_network
from youman.web.front import corrected

pytestmark = pytest.mark.attack("proxy")
FORGED = [
    "198.51.100.1",
    "198.51.100.1, 198.51.100.2",
    "127.0.0.1",
    "10.0.0.1",
    "::1",
    "unknown",
    "",
    "a, b",
    "[::1]:80",
]
NAMES = ["X-Forwarded-For", "x-forwarded-for", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto"]


def scope(peer: str | None, *headers: tuple[str, str], path: str = "/login", host: str = "h") -> dict[str, Any]:
    pairs = [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers)]
    client = (peer, 4000) if peer is not None else None
    return {"type": "http", "scheme": "http", "path": path, "headers": pairs, "client": client}


def trust(settings: Any, *networks: str, any_peer: bool = False) -> None:
    settings.TRUST_ANY_PROXY = any_peer
    settings.TRUSTED_PROXIES = tuple(ipaddress.ip_network(network) for network in networks)


def client_of(found: dict[str, Any]) -> str:
    return str(found["client"][0])


@pytest.mark.parametrize("value", FORGED)
@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.9", "::1"])
def test_without_a_trusted_proxy_the_peer_is_the_client(settings: Any, peer: str, value: str) -> None:
    trust(settings)
    found = corrected(scope(peer, *((name, value) for name in NAMES)))
    assert (client_of(found), found["scheme"]) == (peer, "http")
    assert [name for name, _ in found["headers"]] == [b"host"]


@pytest.mark.parametrize("value", FORGED)
def test_a_peer_outside_the_trusted_networks_forges_nothing(settings: Any, value: str) -> None:
    trust(settings, "10.0.0.0/8", "fd00::/8")
    found = corrected(scope("203.0.113.9", ("X-Forwarded-For", value), ("X-Forwarded-Proto", "https")))
    assert (client_of(found), found["scheme"]) == ("203.0.113.9", "http")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.9, 203.0.113.9, 10.0.0.3, 10.0.0.2", "203.0.113.9"),
        ("203.0.113.9:5555", "203.0.113.9"),
        ("[2001:db8::7]:443", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, unknown", "10.0.0.1"),
        ("", "10.0.0.1"),
        ("10.0.0.5, 10.0.0.2", "10.0.0.5"),
    ],
)
def test_behind_trusted_proxies_the_last_untrusted_address_is_the_client(
    settings: Any, forwarded: str, client: str
) -> None:
    trust(settings, "10.0.0.0/8")
    assert client_of(corrected(scope("10.0.0.1", ("X-Forwarded-For", forwarded)))) == client


def test_several_headers_are_one_list(settings: Any) -> None:
    trust(settings, "10.0.0.0/8")
    found = corrected(scope("10.0.0.1", ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "203.0.113.9")))
    assert client_of(found) == "203.0.113.9"


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "1.1.1.1, 203.0.113.9", "8.8.8.8, 1.1.1.1, 203.0.113.9"])
@pytest.mark.parametrize("peer", ["172.17.0.1", None])
def test_with_one_proxy_only_the_last_entry_counts(settings: Any, peer: str | None, forwarded: str) -> None:
    trust(settings, any_peer=True)
    assert client_of(corrected(scope(peer, ("X-Forwarded-For", forwarded)))) == "203.0.113.9"


@pytest.mark.parametrize(
    ("said", "scheme"), [("https", "https"), ("http", "http"), ("http, https", "https"), ("ftp", "http")]
)
def test_a_trusted_proxy_says_the_scheme(settings: Any, said: str, scheme: str) -> None:
    trust(settings, "10.0.0.0/8")
    assert corrected(scope("10.0.0.1", ("X-Forwarded-Proto", said)))["scheme"] == scheme


@pytest.mark.parametrize(
    ("host", "scheme"), [("youman.example", "https"), ("YOUMAN.example", "https"), ("youman.example:443", "https"),
                         ("10.1.2.3:8000", "http"), ("youman.example.evil", "http"), ("youman.example:8000", "http")]
)  # fmt: skip
def test_the_host_of_an_https_site_is_https_without_further_settings(settings: Any, host: str, scheme: str) -> None:
    trust(settings)
    settings.SITE_URL = "https://youman.example"
    assert corrected(scope("127.0.0.1", host=host))["scheme"] == scheme


@pytest.mark.parametrize(
    ("sent", "path"),
    [("/login", "/youman/login"), ("/youman/login", "/youman/login"), ("/youman", "/youman/"), ("/", "/youman/"),
     ("/youmanx", "/youman/youmanx"), ("/livez", "/youman/livez"), ("/youman/youman/", "/youman/youman/")],
)  # fmt: skip
def test_a_prefix_may_be_removed_by_the_proxy_or_not(settings: Any, sent: str, path: str) -> None:
    settings.SITE_PREFIX = "/youman"
    assert corrected(scope("127.0.0.1", path=sent))["path"] == path


@pytest.mark.parametrize(
    ("address", "canonical", "network"),
    [
        ("203.0.113.9", "203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9", "203.0.113.9"),
        ("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("", "", ""),
    ],
)
def test_one_client_has_one_name(address: str, canonical: str, network: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert (client_address(request), client_network(request)) == (canonical, network)
