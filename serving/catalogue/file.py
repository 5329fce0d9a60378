"""Reads the catalogue file and refuses invalid entries, naming the entry, the field and what it expects."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from serving.backends import vendors
from serving.models import SizeClass, Thinking
from youman.core.errors import InvalidInput
from youman.core.models.tiers import Tier

FILE = Path(__file__).parent / "models.toml"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A vendor's model. `successor` is a `model_id` of the same provider; sizes are in tokens."""

    provider: str
    model_id: str
    name: str
    size: str
    context_window: int
    max_output: int
    released_on: date | None = None
    ends_on: date | None = None
    successor: str = ""
    takes_temperature: bool = False
    thinking: str = "none"
    thinking_floor: str = ""
    takes_json_schema: bool = True
    takes_cache_options: bool = False
    has_flex: bool = False
    has_batch: bool = False

    @property
    def key(self) -> str:
        return f"{self.provider}/{self.model_id}"


@dataclass(frozen=True, slots=True)
class TierPriceEntry:
    """The share of its list price that a vendor charges from a day on, for each model that has the service tier."""

    provider: str
    service_tier: str
    from_day: date
    share: Decimal
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.provider} {self.service_tier} {self.from_day}"


@dataclass(frozen=True, slots=True)
class DeploymentEntry:
    """A deployment that comes with the catalogue. `model` is a `provider/model_id`; the share is a percentage."""

    name: str
    backend: str
    model: str
    tier_floor: str
    traffic_share: int
    description: str = ""

    @property
    def key(self) -> str:
        return self.name


Entry = ModelEntry | TierPriceEntry | DeploymentEntry
E = TypeVar("E", ModelEntry, TierPriceEntry, DeploymentEntry)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of each kind, sorted by key, so that concurrent syncs lock the same rows in the same order."""

    models: tuple[ModelEntry, ...]
    tier_prices: tuple[TierPriceEntry, ...]
    deployments: tuple[DeploymentEntry, ...]


def read_catalogue(path: Path = FILE) -> Catalogue:
    """Read a catalogue file. Raises InvalidInput, with the fix, if it cannot be read or an entry is invalid."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} is not valid TOML: {error}") from error
    _refuse_unknown(content, ("models", "tier_prices", "deployments"), path.name)
    models = _entries(content, "models", ModelEntry)
    tier_prices = _entries(content, "tier_prices", TierPriceEntry)
    deployments = _entries(content, "deployments", DeploymentEntry)
    for model in models:
        _check_model(model, models)
    for price in tier_prices:
        _check_tier_price(price, models)
    for deployment in deployments:
        _check_deployment(deployment, models)
    return Catalogue(models, tier_prices, deployments)


def _entries(content: Mapping[str, object], kind: str, made: type[E]) -> tuple[E, ...]:
    tables = content.get(kind, [])
    if not isinstance(tables, list):
        raise InvalidInput(f"{kind} must be a list of tables: write [[{kind}]] above each")
    found: dict[str, E] = {}
    for number, table in enumerate(tables, start=1):
        entry = _entry(table, made, f"{kind} number {number}")
        if entry.key in found:
            raise InvalidInput(f"{kind}: {entry.key} appears twice; remove one")
        found[entry.key] = entry
    return tuple(found[key] for key in sorted(found))


def _entry(table: Mapping[str, object], made: type[E], where: str) -> E:
    named = next((str(table[name]) for name in ("model_id", "name", "provider") if name in table), "")
    where = f"{where} ({named})" if named else where
    known = {one.name: one for one in fields(made)}
    _refuse_unknown(table, known, where)
    missing = [name for name, one in known.items() if one.default is MISSING and name not in table]
    if missing:
        raise InvalidInput(f"{where} lacks {', '.join(missing)}")
    values = {name: _typed(value, str(known[name].type), f"{where}: {name}") for name, value in table.items()}
    return made(**values)  # type: ignore[arg-type]  # each value was checked against its field


def _refuse_unknown(table: Mapping[str, object], known: Iterable[str], where: str) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise InvalidInput(f"{where}: unknown field {unknown[0]!r}; expected one of {', '.join(known)}")


_TYPES: Mapping[str, tuple[type, str]] = {
    "str": (str, "a text"),
    "int": (int, "a whole number"),
    "bool": (bool, "true or false"),
    "date": (date, "a date such as 2026-11-24"),
    "date | None": (date, "a date such as 2026-11-24"),
    "Decimal": (str, 'a decimal number in quotes, such as "0.5"'),
}


def _typed(value: object, annotation: str, where: str) -> object:
    kind, expected = _TYPES[annotation]
    if type(value) is not kind:  # not isinstance: true is an int, and a date with a time is a date
        raise InvalidInput(f"{where} must be {expected}")
    if annotation != "Decimal":
        return value
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise InvalidInput(f"{where} must be {expected}") from error


def _check_model(entry: ModelEntry, models: Iterable[ModelEntry]) -> None:
    _check_choice(entry.size, SizeClass.values, f"{entry.key}: size")
    _check_choice(entry.thinking, Thinking.values, f"{entry.key}: thinking")
    if entry.context_window < 1 or entry.max_output < 1:
        raise InvalidInput(f"{entry.key}: context_window and max_output must be at least 1")
    if entry.released_on and entry.ends_on and entry.ends_on <= entry.released_on:
        raise InvalidInput(f"{entry.key}: ends_on must be after released_on")
    if entry.thinking == Thinking.LOWEST and not entry.thinking_floor:
        raise InvalidInput(f"{entry.key}: thinking_floor must name the lowest level where thinking is `lowest`")
    vendor = vendors.descriptors().get(entry.provider)
    if vendor and entry.has_batch and not vendor.has_batches:
        raise InvalidInput(f"{entry.key}: has_batch must be false, since batches of {vendor.label} are not supported")
    if vendor and entry.has_flex and not vendor.has_flex:
        raise InvalidInput(
            f"{entry.key}: has_flex must be false, since the flex tier of {vendor.label} is not supported"
        )
    others = [one.model_id for one in models if one.provider == entry.provider and one is not entry]
    if entry.successor:
        _check_choice(entry.successor, others, f"{entry.key}: successor")


def _check_tier_price(entry: TierPriceEntry, models: Iterable[ModelEntry]) -> None:
    _check_choice(entry.provider, sorted({one.provider for one in models}), f"{entry.key}: provider")
    _check_choice(entry.service_tier, ("flex", "batch"), f"{entry.key}: service_tier")
    if not 0 < entry.share <= 1:
        raise InvalidInput(f'{entry.key}: share must be above 0 and at most 1; "0.5" is half of the list price')


def _check_deployment(entry: DeploymentEntry, models: Iterable[ModelEntry]) -> None:
    _check_choice(entry.backend, sorted(vendors.descriptors()), f"{entry.key}: backend")
    _check_choice(entry.model, [one.key for one in models], f"{entry.key}: model")
    _check_choice(entry.tier_floor, Tier.values, f"{entry.key}: tier_floor")
    if not 0 <= entry.traffic_share <= 100:
        raise InvalidInput(f"{entry.key}: traffic_share must be from 0 to 100")


def _check_choice(value: str, known: Iterable[str], where: str) -> None:
    if value not in known:
        raise InvalidInput(f"{where} is {value!r}; expected one of {', '.join(known) or 'nothing yet'}")
