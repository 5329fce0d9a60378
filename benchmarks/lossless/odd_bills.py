"""What `zero_costs` runs inside a private installation: every odd bill of `tests/vendors/money.py`, and what it is
booked at."""

from __future__ import annotations

from contextlib import suppress

from serving.backends import factory
from serving.backends.base import BackendError, RewriteRequest
from serving.gateway import breaker, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, ProviderModel
from tests.vendors import money, vendors
from youman.core.database.ids import new_id

ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100, deadline_s=30.0)
MODELS = {"openai": "gpt-6-luna", "anthropic": "claude-haiku-5-5", "google": "gemini-3.5-flash-lite"}


def count() -> str:
    """Make every call. Returns how many were booked at a certain zero and may be billed, and how many there were."""
    zeros = asked = 0
    with vendors() as server:
        for shape in money.all_shapes():
            server.scripted = shape.reply
            for backend in [shape.vendor, *(["openai_compatible"] if shape.vendor == "openai" else [])]:
                name = _deployment(backend, shape.vendor, shape.streamed, server.url(shape.vendor))
                zeros += shape.booked != "nothing" and _is_zero(name)
                asked += 1
    factory.close_all()
    return f"{zeros} {asked}"


def _is_zero(name: str) -> bool:
    """Whether a row of the call, or the lack of one, says that it cost nothing for certain."""
    caller = Caller(account_id=1, tier="BASIC", transformation_id=new_id())
    breaker.reset(name)
    with suppress(BackendError):
        calls.rewrite(deployment=name, request=ASK, caller=caller)
    rows = Invocation.objects.filter(transformation=caller.transformation_id)
    return not rows or any(row.cost == 0 and not row.estimated for row in rows)


def _deployment(backend: str, vendor: str, streamed: bool, url: str) -> str:
    name = f"{backend}-{'streamed' if streamed else 'whole'}"
    model = ProviderModel.objects.get(model_id=MODELS[vendor])
    given = {
        "kind": "llm", "backend": backend, "provider_model": model, "state": "active", "endpoint": url,
        "options": {"stream": streamed},
    }  # fmt: skip
    if Deployment.objects.get_or_create(name=name, defaults=given)[1]:
        snapshot.clear_cache()
    return name
