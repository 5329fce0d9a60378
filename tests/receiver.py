"""A receiver of webhooks on this machine: real HTTP, and each message verified as a receiver would, by the library."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import standardwebhooks
from pytest_django.fixtures import Settings

from youman.core.events import delivery, webhooks
from youman.core.models import WebhookDelivery


@dataclass(frozen=True)
class Message:
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Receiver:
    """`status` is what it answers; `messages` is what it got, in order."""

    port: int = 0
    status: int = 200
    messages: list[Message] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def subscribe(self, *events: str) -> str:
        """Add a webhook for these events, for all without any; returns its secret."""
        return webhooks.create_webhook(name="receiver", url=self.url, events=events, actor="tests").secret

    def take_all(self, secret: str) -> list[dict[str, Any]]:
        """Deliver what is pending, in the order of the announcements; the payloads, each verified by its signature."""
        for pk in (
            WebhookDelivery.objects.filter(state="pending").order_by("created_at", "pk").values_list("pk", flat=True)
        ):
            assert delivery.deliver(pk)
        verifier = standardwebhooks.Webhook(secret)
        return [verifier.verify(one.body, dict(one.headers)) for one in self.messages]


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    state = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.messages.append(Message(dict(self.headers), body))
            self.send_response(state.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    settings.PRIVATE_ENDPOINTS = [*settings.PRIVATE_ENDPOINTS, f"127.0.0.1:{state.port}"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


def outbox() -> list[tuple[str, dict[str, Any]]]:
    """What stands in the outbox, in the order it was announced: event types with their data."""
    rows = WebhookDelivery.objects.order_by("created_at", "pk").values_list("event", "payload")
    return [(event, payload["data"]) for event, payload in rows]
