"""An installation behind a real nginx and a real Caddy, as `deploy/` ships them: HTTPS, a prefix, slow clients."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import site
from tests.services import proxies
from tests.services.ports import free_port
from tests.waiting import HANG_S, wait_until
from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True), pytest.mark.attack("proxy")]
LINK = re.compile(r"(?:href|src|action|data-[a-z-]+)=[\"'](/[^\"'#]*)")


@dataclass(frozen=True)
class Door:
    """`address` is what people use; `direct` is the web process behind the proxy."""

    proxy: str
    address: str
    direct: str
    log: Path

    @property
    def prefix(self) -> str:
        return urlsplit(self.address).path


@pytest.fixture(scope="module", params=["nginx", "nginx /youman", "caddy", "caddy /youman"])
def door(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Door]:
    name, _, prefix = request.param.partition(" ")
    if reason := proxies.lacking(name):
        pytest.skip(reason)
    folder, port = tmp_path_factory.mktemp(name), free_port()
    folder.chmod(0o755)
    address = f"https://127.0.0.1:{port}{prefix}"
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("the server needs the test database by a name: no PostgreSQL here")
        started = site.start(SITE_URL=address, TRUST_PROXY="127.0.0.1", ALLOWED_HOSTS="", LOG_LEVEL="INFO")
    try:
        with proxies.running(name, folder, port, int(urlsplit(started.address).port or 0)):
            yield Door(name, address, started.address, started.log)
    finally:
        started.stop()


@pytest.fixture
def client(door: Door) -> Iterator[httpx.Client]:
    with httpx.Client(verify=False, timeout=HANG_S) as made:  # a certificate of our own
        yield made


def signed_in(door: Door, client: httpx.Client, staff: bool = False) -> httpx.Response:
    user = create_account(username="alice", password=PASSWORD, tier="ENTERPRISE", staff=staff).user
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)  # the server's, not the tests'
    user.save(update_fields=["password"])
    page = client.get(f"{door.address}/login")
    return client.post(f"{door.address}/login", data=_form(page), headers={"Origin": _origin(door)})


def _form(page: httpx.Response) -> dict[str, str]:
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token, page.text
    return {"csrfmiddlewaretoken": token[1], "username": "alice", "password": PASSWORD}


def _origin(door: Door) -> str:
    return door.address.removesuffix(door.prefix) if door.prefix else door.address


def test_signing_in_works_with_the_address_alone(door: Door, client: httpx.Client) -> None:
    answer = signed_in(door, client)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{door.prefix}/")
    cookies = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
    paths = {re.search(r"[Pp]ath=([^;]*)", one)[1] for one in cookies}  # type: ignore[index]  # each has a path
    assert paths <= {door.prefix or "/", f"{door.prefix}/login"}
    assert len(cookies) == 3  # session, CSRF and the known browser
    assert all("Secure" in one for one in cookies)
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize(
    "page", ["/login", "/", "/history", "/account", "/people", "/admin/", "/api/docs/", "/nowhere"]
)
def test_every_link_of_a_page_leads_to_this_site(door: Door, client: httpx.Client, page: str) -> None:
    signed_in(door, client, staff=True)
    shown = client.get(f"{door.address}{page}", follow_redirects=True)
    links = sorted(set(LINK.findall(shown.text)))
    assert len(links) > 3
    assert [link for link in links if not link.startswith(f"{door.prefix}/")] == []
    for link in links:
        if "logout" not in link:
            answer = client.get(urljoin(_origin(door), link), follow_redirects=True)
            assert answer.status_code in {200, 405}, link
            assert str(answer.url).startswith(door.address), link


def test_scripts_call_the_api_below_the_prefix(door: Door, client: httpx.Client) -> None:
    signed_in(door, client)
    assert f'data-root="{door.prefix}/"' in client.get(f"{door.address}/").text
    made = client.post(
        f"{door.address}/api/v1/drafts",
        json={"text": "A text."},
        headers={"Origin": _origin(door), "Referer": f"{door.address}/", "X-CSRFToken": client.cookies["csrftoken"]},
    )
    assert made.status_code == 201, made.text
    assert made.headers["location"].startswith(f"{door.prefix}/api/v1/drafts/")


def test_the_description_of_the_api_names_the_prefix(door: Door, client: httpx.Client) -> None:
    described = client.get(f"{door.address}/api/schema/?format=json", headers={"Accept": "application/json"})
    servers = re.findall(r"servers:\n- url: (\S+)", client.get(f"{door.address}/api/schema/").text)
    assert described.status_code in {200, 400}
    assert servers == ([door.prefix] if door.prefix else [])


def test_a_link_for_others_is_https_and_complete(door: Door, client: httpx.Client) -> None:
    signed_in(door, client, staff=True)
    page = client.get(f"{door.address}/people")
    form = _form(page) | {"email": "bea@example.org", "tier": "BASIC"}
    made = client.post(f"{door.address}/people", data=form, headers={"Origin": _origin(door)}, follow_redirects=True)
    link = re.search(r"https?://[^\s\"<]+/invite/[^\s\"<]+", made.text)
    assert link
    assert link[0].startswith(f"{door.address}/invite/")
    assert client.get(link[0]).status_code in {200, 302}


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://127.0.0.1", "null", "https://127.0.0.1.evil.example"]
)
def test_a_form_of_another_site_is_refused_in_plain_words(door: Door, client: httpx.Client, origin: str) -> None:
    page = client.get(f"{door.address}/login")
    answer = client.post(f"{door.address}/login", data=_form(page), headers={"Origin": origin})
    assert answer.status_code == 403
    assert "set SITE_URL to the address that people use, or add it to CSRF_TRUSTED_ORIGINS" in answer.text


@pytest.mark.parametrize("host", ["evil.example", "10.1.2.3", "127.0.0.1.evil.example"])
def test_another_host_is_refused_in_plain_words(door: Door, host: str) -> None:
    answer = httpx.get(f"{door.direct}{door.prefix}/login", headers={"Host": host}, timeout=HANG_S)
    assert answer.status_code == 400
    assert "set SITE_URL to the address that people use, or add the name to ALLOWED_HOSTS" in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forged_header_does_not_pass_the_proxy(door: Door, client: httpx.Client, header: str) -> None:
    client.get(f"{door.address}/login?{header}", headers={header: "198.51.100.7"})
    assert "198.51.100.7" not in door.log.read_text(encoding="utf-8")


def _open(door: Door) -> ssl.SSLSocket:
    parts = urlsplit(door.address)
    context = ssl._create_unverified_context()  # a certificate of our own
    raw = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=HANG_S)
    return context.wrap_socket(raw)


def _head(door: Door, length: int) -> bytes:
    host = urlsplit(door.address).netloc
    return f"POST {door.prefix}/login HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n".encode()


def test_a_head_that_never_ends_is_cut_off(door: Door) -> None:
    with _open(door) as wire:
        wire.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert b" 200 " not in wire.recv(65_536)  # an end, or 408, without another byte from us


def test_a_body_that_never_comes_is_cut_off_by_nginx(door: Door) -> None:
    if door.proxy != "nginx":
        pytest.skip("Caddy leaves slow bodies to Youman")
    with _open(door) as wire:
        wire.sendall(_head(door, 100))
        assert b" 200 " not in wire.recv(65_536)


def test_too_many_connections_of_one_address_are_refused_by_nginx(door: Door, client: httpx.Client) -> None:
    if door.proxy != "nginx":
        pytest.skip("Caddy has no such limit")
    held = [_open(door) for _ in range(20)]

    def is_refused() -> bool:
        for wire in held:  # a byte now and then keeps it open
            wire.sendall(b"a")
        return client.get(f"{door.address}/livez").status_code == 429

    try:
        for wire in held:  # a connection counts from its first complete head, once nginx has read it
            wire.sendall(_head(door, 1_000_000))
        wait_until(is_refused)
    finally:
        for wire in held:
            wire.close()


def test_a_large_body_does_not_get_through(door: Door, client: httpx.Client) -> None:
    """The answer is 413, unless the connection was closed before the client had finished sending and looked."""
    body = (b"a" * 65_536 for _ in range(1_500))
    try:
        status = client.post(f"{door.address}/login", content=body, headers={"Content-Length": "98304000"}).status_code
    except httpx.TransportError:
        status = 0
    assert status in {0, 413}


@pytest.mark.parametrize(
    "command", [["nginx", "-t", "-c"], ["caddy", "validate", "--adapter", "caddyfile", "--config"]]
)
def test_the_shipped_files_are_valid(tmp_path: Path, command: list[str]) -> None:
    if reason := proxies.lacking(command[0]):
        pytest.skip(reason)
    make = proxies.nginx_configuration if command[0] == "nginx" else proxies.caddy_configuration
    (tmp_path / "config").write_text(make(tmp_path, 8443, 8000), encoding="utf-8")
    done = subprocess.run([*command, str(tmp_path / "config")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
