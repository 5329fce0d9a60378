"""Writes the ledger: a row for every call that was sent, as soon as its answer or failure is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from serving.backends.base import RewriteRequest, RewriteResult, Usage
from serving.backends.failures import characters_sent, estimate, estimated
from serving.gateway import prices
from serving.gateway.snapshot import LiveRow
from serving.models import Invocation
from serving.states import Purpose
from youman.core.database.ids import new_id

NOTHING = Usage()
LOST = "lost"  # the process ended, or failed, before the answer was read
MOST_TOKENS = 1_000_000_000
PROMPT_TOKENS = 600  # what an LLM's prompt adds to a text


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a call is made, and which attempt it is; it goes into the ledger and selects the budgets.

    `strategy` and `complexity` are the bands for which acceptance is learnt. `attempt` counts from 1 over the
    candidates of one chunk. Only a rewrite has a baseline.
    """

    account_id: int
    tier: str
    transformation_id: UUID | None = None
    chunk: int | None = None
    attempt: int = 1
    strategy: str = "auto"
    complexity: str = "medium"
    purpose: Purpose = Purpose.REWRITE


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a request, which is all that the ledger needs of it. `sent` counts the whole prompt's characters."""

    words: int
    characters: int
    sent: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What one call did.

    `error` is the kind of failure, empty for an answer. `sizes` are given where the request's text is no longer
    available.
    """

    row: LiveRow
    caller: Caller
    request: RewriteRequest
    at: datetime
    latency_s: float = 0.0
    usage: Usage = NOTHING
    model: str = ""
    answer: str = ""
    number: int = 1
    error: str = ""
    fault: str = ""
    service_tier: str = "standard"
    cached_hit: bool = False
    sizes: Sizes | None = None


def write_entry(invocation: Invocation) -> UUID:
    """Insert the row, and return its id."""
    invocation.save(force_insert=True)
    return invocation.pk


def lost(entry: Entry) -> Entry:
    """Return the entry of a call of which nothing more is heard: a vendor may bill it, an own model costs nothing."""
    usage = estimated(entry.request) if entry.row.model else NOTHING
    return replace(entry, usage=usage, error=LOST)


def billed_tier(row: LiveRow, request: RewriteRequest, result: RewriteResult) -> str:
    """Return the billed service tier: the one that the vendor reports, else the one that was requested."""
    sent = request.service_tier if row.model and row.model.capabilities.has_flex else "standard"
    said = result.service_tier or sent
    return said if said in {"flex", "priority"} else "standard"


def invocation_of(entry: Entry, invocation: UUID | None = None) -> Invocation:
    """The row as it will be. Raises PriceUnknown; callers check the price before they call."""
    row, caller, usage = entry.row, entry.caller, _sound(_counted_usage(entry))
    priced = prices.price_of(row.model, usage, at=entry.at, service_tier=entry.service_tier)
    baseline, guess = _baseline(entry)
    sizes = entry.sizes or sizes_of(entry.request)
    return Invocation(
        id=invocation or new_id(),
        created_at=entry.at,
        deployment_id=row.pk,
        model=entry.model.encode("utf-8", "replace").decode().replace("\0", "")[:100],
        account=caller.account_id,
        tier=caller.tier,
        transformation=caller.transformation_id,
        chunk=caller.chunk,
        attempt=caller.attempt,
        number=entry.number,
        purpose=caller.purpose,
        strategy=caller.strategy,
        complexity=caller.complexity,
        service_tier=entry.service_tier,
        latency_ms=round(1000 * entry.latency_s),
        tokens_in=usage.tokens_in,
        tokens_cached=usage.tokens_cached,
        tokens_cache_write=usage.tokens_cache_write,
        tokens_out=usage.tokens_out,
        tokens_thinking=usage.tokens_thinking,
        usage=json.loads(usage.raw.replace("\\u0000", "")) if usage.raw else None,
        unit_prices=priced.unit_prices,
        price_list=priced.price_list,
        cost=Decimal(0) if entry.cached_hit else priced.cost,
        baseline_cost=baseline,
        baseline_estimated=guess,
        error=entry.error,
        estimated=usage.estimated,
        cached_hit=entry.cached_hit,
        words_in=sizes.words,
        words_out=len(entry.answer.split()),
        statistics={
            "characters_in": sizes.characters,
            "characters_out": len(entry.answer),
            "language": entry.request.language,
            **({"fault": entry.fault[:300]} if entry.fault else {}),
        },
    )


def sizes_of(request: RewriteRequest) -> Sizes:
    """Return the sizes of a request, in words and characters."""
    return Sizes(len(request.text.split()), len(request.text), characters_sent(request))


def _counted_usage(entry: Entry) -> Usage:
    """Of a paid call that was answered no count is 0: whichever backend left one out, it is an estimate, marked."""
    usage, output = entry.usage, len(entry.answer)
    if entry.error or entry.cached_hit or entry.row.model is None:
        return usage
    if usage.tokens_in and (usage.tokens_out or not output):
        return usage
    sizes = entry.sizes or sizes_of(entry.request)
    guess = estimate(sizes.sent, sizes.characters, output)
    tokens_in, tokens_out = usage.tokens_in or guess.tokens_in, usage.tokens_out or guess.tokens_out
    return replace(usage, tokens_in=tokens_in, tokens_out=tokens_out, estimated=True)


def _sound(usage: Usage) -> Usage:
    """Make a vendor's contradictory counts consistent, because an answered call must be booked."""
    cached, written = min(usage.tokens_cached, MOST_TOKENS), min(usage.tokens_cache_write, MOST_TOKENS)
    thinking = min(usage.tokens_thinking, MOST_TOKENS)
    return replace(
        usage,
        tokens_in=min(max(usage.tokens_in, cached + written), 2 * MOST_TOKENS),
        tokens_cached=cached,
        tokens_cache_write=written,
        tokens_out=min(max(usage.tokens_out, thinking), MOST_TOKENS),
        tokens_thinking=thinking,
    )


def _baseline(entry: Entry) -> tuple[Decimal, bool]:
    """Return the baseline's cost, and whether it is an estimate.

    A failed call has none, because it counts once, for the call that answers. Own models count no tokens, so that the
    baseline's are estimated from the text.
    """
    if entry.error or entry.caller.purpose != Purpose.REWRITE:
        return Decimal(0), False
    counted = _counted_usage(entry)
    guess = not counted.tokens_in
    usage = guess_usage(entry.request) if guess else counted
    return prices.baseline_of(_sound(usage), at=entry.at), guess or counted.estimated


def guess_usage(request: RewriteRequest) -> Usage:
    """Estimate the tokens that an LLM would have used for this text, where none was called or none were counted."""
    usage = estimated(request)
    return usage if request.prompt else replace(usage, tokens_in=usage.tokens_in + PROMPT_TOKENS)
