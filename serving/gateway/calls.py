"""The one way to call a deployment: may it be called, is there money, call, settle, write the ledger.

Text is opaque here: prompts are rendered and answers parsed by whoever asks.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from serving.backends.base import BackendError, RewriteBackend, RewriteRequest, RewriteResult, Usage
from serving.errors import NotCalled
from serving.gateway import breaker, budgets, ledger, ledger_write, resolved_target, snapshot
from serving.gateway.breaker import Permit
from serving.gateway.budgets import BudgetHold
from serving.gateway.ledger import Caller as Caller
from serving.gateway.ledger import Entry, LedgerReceipt
from serving.gateway.snapshot import LiveRow
from youman.core.database.ids import new_id

LONGEST_WAIT_S = 5.0  # the next candidate is better than a longer wait
BACKOFF_S = 0.3  # a fault that comes and goes is over by then more often than not; with jitter below
LEAST_LEFT_S = 1.0  # what a second try needs to be of any use


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came back, the ledger's row of it, and both costs in dollars. `note` says what a reader should know."""

    result: RewriteResult
    invocation_id: UUID
    cost: Decimal
    baseline_cost: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    row: LiveRow
    backend: RewriteBackend
    request: RewriteRequest
    caller: Caller
    holds: tuple[snapshot.BudgetRow, ...]


def rewrite(*, deployment: str, request: RewriteRequest, caller: Caller) -> CallResult:
    """One rewrite by one deployment, tried again at most once within the request's deadline.

    Raises NotCalled (nothing was sent, nothing is billed) or BackendError (`invocation_id` names its row in the
    ledger); the next candidate may be asked after either, unless the error's `fall_through` is False. Both print a
    sentence. Call it outside of a transaction: a rollback would lose the ledger's row.
    """
    now = snapshot.current()
    row = now.named(deployment)
    call = _Call(
        row, resolved_target.backend_of(row, now), request, caller, budgets.applicable_budgets(now.budgets, row, caller)
    )
    ends = time.monotonic() + request.deadline_s
    try:
        return _once(call, 1)
    except BackendError as error:
        pause = _pause(error, ends - time.monotonic())
        if pause is None:
            raise
        failed = error
    time.sleep(pause)
    try:
        return _once(replace(call, request=replace(request, deadline_s=ends - time.monotonic())), 2)
    except NotCalled:
        raise failed from None  # the first try is what went wrong


def _pause(error: BackendError, left: float) -> float | None:
    """Seconds until the second try; None when there is none: the next candidate is better than a long wait."""
    if not error.retry:
        return None
    if error.kind == "rate" and error.wait_s is None:
        return None
    pause = error.wait_s if error.wait_s is not None else BACKOFF_S * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
    return None if pause > LONGEST_WAIT_S or pause + LEAST_LEFT_S > left else pause


def _once(call: _Call, number: int) -> CallResult:
    row, request, at = call.row, call.request, timezone.now()
    most = budgets.maximum_cost_of(row, request, at=at)
    permit = breaker.admit(row, tokens=most.tokens, deadline_s=request.deadline_s)
    until = at + timedelta(seconds=request.deadline_s) + budgets.GRACE
    try:
        hold = budgets.reserve(call.holds, invocation=new_id(), most=most, until=until)
    except NotCalled:
        breaker.release(permit)
        raise
    entry = Entry(row, call.caller, request, at, model=call.backend.name, number=number)
    return _asked(call, entry, permit, hold)


def _asked(call: _Call, entry: Entry, permit: Permit, hold: BudgetHold) -> CallResult:
    started, booked = time.monotonic(), False
    try:
        try:
            result = call.backend.rewrite(call.request)
        except BackendError as error:
            entry = _failed(entry, error, time.monotonic() - started)
            error.invocation_id = _book(entry, hold).invocation_id
            booked = True
            breaker.settle(permit, error, tokens=entry.usage.tokens_in + entry.usage.tokens_out)
            raise
        entry = _answered(entry, result, time.monotonic() - started)
        row = _book(entry, hold)
        booked = True
        breaker.settle(permit, tokens=entry.usage.tokens_in + entry.usage.tokens_out)
    finally:
        if not booked:  # a fault of ours: nothing may stay reserved
            breaker.release(permit)
            budgets.release(hold)
    note = call.row.model.note if call.row.model else ""
    return CallResult(result, row.invocation_id, row.cost, row.baseline_cost, note)


def _answered(entry: Entry, result: RewriteResult, seconds: float) -> Entry:
    return replace(
        entry,
        latency_s=seconds,
        usage=result.usage,
        model=result.model,
        answer=result.text or "",
        service_tier=ledger.billed_tier(entry.row, entry.request, result),
    )


def _failed(entry: Entry, error: BackendError, seconds: float) -> Entry:
    usage, model = error.usage or Usage(), error.model or entry.model
    return replace(entry, latency_s=seconds, usage=usage, model=model, error=error.kind)


def _book(entry: Entry, hold: BudgetHold) -> LedgerReceipt:
    """The ledger's row and the budgets' truth, together."""
    made = ledger.invocation_of(entry, hold.invocation)
    ledger_write.post_entry(made, hold)
    return LedgerReceipt(made.pk, made.cost, made.baseline_cost)
