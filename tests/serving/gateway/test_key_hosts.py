"""A vendor's key goes to its vendor and to the hosts that it names; an endpoint of a deployment gets no other."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from serving.backends import vendors
from serving.backends.base import BackendError, RewriteRequest
from serving.backends.factory import rewrite_backend
from serving.backends.target import Target
from serving.deployments import provider_keys
from serving.errors import KeyMissing
from serving.gateway import calls, keys, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, ProviderKey
from tests.vendors import VendorServer
from youman.core.errors import InvalidInput

pytestmark = [pytest.mark.django_db, pytest.mark.attack("addresses")]
ROW_KEY, ENV_KEY, OWN_KEY = "sk-of-the-row-0123456789", "sk-environment-0123456789", "sk-own-0123456789abc"
ASK = RewriteRequest("We use tools.", prompt="1: We use tools.", max_output_tokens=100, deadline_s=10.0)
VENDORS = ["openai", "anthropic", "google"]


def key_of(name: str) -> str:
    snapshot.clear_cache()
    return keys.key_for(snapshot.current().live_row(name))


def at(name: str, endpoint: str) -> None:
    Deployment.objects.filter(name=name).update(endpoint=endpoint)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_endpoint_gets_neither_the_environments_nor_the_rows_key(settings: Settings, vendor: str) -> None:
    settings.PROVIDER_KEYS = {vendor: ENV_KEY}
    provider_keys.store_key(owner=vendor, secret=ROW_KEY, actor="root")
    assert key_of(f"{vendor}-small") == ENV_KEY
    at(f"{vendor}-small", "https://elsewhere.example/v1")
    assert key_of(f"{vendor}-small") == ""


@pytest.mark.parametrize(
    ("hosts", "endpoint", "expected"),
    [
        (["gateway.example"], "https://gateway.example/v1", ROW_KEY),
        (["gateway.example"], "https://GATEWAY.example.:8443/v1", ROW_KEY),
        (["gateway.example:8443"], "https://gateway.example:8443/v1", ROW_KEY),
        (["gateway.example:80"], "http://gateway.example/v1", ROW_KEY),
        (["10.0.0.7"], "http://10.0.0.7:4000/v1", ROW_KEY),
        (["[2606:4700::1111]:443"], "https://[2606:4700::1111]/v1", ROW_KEY),
        (["gateway.example"], "http://gateway.example/v1", ""),
        (["gateway.example:8443"], "https://gateway.example/v1", ""),
        (["gateway.example"], "https://gateway.example.attacker.example/v1", ""),
        (["gateway.example"], "https://agateway.example/v1", ""),
        (["gateway.example"], "https://sub.gateway.example/v1", ""),
        (["gateway.example"], "https://attacker.example/gateway.example", ""),
        (["gateway.example"], "https://attacker.example/?gateway.example", ""),
        (["gateway.example"], "https://gateway.example@attacker.example/v1", ""),
        (["gateway.example"], "https://attacker.example#gateway.example", ""),
        (["gateway.example"], "https://attacker.example\\@gateway.example/v1", ""),
        (["gateway.example"], "https://gateway.example%2eattacker.example/v1", ""),
        (["10.0.0.7"], "http://10.0.0.70:4000/v1", ""),
        (["10.0.0.7"], "http://0xa000007/v1", ""),
        (["10.0.0.7"], "http://167772167/v1", ""),
        ([], "https://api.openai.com.attacker.example/v1", ""),
        ([], "https://api.openai.com/v1", ""),
    ],
)
def test_a_key_goes_only_to_the_hosts_that_it_names(
    settings: Settings, hosts: list[str], endpoint: str, expected: str
) -> None:
    settings.PROVIDER_KEYS, settings.PRIVATE_ENDPOINTS = {}, ["10.0.0.7:4000"]
    provider_keys.store_key(owner="openai", secret=ROW_KEY, hosts=hosts, actor="root")
    at("openai-small", endpoint)
    assert key_of("openai-small") == expected
    assert key_of("openai-large") == ROW_KEY


def test_a_key_of_the_environment_goes_to_the_hosts_that_the_environment_names(settings: Settings) -> None:
    settings.PROVIDER_KEYS = {"openai": ENV_KEY, "anthropic": "sk-other-0123456789"}
    settings.PROVIDER_KEY_HOSTS = {"openai": ("gateway.example",)}
    for name in ("openai-small", "anthropic-small"):
        at(name, "https://gateway.example/v1")
    assert (key_of("openai-small"), key_of("anthropic-small")) == (ENV_KEY, "")


def test_a_deployments_own_key_stays_with_the_endpoint_for_which_it_was_stored(settings: Settings) -> None:
    settings.PROVIDER_KEYS = {}
    at("openai-small", "https://gateway.example/v1")
    provider_keys.store_key(owner="openai-small", secret=OWN_KEY, actor="root")
    assert ProviderKey.objects.get().hosts == ["gateway.example:443"]
    assert key_of("openai-small") == OWN_KEY
    for elsewhere in ("https://attacker.example/v1", "http://gateway.example/v1", ""):
        at("openai-small", elsewhere)
        assert key_of("openai-small") == ""


def test_hosts_change_only_together_with_the_secret() -> None:
    provider_keys.store_key(owner="openai", secret=ROW_KEY, hosts=["a.example"], actor="root")
    assert provider_keys.store_key(owner="openai", secret=ROW_KEY, actor="root").hosts == ["a.example"]
    assert provider_keys.store_key(owner="openai", secret=ROW_KEY, hosts=[], actor="root").hosts == []


@pytest.mark.parametrize(
    "host",
    ["*", "*.example", "https://a.example", "a.example/v1", "a b", "a.example:", "a.example:port", "a@b", "ä", "."],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput, match="without https:// and path"):
        provider_keys.store_key(owner="openai", secret=ROW_KEY, hosts=[host], actor="root")
    assert ProviderKey.objects.count() == 0


def test_the_refusal_says_how_to_tie_the_key(settings: Settings, caller: Caller) -> None:
    settings.PROVIDER_KEYS = {"openai": ENV_KEY}
    at("openai-small", "https://gateway.example/v1")
    snapshot.clear_cache()
    with pytest.raises(KeyMissing) as caught:
        calls.rewrite(deployment="openai-small", request=ASK, caller=caller)
    assert caught.value.detail == (
        "The key for openai may not go to gateway.example:443: store a key for the deployment openai-small, or name "
        "this host in the provider key (in PROVIDER_KEY_HOSTS for a key in the environment)"
    )


AMBIENT = "AMBIENT-SECRET-0123456789"
VARIABLES = [
    "OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_WEBHOOK_SECRET",
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_WEBHOOK_SIGNING_KEY", "GOOGLE_API_KEY", "GEMINI_API_KEY",
    "GOOGLE_CLOUD_PROJECT",
]  # fmt: skip


class Seen:
    """A server of somebody's that redirects when told to, and all that arrived at it."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.away = ""
        self.status = 307


