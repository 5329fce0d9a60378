"""The only way to call a deployment: check health and budgets, note the call, call, note the answer, settle, book.

Texts are opaque here: the caller renders the prompt and parses the answer.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from serving.backends.base import BackendError, RewriteRequest, RewriteResult, Usage
from serving.errors import NotCalled
from serving.gateway import breaker, budgets, journal, ledger, recovery, resolved_target, snapshot
from serving.gateway.breaker import Permit
from serving.gateway.budgets import BudgetHold, MaximumCost
from serving.gateway.ledger import Caller as Caller
from serving.gateway.ledger import Entry
from serving.gateway.ledger_write import Booking, booking_of
from serving.gateway.resolved_target import Callee
from serving.gateway.snapshot import LiveRow
from youman.core.database.ids import new_id

MAX_WAIT_S = 5.0  # the next candidate is better than a longer wait
BACKOFF_S = 0.3  # a transient fault is usually over by then; jitter is added below
MIN_LEFT_S = 1.0  # what a second try needs to be useful


@dataclass(frozen=True, slots=True)
class CallResult:
    """A result, the id of its row in the ledger, and both costs in US dollars. `note` is shown to the writer."""

    result: RewriteResult
    invocation_id: UUID
    cost: Decimal
    baseline_cost: Decimal
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Call:
    row: LiveRow
    callee: Callee
    request: RewriteRequest
    caller: Caller
    holds: tuple[snapshot.BudgetRow, ...]


def rewrite(*, deployment: str, request: RewriteRequest, caller: Caller) -> CallResult:
    """Request one rewrite from one deployment, with at most one second try within the request's deadline.

    Raises NotCalled (nothing was sent, nothing is billed) or BackendError (`invocation_id` is its row in the ledger);
    after either, the next candidate may be called, unless the error's `fall_through` is False. Both print a sentence.
    Call it outside a transaction: a rollback would lose the ledger's row.
    """
    recovery.book_in_background()
    now = snapshot.current()
    row = now.live_row(deployment)
    call = _Call(
        row, resolved_target.callee_of(row, now), request, caller, budgets.applicable_budgets(now.budgets, row, caller)
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
        raise failed from None  # the failure of the first try is the one to report


def _pause(error: BackendError, left: float) -> float | None:
    """Return the seconds until the second try, or None for none: the next candidate is better than a long wait."""
    if not error.retry:
        return None
    if error.kind == "rate" and error.wait_s is None:
        return None
    pause = error.wait_s if error.wait_s is not None else BACKOFF_S * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
    return None if pause > MAX_WAIT_S or pause + MIN_LEFT_S > left else pause


def _once(call: _Call, number: int) -> CallResult:
    row, request, at = call.row, call.request, timezone.now()
    entry = Entry(row, call.caller, request, at, model=row.backend, number=number)
    most = budgets.maximum_cost_of(row, request, at=at)
    sent = _sent(entry, most)
    permit = breaker.admit(row, tokens=most.tokens, deadline_s=request.deadline_s)
    until = at + timedelta(seconds=request.deadline_s) + budgets.GRACE
    estimate = sent.row if row.model else ""
    try:
        hold = budgets.reserve(call.holds, invocation=sent.made.pk, maximum=most, until=until, estimate=estimate)
    except NotCalled:
        breaker.release(permit)
        raise
    return _asked(call, entry, permit, replace(sent, hold=hold))


def _sent(entry: Entry, most: MaximumCost) -> Booking:
    """Return what is booked if nothing more is heard of the call."""
    pk = new_id()
    return booking_of(ledger.invocation_of(ledger.lost(entry), pk), BudgetHold(pk, most))


def _asked(call: _Call, entry: Entry, permit: Permit, sent: Booking) -> CallResult:
    note, started = journal.begin(sent if call.row.model else None), time.monotonic()
    booking, answer, is_known = sent, None, False
    try:
        answer = _answer_of(call)
        entry = _ended(entry, answer, time.monotonic() - started)
        booking, is_known = booking_of(ledger.invocation_of(entry, sent.made.pk), sent.hold), True
    finally:
        # Also after a fault in our code or a stop of this process: the call was sent, so the estimate stands.
        error = answer if isinstance(answer, BackendError) else None
        try:
            note.book(booking)
        finally:
            if is_known:
                breaker.settle(permit, error, tokens=entry.usage.tokens_in + entry.usage.tokens_out)
            else:
                breaker.release(permit)
    if isinstance(answer, BackendError):
        answer.invocation_id = booking.made.pk
        raise answer
    note_of_model = call.row.model.note if call.row.model else ""
    return CallResult(answer, booking.made.pk, booking.made.cost, booking.made.baseline_cost, note_of_model)


def _answer_of(call: _Call) -> RewriteResult | BackendError:
    try:
        return call.callee.rewrite(call.request)
    except BackendError as error:
        return error


def _ended(entry: Entry, answer: RewriteResult | BackendError, seconds: float) -> Entry:
    if isinstance(answer, BackendError):
        return _failed(entry, answer, seconds)
    return _answered(entry, answer, seconds)


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
    return replace(
        entry,
        latency_s=seconds,
        usage=usage,
        model=model,
        error=error.kind,
        fault=error.detail if error.kind == "load" else "",
    )
