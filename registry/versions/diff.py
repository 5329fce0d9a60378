"""The differences between two versions: parameters, metrics, data, artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry import selectors
from registry.models import ModelVersion

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A value that differs; `before` or `after` is None where that version lacks it."""

    name: str
    before: Scalar
    after: Scalar


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """The differences between two versions, which are named `model/number`."""

    before: str
    after: str
    parameters: tuple[VersionChange, ...]
    metrics: tuple[VersionChange, ...]
    data: tuple[VersionChange, ...]
    artifacts: tuple[VersionChange, ...]


def diff(before: ModelVersion, after: ModelVersion) -> VersionDiff:
    """Compare two versions, of the same model or of different ones."""
    return VersionDiff(
        before=str(before),
        after=str(after),
        parameters=_changes(flatten(before.config), flatten(after.config)),
        metrics=_changes(_values(before), _values(after)),
        data=_changes(_data(before), _data(after)),
        artifacts=_changes(_artifacts(before), _artifacts(after)),
    )


def flatten(value: object, name: str = "") -> dict[str, Scalar]:
    """Flatten nested JSON to `a.b.0` → value."""
    if isinstance(value, Mapping) and value:
        parts = [flatten(inner, f"{name}.{key}".lstrip(".")) for key, inner in value.items()]
    elif isinstance(value, list) and value:
        parts = [flatten(inner, f"{name}.{place}".lstrip(".")) for place, inner in enumerate(value)]
    else:
        return {name: value if isinstance(value, str | int | float | bool | None) else str(value)} if name else {}
    return {key: one for part in parts for key, one in part.items()}


def _changes(before: Mapping[str, Scalar], after: Mapping[str, Scalar]) -> tuple[VersionChange, ...]:
    names = sorted(set(before) | set(after))
    return tuple(
        VersionChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def _values(version: ModelVersion) -> dict[str, Scalar]:
    return {name: one.get("value") for name, one in version.metrics.items()}


def _data(version: ModelVersion) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {f"{one.kind} {one.reference}": one.label or "yes" for one in version.references.all()}
    return found | ({"dataset_hash": version.dataset_hash} if version.dataset_hash else {})


def _artifacts(version: ModelVersion) -> dict[str, Scalar]:
    rows = selectors.live_artifacts(version)
    return {f"{one.type} {one.name}": f"{one.size} bytes, {one.sha256[:12]}" for one in rows}