@pytest.fixture
def stranger() -> Iterator[tuple[Seen, int]]:
    seen = Seen()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            seen.heard.append(f"{self.path}\n{self.headers}\n{body.decode()}")
            self.send_response(seen.status if seen.away else 500)
            if seen.away:
                self.send_header("Location", seen.away)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815  # the name of the standard library

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield seen, server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("backend", [*VENDORS, "openai_compatible"])
def test_nothing_of_the_environment_reaches_an_endpoint(
    stranger: tuple[Seen, int], settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, backend: str
) -> None:
    seen, port = stranger
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    for name in VARIABLES:
        monkeypatch.setenv(name, AMBIENT)
    for name in ("ANTHROPIC_CUSTOM_HEADERS", "OPENAI_CUSTOM_HEADERS"):
        monkeypatch.setenv(name, f"Authorization: Bearer {AMBIENT}\nx-api-key: {AMBIENT}\nx-more: {AMBIENT}")
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login me password {AMBIENT}\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    target = Target("d", backend, "m", f"http://127.0.0.1:{port}", OWN_KEY)
    with pytest.raises(BackendError):
        rewrite_backend(target).rewrite(ASK)
    assert len(seen.heard) == 1
    assert OWN_KEY in seen.heard[0]
    assert AMBIENT not in seen.heard[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("backend", [*VENDORS, "openai_compatible"])
def test_no_backend_follows_a_redirect(
    stranger: tuple[Seen, int], vendor_server: VendorServer, backend: str, status: int
) -> None:
    seen, port = stranger
    seen.away, seen.status = vendor_server.url("openai"), status
    for streamed in (False, True):
        target = Target("d", backend, "m", f"http://127.0.0.1:{port}", OWN_KEY, options={"stream": streamed})
        with pytest.raises(BackendError):
            rewrite_backend(target).rewrite(ASK)
    assert len(seen.heard) == 2
    assert vendor_server.seen == []


def test_every_backend_with_a_key_is_tried_here() -> None:
    assert {one.name for one in vendors.descriptors().values() if one.needs_key} == set(VENDORS)


def test_a_key_is_not_shown_with_its_hosts() -> None:
    row = provider_keys.store_key(owner="openai", secret=ROW_KEY, hosts=["a.example"], actor="root")
    assert ROW_KEY not in json.dumps([str(row), repr(row), row.hosts])
