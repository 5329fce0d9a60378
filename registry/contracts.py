"""What other apps may hold of a model version: frozen values, no rows. The models come with their issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

ArtifactType = Literal["model", "checkpoint", "metadata", "tokenizer", "config", "report"]


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
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HoldRequest:
    """An upper app's claim that a version must stay: `holder` is its own name for the row that needs it."""

    version: VersionRef
    holder: UUID
    reason: str


class ArtifactStore(Protocol):
    """Reads and writes artifact bytes by key; every read is checked against the recorded SHA-256."""

    def open(self, artifact: ArtifactRef) -> bytes: ...

    def put(self, version: VersionRef, type: ArtifactType, data: bytes) -> ArtifactRef: ...
