"""Reads of serving: what can be called now, for the router and the drop-down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils import timezone

from serving import calls, keys, prices, snapshot
from serving.errors import PriceUnknown
from serving.snapshot import LiveRow


@dataclass(frozen=True, slots=True)
class Expectation:
    """What writers accepted so far, by complexity band and strategy: mean share, its standard error, answers seen."""

    complexity: str
    strategy: str
    quality: float
    uncertainty: float
    answers: int


@dataclass(frozen=True, slots=True)
class LiveDeployment:
    """An active deployment as the router sees it. `cost_per_1000_words` in dollars, an estimate; 0 in the house.

    `model` is the one really called; `note` says so when a retired model resolved to its successor. `why_not` is a
    sentence when it is not `available` now. `traffic_share` is per cent of the calls it is fit for; at 0 it answers
    only a writer who chose it. `frozen`: what was learnt must not move it in the order.
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
    cost_per_1000_words: Decimal = Decimal(0)
    traffic_share: int = 100
    available: bool = True
    why_not: str = ""
    expected: tuple[Expectation, ...] = ()
    frozen: bool = False


def live_deployments() -> tuple[LiveDeployment, ...]:
    """Every active deployment, by name; at most two seconds old."""
    return tuple(_live(row) for _, row in sorted(snapshot.current().deployments.items()))


def _live(row: LiveRow) -> LiveDeployment:
    model = row.model
    cost, why_not = _cost(row)
    if not why_not and row.kind == "llm" and row.backend not in keys.KEYLESS and not keys.key_for(row):
        why_not = calls.missing_key(row)
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
        cost_per_1000_words=cost,
        traffic_share=row.traffic_share,
        available=not why_not,
        why_not=why_not,
        frozen=row.frozen,
    )


def _cost(row: LiveRow) -> tuple[Decimal, str]:
    try:
        return prices.expected_per_thousand_words(row.model, at=timezone.now()), ""
    except PriceUnknown as error:
        return Decimal(0), error.detail
