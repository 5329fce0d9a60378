"""Queries of serving: what can be called now, for the router and the writer's choice of models."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db.models import Q
from django.utils import timezone

from serving.backends import vendors
from serving.deployments import acceptance_by_band
from serving.deployments.acceptance_by_band import Expectation as Expectation
from serving.errors import PriceUnknown
from serving.gateway import breaker, keys, prices, resolved_target, snapshot
from serving.gateway.breaker import Health
from serving.gateway.snapshot import LiveRow
from serving.models import BudgetPeriod, Rollout, Scope, Span
from youman.core.runtime.metrics import Sample


@dataclass(frozen=True, slots=True)
class LiveDeployment:
    """An active deployment as the router sees it.

    `cost_per_1000_words` is an estimate in US dollars, and 0 for own models. `model` is the one actually called; `note`
    explains when it is the successor of an ended model. `why_not` is a sentence when it is not `available` now; without
    a key it is not even `configured`, so that only staff need to see it. `traffic_share` is a percentage of the
    eligible calls; at 0 it answers only writers who chose it. If `frozen`, what was learnt does not move it in the
    order. A `canary` that is not 0 is tried first for its share of the calls; the newest has the highest number.
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
    """Return every active deployment, by name; rows are at most two seconds old, breakers and pauses half a second.

    Failures that this process itself has seen count at once.
    """
    global _kept
    now, news, kept = snapshot.current(), breaker.change_counter(), _kept
    if kept is None or kept.of is not now or kept.news != news or kept.until < time.monotonic():
        kept = _kept = _CachedDeployments(now, news, time.monotonic() + SECONDS, _read_live())
    return kept.live


SECONDS = 0.5  # how late a breaker that another process opened is noticed; it saves a round trip for each text


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
    return tuple(_live(row, healths[row.name], learnt.expectations_of(row.pk, row.family)) for row in rows)


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
    """Return whether model and backend support batches and a price is known."""
    model = row.model
    if model is None or not model.capabilities.has_batch or not vendors.has_batches(row.backend):
        return False
    return prices.tier_share(model, prices.BATCH, timezone.now()) is not None


def _no_key(row: LiveRow) -> str:
    keyless = row.kind != "llm" or not vendors.needs_key(row.backend)
    return "" if keyless or keys.key_for(row) else resolved_target.missing_key(row)


def _unwell(row: LiveRow, seen: Health) -> str:
    """Return why the health forbids a call; a half-open breaker does not, because the next call is its probe."""
    if seen.state == "unknown" and row.options.get("needs_state"):
        return f"{row.name} is not called while Redis is down"
    if seen.until is None or seen.state not in {"open", "cooling"}:
        return ""
    sentence = "failed too often and pauses" if seen.state == "open" else "pauses"
    return f"{row.name} {sentence} until {seen.until:%H:%M:%S} UTC ({seen.why})"


def _cost(row: LiveRow) -> tuple[Decimal, str]:
    try:
        return prices.expected_per_thousand_words(row.model, at=timezone.now()), ""
    except PriceUnknown as error:
        return Decimal(0), error.detail


def state_samples() -> Iterator[Sample]:
    """Yield the health of each deployment in use, and what budgets have left, without the names of accounts."""
    rows = snapshot.current().deployments
    for name, seen in breaker.health_of(rows).items():
        closed = float(seen.state == "closed")
        yield Sample("youman_breaker_closed", "1 if the deployment may be called.", closed, (("deployment", name),))
    today = timezone.now().date()
    current = Q(budget__span=Span.DAY, start=today) | Q(budget__span=Span.MONTH, start=today.replace(day=1))
    accounts: dict[str, int] = {}
    for period in BudgetPeriod.objects.filter(current, budget__active=True).select_related("budget"):
        budget, shares = period.budget, [0.0]
        shares += [float(period.money_spent / budget.money)] if budget.money else []
        shares += [period.tokens_spent / budget.tokens] if budget.tokens else []
        if budget.scope == Scope.ACCOUNT:
            accounts[budget.span] = accounts.get(budget.span, 0) + (max(shares) >= 1)
            continue
        labels = (("scope", budget.scope), ("subject", budget.subject), ("period", budget.span))
        yield Sample("youman_budget_used", "Share of the budget that is spent.", max(shares), labels)
    for span, count in accounts.items():
        what = "Accounts whose budget is used up."
        yield Sample("youman_account_budgets_used_up", what, count, (("period", span),))
