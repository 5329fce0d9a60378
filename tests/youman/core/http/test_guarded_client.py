"""The guarded client: no way into the private network, by any spelling."""

from __future__ import annotations

import http.server
import ipaddress
import threading
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from youman.core.errors import UnsafeAddress
from youman.core.http.addresses import is_public
from youman.core.http.guarded_client import guarded_client, vetted_address

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:c0a8:101::", "::127.0.0.1", "192.0.2.1", "198.18.0.1",
]  # fmt: skip


@pytest.mark.parametrize("text", PRIVATE)
def test_private_addresses_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_addresses_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://2130706433/", "http://0x7f.1/", "http://localhost/", "http://[::1]/",
        "http://[::ffff:7f00:1]/", "ftp://8.8.8.8/", "http://user@8.8.8.8/", "file:///etc/passwd", "http://", "http://a:99999/",
    ],
)  # fmt: skip
def test_unsafe_urls_are_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        vetted_address(url)


@pytest.fixture
def local_server() -> Iterator[int]:
    class Redirecting(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302 if self.path == "/away" else 200)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_an_allowed_private_endpoint_is_reached_and_redirects_are_not_followed(
    local_server: int, settings: Settings
) -> None:
    settings.PRIVATE_ENDPOINTS = [f"localhost:{local_server}"]
    with guarded_client() as client:
        assert client.get(f"http://localhost:{local_server}/").status_code == 200
        assert client.get(f"http://localhost:{local_server}/away").status_code == 302


def test_the_client_refuses_what_the_check_refuses(local_server: int) -> None:
    with guarded_client() as client, pytest.raises(UnsafeAddress):
        client.get(f"http://127.0.0.1:{local_server}/")
