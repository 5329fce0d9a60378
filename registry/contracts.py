"""What other apps may hold of a model version: frozen values, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

from youman.core.errors import InvalidInput

ArtifactType = Literal["model", "checkpoint", "metadata", "tokenizer", "config", "report"]
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class VersionRef:
    """A model version as others name it: the registered model and the number within it."""

    model: str
    number: int

    def __str__(self) -> str:
        return f"{self.model}/{self.number}"


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """Where an artifact's bytes are and what they must hash to; size in bytes."""

    version: VersionRef
    type: ArtifactType
    name: str
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """An upper app's claim that a version must stay: `holder` is its own name for the row that needs it."""

    version: VersionRef
    holder: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure with its interval, where one is known; `n` is how many cases it rests on."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One question of the validation gate."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """Passed when every check did."""

    checks: tuple[GateCheck, ...]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a promotion rests on; without a gate of its own the version's is taken."""

    gate: GateResult | None = None
    note: str = ""


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Reference:
    """Something outside the registry that a version came from: a dataset, a job, a commit."""

    kind: str
    reference: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """`value` that a metric must reach (≥) or stay under (≤); `relative` adds the present holder's metric to it."""

    metric: str
    bound: Literal[">=", "<="]
    value: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """All that is known of a version when it is made. Parents are given now or never."""

    config: Json = field(default_factory=dict)
    signature: Json = field(default_factory=dict)
    metrics: tuple[Metric, ...] = ()
    gate: GateResult | None = None
    card: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[VersionRef, ...] = ()
    references: tuple[Reference, ...] = ()
    dataset_hash: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()


NOTHING_KNOWN = VersionSpec()


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this machine that becomes an artifact; `name` is the file's own unless given."""

    path: Path
    type: ArtifactType
    name: str = ""


def version_ref(text: str) -> VersionRef:
    """`model/number`. Raises InvalidInput."""
    model, _, number = text.rpartition("/")
    if not model or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InvalidInput(f"{text[:100]!r} names no version; write model/number, such as editor/3")
    return VersionRef(model, int(number))
