"""Writes the catalogue file to the database and keeps what staff changed.

`CatalogueEntry` holds, for each entry of the file, the values that a sync last wrote. A field that still has that value
belongs to the catalogue and takes the file's; a field with another value was changed by staff and stays. A row that is
missing was deleted by staff and stays deleted; a row that existed first belongs to staff. A deployment's state and
share of the traffic are set when it is created and belong to its rollout from then on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from django.db import models, transaction

from serving.catalogue.file import Catalogue, DeploymentEntry, ModelEntry
from serving.gateway import snapshot
from serving.models import CatalogueEntry, Deployment, DeploymentKind, ProviderModel, TierPrice
from serving.states import DeploymentState
from youman.core.accounts import audit

ACTOR = "sync_catalogue"
Value = str | int | bool | None
Kinds = CatalogueEntry.Kind


@dataclass(frozen=True, slots=True)
class Change:
    """What a sync did with one entry. `detail` names the fields with their values, or says why nothing was done."""

    action: Literal["create", "update", "keep"]
    kind: str
    key: str
    detail: str = ""

    def __str__(self) -> str:
        said = f"{self.action} {Kinds(self.kind).label.lower()} {self.key}"
        return f"{said}: {self.detail}" if self.detail else said


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entry of the file as columns: `identity` finds the row, `owned` follows the file, `initial` is set once."""

    kind: Kinds
    key: str
    row_type: type[models.Model]
    identity: Mapping[str, object]
    owned: Mapping[str, object]
    initial: Mapping[str, object] = field(default_factory=dict)

    @property
    def rows(self) -> models.QuerySet[models.Model]:
        return self.row_type._default_manager.filter(**self.identity)


def sync_catalogue(catalogue: Catalogue, *, dry_run: bool = False) -> tuple[Change, ...]:
    """Write the catalogue to the database, and return what changed and what stays as staff have it.

    Idempotent, and safe to run concurrently: the unique entries are the lock. With `dry_run` it changes nothing.
    """
    with transaction.atomic():
        done = tuple(_sync_all(catalogue))
        transaction.on_commit(snapshot.clear_cache)
        transaction.set_rollback(dry_run)
    return done


def _sync_all(catalogue: Catalogue) -> Iterator[Change]:
    made = set()
    for model in catalogue.models:  # without successors, which may come later in the file
        for change in _create(_model(model, successor=None)):
            made.add(model.key)
            yield change
    known = {str(row): row for row in ProviderModel.objects.all()}
    for model in catalogue.models:
        yield from _update(_model(model, known.get(f"{model.provider}/{model.successor}")), new=model.key in made)
    for wanted in (*_tier_prices(catalogue, known), *_deployments(catalogue.deployments, known)):
        yield from _create(wanted)
        yield from _update(wanted)


def _model(entry: ModelEntry, successor: ProviderModel | None) -> _Wanted:
    identity = {"provider": entry.provider, "model_id": entry.model_id}
    owned = {
        "name": entry.name,
        "size": entry.size,
        "released_on": entry.released_on,
        "ends_on": entry.ends_on,
        "successor": successor,
        "context_window": entry.context_window,
        "max_output": entry.max_output,
        "takes_temperature": entry.takes_temperature,
        "thinking": entry.thinking,
        "thinking_floor": entry.thinking_floor,
        "takes_json_schema": entry.takes_json_schema,
        "takes_cache_options": entry.takes_cache_options,
        "has_flex": entry.has_flex,
        "has_batch": entry.has_batch,
    }
    return _Wanted(Kinds.MODEL, entry.key, ProviderModel, identity, owned)


def _tier_prices(catalogue: Catalogue, known: Mapping[str, ProviderModel]) -> Iterator[_Wanted]:
    pairs = [(price, model) for price in catalogue.tier_prices for model in catalogue.models]
    for price, entry in pairs:
        has_tier = entry.has_batch if price.service_tier == "batch" else entry.has_flex
        model = known.get(entry.key)
        if price.provider == entry.provider and has_tier and model is not None:
            identity = {"model": model, "service_tier": price.service_tier, "from_day": price.from_day}
            key = f"{entry.key} {price.service_tier} {price.from_day}"
            owned = {"share": price.share, "note": price.note}
            yield _Wanted(Kinds.TIER_PRICE, key, TierPrice, identity, owned)


def _deployments(entries: tuple[DeploymentEntry, ...], known: Mapping[str, ProviderModel]) -> Iterator[_Wanted]:
    for entry in entries:
        model = known.get(entry.model)
        if model is None:  # staff deleted the model, and a deployment needs one
            continue
        owned = {
            "backend": entry.backend,
            "provider_model": model,
            "tier_floor": entry.tier_floor,
            "description": entry.description,
        }
        initial = {"kind": DeploymentKind.LLM, "traffic_share": entry.traffic_share, "state": DeploymentState.ACTIVE}
        yield _Wanted(Kinds.DEPLOYMENT, entry.key, Deployment, {"name": entry.name}, owned, initial)


def _create(wanted: _Wanted) -> Iterator[Change]:
    """Create the row once. A concurrent sync waits at the unique entry until the first has committed."""
    entry, new = CatalogueEntry.objects.get_or_create(kind=wanted.kind, key=wanted.key)
    if not new:
        return
    if wanted.rows.exists():
        yield Change("keep", wanted.kind, wanted.key, "staff created it first")
        return
    wanted.row_type._default_manager.create(**wanted.identity, **wanted.owned, **wanted.initial)
    CatalogueEntry.objects.filter(pk=entry.pk).update(applied=_plain(wanted.owned))
    yield Change("create", wanted.kind, wanted.key)


def _update(wanted: _Wanted, *, new: bool = False) -> Iterator[Change]:
    """Update the fields that belong to the catalogue; in a `new` row, add what its creation left out, unreported."""
    # Both are locked, so that no concurrent change by staff is overwritten or taken for the catalogue's own.
    entry = CatalogueEntry.objects.select_for_update().get(kind=wanted.kind, key=wanted.key)
    row = wanted.rows.select_for_update().first()
    if row is None or not entry.applied:
        return
    now, given = _plain({name: getattr(row, name) for name in wanted.owned}), _plain(wanted.owned)
    differing = [name for name in given if now[name] != given[name]]
    owned = [name for name in differing if now[name] == entry.applied.get(name)]
    theirs = [name for name in differing if name not in owned]
    if owned:
        wanted.rows.update(**{name: wanted.owned[name] for name in owned})
    if owned and not new:
        before, after = {name: now[name] for name in owned}, {name: given[name] for name in owned}
        audit.record(actor=ACTOR, verb="change", subject=row, before=before, after=after)
        yield Change("update", wanted.kind, wanted.key, ", ".join(f"{n} {now[n]} → {given[n]}" for n in owned))
    if theirs:
        told = ", ".join(f"{n} {now[n]} (the catalogue has {given[n]})" for n in theirs)
        yield Change("keep", wanted.kind, wanted.key, f"staff changed {told}")
    applied = entry.applied | {name: value for name, value in given.items() if name not in theirs}
    if applied != entry.applied:
        CatalogueEntry.objects.filter(pk=entry.pk).update(applied=applied)


def _plain(values: Mapping[str, object]) -> dict[str, Value]:
    """Convert the values to JSON types, so that written values can be compared with current ones."""
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: object) -> Value:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
