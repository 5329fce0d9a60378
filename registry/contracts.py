"""Types with which other apps refer to model versions: frozen values, never database rows."""

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
    """A model version by name: the registered model and the version's number within it, from 1."""

    model: str
    number: int

    def __str__(self) -> str:
        return f"{self.model}/{self.number}"


@dataclass(frozen=True, slots=True)
class ArtifactRef:
    """Where an artifact's bytes are stored (`key`), their size in bytes and the SHA-256 that they must have."""

    version: VersionRef
    type: ArtifactType
    name: str
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """An upper app's request to keep a version; `holder` is the id of the app's own row that needs it."""

    version: VersionRef
    holder: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A measured value with its confidence interval, where known; `n` is the number of cases behind it."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class GateCheck:
    """One check of the validation gate."""

    name: str
    passed: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class GateResult:
    """The checks of a validation gate; it passed when there are checks and all of them passed."""

    checks: tuple[GateCheck, ...]

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.passed for check in self.checks)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a promotion is based on. Without a gate result here, the version's own is used."""

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
    """A `value` that a metric must reach (>=) or not exceed (<=); `relative` adds the current holder's metric."""

    metric: str
    bound: Literal[">=", "<="]
    value: float
    relative: bool = False


@dataclass(frozen=True, slots=True)
class VersionSpec:
    """Everything known about a version when it is created. Parents cannot be added later."""

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
    """A local file to store as an artifact; `name` defaults to the file's own."""

    path: Path
    type: ArtifactType
    name: str = ""


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files that a backend reads from each version of a task, by their names as artifacts.

    A version that holds `graph` is meant for that backend. `check` is the dotted path of a function that takes a folder
    with the files and returns why the backend cannot run them, as a sentence, or an empty text.
    """

    task: str
    files: tuple[str, ...]
    graph: str
    check: str


def version_ref(text: str) -> VersionRef:
    """Parse `model/number`. Raises InvalidInput."""
    model, _, number = text.rpartition("/")
    if not model or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise InvalidInput(f"{text[:100]!r} is not a version; write model/number, such as editor/3")
    return VersionRef(model, int(number))
