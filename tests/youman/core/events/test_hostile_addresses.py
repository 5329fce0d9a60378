"""Webhooks that somebody points inwards: at creation, at delivery, by names that change, redirects and proxies.

And what is told of a webhook's address, whose path and query are often its secret: the host.
"""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.receiver import Receiver, receiver  # noqa: F401  # a fixture
from tests.writers import Writer, writer
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_account, create_api_key
from youman.core.errors import UnsafeAddress
from youman.core.events import delivery, webhooks
from youman.core.http.guarded_client import guarded_client, host_only
from youman.core.models import AuditEvent, DeliveryAttempt, Webhook, WebhookDelivery
from youman.core.runtime.logging import JsonFormatter, redact
from youman.core.security import crypto

pytestmark = [pytest.mark.django_db, pytest.mark.attack("addresses")]
INWARDS = [
    "http://127.0.0.1/", "http://localhost:6379/", "http://[::1]:5432/", "http://169.254.169.254/latest/meta-data/",
    "http://168.63.129.16/machine?comp=goalstate", "http://192.0.0.192/opc/v2/", "http://100.100.100.200/latest/",
    "http://[fd00:ec2::254]/latest/", "http://[fec0::1]/", "http://[64:ff9b:1::a9fe:a9fe]/", "http://[3fff:fff::1]/",
    "http://[5f00::1]/", "http://[100:0:0:1::1]/", "http://192.31.196.1/", "http://192.88.99.1/", "http://2130706433/",
    "http://0x7f.1/", "http://017700000001/", "http://127.1/", "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/",
]  # fmt: skip


@pytest.fixture
def staff(db: None) -> Writer:
    one = writer("root")
    one.account.user.is_staff = one.account.user.is_superuser = True
    one.account.user.save(update_fields=["is_staff", "is_superuser"])
    key = create_api_key(account=one.account, name="s", key_scopes=[scopes.WEBHOOKS], actor="tests")
    one.api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return one


@pytest.mark.parametrize("url", INWARDS)
def test_a_webhook_that_points_inwards_is_not_created(staff: Writer, url: str) -> None:
    answer = staff.post("webhooks", {"name": "w", "url": url})
    assert (answer.status, answer.body["code"]) == (400, "unsafe_address")
    assert Webhook.objects.count() == 0


def _sent(url: str) -> DeliveryAttempt:
    hook = Webhook.objects.create(name="w", url=url, secret=crypto.encrypt("whsec_c2VjcmV0c2VjcmV0"), created_by="t")
    row = WebhookDelivery.objects.create(webhook=hook, event="x", payload={})
    assert delivery.deliver(row.pk) is False
    return DeliveryAttempt.objects.get(delivery=row)


@pytest.mark.parametrize("url", INWARDS)
def test_a_delivery_that_points_inwards_is_not_sent(url: str) -> None:
    attempt = _sent(url)
    assert attempt.status is None
    assert attempt.problem.startswith(("UnsafeAddress", "InvalidURL"))


