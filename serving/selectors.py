"""Reads of serving: what can be called now, for the router and the drop-down."""

from __future__ import annotations

import time
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils import timezone

from serving.backends import vendors
from serving.deployments import acceptance_by_band
from serving.deployments.acceptance_by_band import Expectation as Expectation
from serving.errors import PriceUnknown
from serving.gateway import breaker, keys, prices, resolved_target, snapshot
from serving.gateway.breaker import Health
from serving.gateway.snapshot import LiveRow
from serving.models import Rollout


@dataclass(frozen=True, slots=True)
class LiveDeployment:
    """An active deployment as the router sees it. `cost_per_1000_words` in dollars, an estimate; 0 in the house.

    `model` is the one really called; `note` says so when a retired model resolved to its successor. `why_not` is a
    sentence when it is not `available` now; without a key it is
    not even `configured`, so only staff need see it. `traffic_share` is per cent of the calls it is fit for; at 0 it
    answers only a writer who chose it. `frozen`: what was learnt must not move it in the order. A `canary` (not 0) is
    to be asked first in its share, and the newest has the highest number.
    """

    name: str
    kind: Literal["llm", "model", "rules"]
    protocol: Literal["rewrite", "score"]
    backend: str
    provider: str
    model: str
    tier_floor: str
    size: Literal["small", "large"] = "small"
    note: str = ""
    description: str = ""
    languages: tuple[str, ...] = ()
    max_words: int | None = None
    context_window: int | None = None
    max_output: int | None = None
    takes_json_schema: bool = False
    has_flex: bool = False
    has_batch: bool = False
    cost_per_1000_words: Decimal = Decimal(0)
    traffic_share: int = 100
    available: bool = True
    configured: bool = True
    why_not: str = ""
    expected: tuple[Expectation, ...] = ()
    frozen: bool = False
    canary: int = 0


def live_deployments() -> tuple[LiveDeployment, ...]:
    """Every active deployment, by name; rows at most two seconds old, breakers and pauses half a second.

    What this process itself saw fail is known at once.
    """
    global _kept
    now, news, kept = snapshot.current(), breaker.change_counter(), _kept
    if kept is None or kept.of is not now or kept.news != news or kept.until < time.monotonic():
        kept = _kept = _CachedDeployments(now, news, time.monotonic() + SECONDS, _read_live())
    return kept.live


SECONDS = 0.5  # a breaker that another process opened is noticed this late; each text saves a round trip


@dataclass(frozen=True, slots=True)
class _CachedDeployments:
    of: snapshot.Snapshot
    news: int
    until: float
    live: tuple[LiveDeployment, ...]


_kept: _CachedDeployments | None = None


def _read_live() -> tuple[LiveDeployment, ...]:
    rows = [row for _, row in sorted(snapshot.current().deployments.items())]
    healths, learnt = breaker.health_of(row.name for row in rows), acceptance_by_band.expectations()
    return tuple(_live(row, healths[row.name], learnt.of(row.pk, row.family)) for row in rows)


def _live(row: LiveRow, seen: Health, expected: tuple[Expectation, ...]) -> LiveDeployment:
    model = row.model
    cost, why_not = _cost(row)
    no_key = _no_key(row)
    why_not = why_not or no_key or _unwell(row, seen)
    return LiveDeployment(
        name=row.name,
        kind=row.kind,
        protocol=row.protocol,
        backend=row.backend,
        provider=model.provider if model else "",
        model=model.model_id if model else row.name,
        tier_floor=row.tier_floor,
        size=model.size if model else "small",
        note=model.note if model else "",
        description=row.description,
        languages=row.languages,
        max_words=row.max_words,
        context_window=model.capabilities.context_window if model else None,
        max_output=model.capabilities.max_output if model else None,
        takes_json_schema=bool(model and model.capabilities.takes_json_schema),
        has_flex=bool(model and model.capabilities.has_flex),
        has_batch=_has_batch(row),
        cost_per_1000_words=cost,
        traffic_share=row.traffic_share,
        available=not why_not,
        configured=not no_key,
        why_not=why_not,
        expected=expected,
        frozen=row.frozen,
        canary=row.pk if row.rollout == Rollout.CANARY and 0 < row.traffic_share < 100 else 0,
    )


def _has_batch(row: LiveRow) -> bool:
    """The model, the backend and a price for it: without a price nothing is handed in."""
    model = row.model
    if model is None or not model.capabilities.has_batch or not vendors.has_batches(row.backend):
        return False
    return prices.tier_share(model, prices.BATCH, timezone.now()) is not None


def _no_key(row: LiveRow) -> str:
    keyless = row.kind != "llm" or not vendors.needs_key(row.backend)
    return "" if keyless or keys.key_for(row) else resolved_target.missing_key(row)


def _unwell(row: LiveRow, seen: Health) -> str:
    """A half-open breaker is no objection: the next call is its probe."""
    if seen.state == "unknown" and row.options.get("needs_state"):
        return f"{row.name} is not called while the shared server is away"
    if seen.until is None or seen.state not in {"open", "cooling"}:
        return ""
    sentence = "failed too often and is left alone" if seen.state == "open" else "pauses"
    return f"{row.name} {sentence} until {seen.until:%H:%M:%S} UTC ({seen.why})"


def _cost(row: LiveRow) -> tuple[Decimal, str]:
    try:
        return prices.expected_per_thousand_words(row.model, at=timezone.now()), ""
    except PriceUnknown as error:
        return Decimal(0), error.detail
