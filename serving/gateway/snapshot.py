"""Each process's snapshot of the active deployments, at most two seconds old, which calls read instead of the rows.

A change by this process is seen at once (services call `clear_cache`), one by another process within those seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import Literal, cast
from uuid import UUID

from django.utils import timezone

from serving.backends.target import Capabilities, Options, ThinkingControl
from serving.errors import UnknownDeployment
from serving.models import Budget, Deployment, PriceOverride, ProviderModel, TierPrice
from serving.states import DeploymentState

SECONDS = 2.0  # how late other processes notice a change; it saves each call reading the catalogue


@dataclass(frozen=True, slots=True)
class OwnPrice:
    """A price override, in US dollars per million tokens, from its first day on."""

    from_day: date
    input_mtok: Decimal
    output_mtok: Decimal
    cached_mtok: Decimal | None = None
    cache_write_mtok: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TierShare:
    """The share of the list price for a service tier that the list lacks, from its first day on."""

    service_tier: str
    from_day: date
    share: Decimal


@dataclass(frozen=True, slots=True)
class CalledModel:
    """The catalogue's model that is actually called; `note` explains when it is not the one that was configured."""

    provider: str
    model_id: str
    size: Literal["small", "large"]
    capabilities: Capabilities
    note: str = ""
    ends_on: date | None = None
    own_prices: tuple[OwnPrice, ...] = ()
    tier_shares: tuple[TierShare, ...] = ()


@dataclass(frozen=True, slots=True)
class LiveRow:
    """An active deployment as stored, with the model resolved."""

    pk: int
    name: str
    kind: Literal["llm", "model", "rules"]
    protocol: Literal["rewrite", "score"]
    backend: str
    tier_floor: str
    model: CalledModel | None = None
    endpoint: str = ""
    options: Options = field(default_factory=dict)
    description: str = ""
    languages: tuple[str, ...] = ()
    max_words: int | None = None
    traffic_share: int = 100
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrency: int | None = None
    frozen: bool = False
    version: UUID | None = None
    rollout: str = ""
    family: UUID | None = None


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """An active budget as stored; `money` in US dollars."""

    pk: int
    scope: str
    subject: str
    span: str
    money: Decimal | None
    tokens: int | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The active deployments by name, and the active budgets."""

    deployments: Mapping[str, LiveRow]
    budgets: tuple[BudgetRow, ...]

    def live_row(self, name: str) -> LiveRow:
        """Return an active deployment. Raises UnknownDeployment."""
        row = self.deployments.get(name)
        if row is None:
            raise UnknownDeployment(f"There is no active deployment {name!r}; see the deployments in the admin")
        return row


_lock = threading.Lock()  # see `current`
_kept: tuple[float, date, Snapshot] | None = None


def current() -> Snapshot:
    """Return the snapshot, read again when older than SECONDS or from another day (models end at midnight)."""
    today = timezone.now().date()
    found = _fresh(today)
    if found is None:
        with _lock:  # one thread reads for all that found it old
            found = _fresh(today) or _read(today)
    return found


def _fresh(today: date) -> Snapshot | None:
    kept = _kept
    if kept is None or time.monotonic() - kept[0] >= SECONDS or kept[1] != today:
        return None
    return kept[2]


def clear_cache() -> None:
    """Read the rows again next time; called after every write."""
    global _kept
    _kept = None


def _read(today: date) -> Snapshot:
    global _kept
    catalogue = _catalogue()
    rows = Deployment.objects.filter(state=DeploymentState.ACTIVE).select_related("version")
    found = Snapshot({row.name: _live(row, catalogue, today) for row in rows}, tuple(_budgets()))
    _kept = (time.monotonic(), today, found)
    return found


def row_of(deployment: Deployment, *, on: date | None = None) -> LiveRow:
    """Return a deployment as if it were active, today or on another day, uncached."""
    return _live(deployment, _catalogue(), on or timezone.now().date())


def _catalogue() -> dict[int, ProviderModel]:
    return {model.pk: model for model in ProviderModel.objects.prefetch_related("price_overrides", "tier_prices")}


def _budgets() -> Iterable[BudgetRow]:
    for row in Budget.objects.filter(active=True):
        yield BudgetRow(row.pk, row.scope, row.subject, row.span, row.money, row.tokens)


def _live(row: Deployment, catalogue: Mapping[int, ProviderModel], today: date) -> LiveRow:
    asked = catalogue.get(row.provider_model_id or 0)
    model = called_model(asked, catalogue, today) if asked else None
    if model is not None and row.capabilities:
        model = replace(model, capabilities=_overridden(model.capabilities, row.capabilities))
    return LiveRow(
        pk=row.pk,
        name=row.name,
        kind=cast(Literal["llm", "model", "rules"], row.kind),
        protocol=cast(Literal["rewrite", "score"], row.protocol),
        backend=row.backend,
        tier_floor=row.tier_floor,
        model=model,
        endpoint=row.endpoint,
        options=row.options,
        description=row.description,
        languages=tuple(row.languages),
        max_words=row.max_words,
        traffic_share=row.traffic_share,
        requests_per_minute=row.requests_per_minute,
        tokens_per_minute=row.tokens_per_minute,
        concurrency=row.concurrency,
        frozen=row.frozen,
        version=row.version_id,
        rollout=row.strategy,
        family=row.version.model_id if row.version else None,
    )


def called_model(configured: ProviderModel, catalogue: Mapping[int, ProviderModel], today: date) -> CalledModel:
    """Follow successors from an ended model to one that is served; a chain without one stays at its last."""
    model, seen = configured, {configured.pk}
    while model.ends_on is not None and model.ends_on <= today:
        following = catalogue.get(model.successor_id or 0)
        if following is None or following.pk in seen:
            break
        seen.add(following.pk)
        model = following
    note = (
        ""
        if model is configured
        else f"{configured.name} ended on {configured.ends_on}; {model.name} answers in its place"
    )
    return CalledModel(
        provider=model.provider,
        model_id=model.model_id,
        size=cast(Literal["small", "large"], model.size),
        capabilities=_capabilities(model),
        note=note,
        ends_on=model.ends_on,
        own_prices=tuple(_own_prices(model.price_overrides.all())),
        tier_shares=tuple(_tier_shares(model.tier_prices.all())),
    )


def _own_prices(rows: Iterable[PriceOverride]) -> Iterable[OwnPrice]:
    for row in sorted(rows, key=lambda one: one.from_day, reverse=True):
        yield OwnPrice(row.from_day, row.input_mtok, row.output_mtok, row.cached_mtok, row.cache_write_mtok)


def _tier_shares(rows: Iterable[TierPrice]) -> Iterable[TierShare]:
    for row in sorted(rows, key=lambda one: one.from_day, reverse=True):
        yield TierShare(row.service_tier, row.from_day, row.share)


def _capabilities(model: ProviderModel) -> Capabilities:
    return Capabilities(
        context_window=model.context_window,
        max_output=model.max_output,
        takes_temperature=model.takes_temperature,
        thinking=cast(ThinkingControl, model.thinking),
        thinking_floor=model.thinking_floor or "low",
        takes_json_schema=model.takes_json_schema,
        takes_cache_options=model.takes_cache_options,
        has_flex=model.has_flex,
        has_batch=model.has_batch,
    )


def _overridden(base: Capabilities, given: Mapping[str, object]) -> Capabilities:
    known = {one.name for one in fields(Capabilities)}
    return replace(base, **{name: value for name, value in given.items() if name in known})  # type: ignore[arg-type]  # checked in the form