@pytest.fixture
def resolves(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Lets every name resolve to these addresses, a list for each look-up in turn, as a hostile DNS server would."""
    real, asked = socket.getaddrinfo, list[str]()

    def set_answers(*answers: list[str]) -> list[str]:
        def lookup(host: str, port: int, *args: object, **kwargs: object) -> list[tuple[object, ...]]:
            if not host.endswith(".example"):
                return real(host, port, *args, **kwargs)  # type: ignore[arg-type,return-value]  # passed through
            found = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

        monkeypatch.setattr(socket, "getaddrinfo", lookup)
        return asked

    return set_answers


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["168.63.129.16"], ["::1"], ["fe80::1%eth0"],
     ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["::ffff:10.0.0.1"], ["8.8.8.8", "8.8.4.4", "192.0.0.192"]],
)  # fmt: skip
def test_a_name_with_any_address_inwards_is_refused(resolves: Callable[..., list[str]], addresses: list[str]) -> None:
    resolves(addresses)
    with guarded_client() as client, pytest.raises(UnsafeAddress):
        client.get("http://rebinding.example/")


def test_a_name_that_changes_after_the_check_is_connected_as_it_was_checked(
    resolves: Callable[..., list[str]],
    receiver: Receiver,  # noqa: F811
    settings: Settings,
) -> None:
    """The address of the check is the one that is called: no second look-up could give another."""
    settings.PRIVATE_ENDPOINTS = ["rebinding.example"]
    asked = resolves(["127.0.0.1"], ["203.0.113.1"])
    with guarded_client() as client:
        client.post(f"http://rebinding.example:{receiver.port}/", content=b"{}")
    assert asked == ["rebinding.example"]


def test_a_name_that_turned_inwards_after_the_webhook_was_created_is_refused(
    resolves: Callable[..., list[str]],
) -> None:
    resolves(["8.8.8.8"], ["127.0.0.1"])
    hook = webhooks.create_webhook(name="w", url="http://rebinding.example/", actor="t").webhook
    row = WebhookDelivery.objects.create(webhook=hook, event="x", payload={})
    assert delivery.deliver(row.pk) is False
    assert DeliveryAttempt.objects.get().problem.startswith("UnsafeAddress")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_gets_nothing(
    monkeypatch: pytest.MonkeyPatch,
    receiver: Receiver,  # noqa: F811
    name: str,
) -> None:
    monkeypatch.setenv(name, f"http://127.0.0.1:{receiver.port}")
    with guarded_client() as client, pytest.raises(UnsafeAddress):
        client.get("http://127.0.0.1:1/")
    assert receiver.messages == []


SECRET = "T0KEN-in-the-path"
SECRET_URLS = [
    f"https://8.8.8.8/{SECRET}", f"https://8.8.8.8/services/{SECRET}/x", f"https://8.8.8.8/?key={SECRET}",
    f"https://8.8.8.8/a?b={SECRET}#c", f"https://8.8.8.8#{SECRET}", f"https://8.8.8.8:8443/{SECRET}", f"http://8.8.8.8/%2f{SECRET}",
    f"https://8.8.8.8//{SECRET}", f"https://8.8.8.8/;{SECRET}", f"https://8.8.8.8?{SECRET}", f"https://[2606:4700::1111]/{SECRET}",
]  # fmt: skip


@pytest.fixture
def logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(JsonFormatter().format(record))

    root, handler = logging.getLogger(), Keep()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.parametrize("url", SECRET_URLS)
def test_only_the_host_of_an_address_is_told(client: Client, logged: list[str], url: str) -> None:
    client.force_login(create_account(username="boss", password="a long sentence 1", tier="BASIC", staff=True).user)
    hook = webhooks.create_webhook(name="w", url=url, actor="t").webhook
    listed = client.get("/admin/core/webhook/").content.decode()
    page = client.get(f"/admin/core/webhook/{hook.pk}/change/").content.decode()
    webhooks.switch_webhook(webhook=hook, active=False, actor="t")
    webhooks.delete_webhook(webhook=hook, actor="t")
    trail = json.dumps([[row.before, row.after] for row in AuditEvent.objects.all()])
    assert [text[:60] for text in (listed, page, trail, *logged) if SECRET in text] == []
    host = "[2606:4700::1111]" if "[" in url else "8.8.8.8"
    assert host in trail
    assert host in listed


@pytest.mark.parametrize("url", SECRET_URLS)
def test_the_log_of_deliveries_and_the_logs_of_clients_tell_only_the_host(
    logged: list[str], settings: Settings, url: str
) -> None:
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    local = (
        url.replace("[2606:4700::1111]", "127.0.0.1")
        .replace("8.8.8.8:8443", "127.0.0.1")
        .replace("8.8.8.8", "127.0.0.1")
    )
    attempt = _sent(local.replace("https://", "http://").replace("127.0.0.1", "127.0.0.1:1", 1))
    assert attempt.problem.startswith("ConnectError")
    assert SECRET not in attempt.problem
    logging.getLogger("httpx").warning('HTTP Request: %s %s "HTTP/1.1 500"', "POST", httpx.URL(url))
    logging.getLogger("somebody").error("could not call %s", url, extra={"url": url})
    assert [line for line in logged if SECRET in line] == []
    assert SECRET not in redact(f"before {url} after")
    assert SECRET not in host_only(url)
