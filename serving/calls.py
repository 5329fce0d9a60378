"""The one way to call a deployment: may it be called, is there money, call, settle, write the ledger.

Text is opaque here: prompts are rendered and answers parsed by whoever asks.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from serving import keys, ledger, prices, snapshot
from serving.backends.base import BackendError, RewriteBackend, RewriteRequest, RewriteResult, Usage
from serving.backends.making import rewrite_backend
from serving.backends.target import Capabilities, Target
from serving.errors import KeyMissing
from serving.ledger import Caller as Caller
from serving.snapshot import LiveRow


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, the ledger's row of it, and both costs in dollars. `note` says what a reader should know."""

    result: RewriteResult
    invocation_id: UUID
    cost: Decimal
    baseline_cost: Decimal
    note: str = ""


def rewrite(*, deployment: str, request: RewriteRequest, caller: Caller) -> Answered:
    """One rewrite by one deployment, tried again at most once within the request's deadline.

    Raises NotCalled (nothing was sent, nothing is billed) or BackendError (the ledger has a row of it); the next
    candidate may be asked after either, unless the error's `fall_through` is False. Both print a sentence.
    """
    row = snapshot.current().named(deployment)
    prices.price_of(row.model, Usage(), at=timezone.now())
    return _once(row, rewrite_backend(target_of(row)), request, caller)


def target_of(row: LiveRow) -> Target:
    """Raises KeyMissing."""
    key = keys.key_for(row)
    if row.kind == "llm" and not key and row.backend not in keys.KEYLESS:
        raise KeyMissing(missing_key(row))
    return Target(
        name=row.name,
        backend=row.backend,
        model=row.model.model_id if row.model else row.name,
        base_url=row.endpoint,
        key=key,
        capabilities=row.model.capabilities if row.model else Capabilities(),
        options=row.options,
    )


def missing_key(row: LiveRow) -> str:
    provider = row.model.provider if row.model else row.backend
    variable = keys.VARIABLES.get(provider)
    where = f"set {variable} or add" if variable else "add"
    return f"There is no key for {provider}: {where} a provider key in the admin"


def _once(row: LiveRow, backend: RewriteBackend, request: RewriteRequest, caller: Caller) -> Answered:
    at, started = timezone.now(), time.monotonic()
    entry = ledger.Entry(row, caller, request, at, 0.0, Usage(), backend.name)
    try:
        result = backend.rewrite(request)
    except BackendError as error:
        spent = time.monotonic() - started
        usage = error.usage or Usage()
        ledger.book(replace(entry, latency_s=spent, usage=usage, model=error.model or entry.model, error=error.kind))
        raise
    spent = time.monotonic() - started
    booked = ledger.book(
        replace(entry, latency_s=spent, usage=result.usage, model=result.model, answer=result.text or "")
    )
    note = row.model.note if row.model else ""
    return Answered(result, booked.invocation_id, booked.cost, booked.baseline_cost, note)
