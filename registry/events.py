"""Events that the registry publishes; see `docs/events.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from youman.core.events.event_types import About, Event, declare

ModelName = Annotated[str, About("Name of the registered model", "editor")]
VersionNumber = Annotated[int, About("Number of the version within its model", 4)]
VersionId = Annotated[UUID, About("Id of the version", "01936c5e-8f4a-7d11-a1c2-5b6e7f809102")]
Reason = Annotated[str, About("The reason that staff gave; may be empty", "replaced by editor/5")]
ArtifactName = Annotated[str, About("Name of the artifact", "model.safetensors")]
ArtifactSize = Annotated[int, About("Size in bytes", 4_194_304)]
AliasName = Annotated[str, About("Name of the alias", "champion")]
Person = Annotated[str, About("User name, or the part of the system that acted", "alice")]


@dataclass(frozen=True, slots=True)
class VersionEvent(Event):
    """The fields that all events of a version share."""

    model: ModelName
    version: VersionNumber
    version_id: VersionId


@declare
@dataclass(frozen=True, slots=True)
class ModelRegistered(Event):
    """A model has been registered."""

    type: ClassVar[str] = "model.registered"
    model: ModelName
    task: Annotated[str, About("What models of this name do: humanize, detect or judge", "humanize")]


@declare
@dataclass(frozen=True, slots=True)
class VersionCreated(VersionEvent):
    """A version has been created, as a draft."""

    type: ClassVar[str] = "version.created"


@declare
@dataclass(frozen=True, slots=True)
class VersionReady(VersionEvent):
    """A version has become ready: it may be promoted and deployed."""

    type: ClassVar[str] = "version.ready"


@declare
@dataclass(frozen=True, slots=True)
class VersionDeprecated(VersionEvent):
    """A version has been deprecated: existing uses continue, new ones are refused."""

    type: ClassVar[str] = "version.deprecated"
    reason: Reason


@declare
@dataclass(frozen=True, slots=True)
class VersionArchived(VersionEvent):
    """A version has been archived: its files are deleted once nothing needs them."""

    type: ClassVar[str] = "version.archived"
    reason: Reason


@declare
@dataclass(frozen=True, slots=True)
class VersionFaulty(VersionEvent):
    """A check has found damage in an intact version; until it is repaired, it cannot be promoted or deployed."""

    type: ClassVar[str] = "version.faulty"
    fault: Annotated[str, About("What is wrong, as a sentence", "model.safetensors has 12 of 4194304 bytes")]


@declare
@dataclass(frozen=True, slots=True)
class VersionMended(VersionEvent):
    """All files of a damaged version match what was stored again."""

    type: ClassVar[str] = "version.mended"


@declare
@dataclass(frozen=True, slots=True)
class ArtifactLive(VersionEvent):
    """A file of a version has been uploaded and checked."""

    type: ClassVar[str] = "artifact.live"
    artifact: ArtifactName
    kind: Annotated[str, About("Kind of the artifact, such as model, tokenizer or report", "model")]
    size: ArtifactSize
    sha256: Annotated[str, About("SHA-256 of its bytes, in hexadecimal", "9f2c…64 digits")]


@declare
@dataclass(frozen=True, slots=True)
class ArtifactDamagedEvent(VersionEvent):
    """A check has found that a file differs from what was stored. Sent once for each finding, not at every check."""

    type: ClassVar[str] = "artifact.damaged"
    artifact: ArtifactName
    verdict: Annotated[str, About("corrupt, truncated, missing or swapped", "truncated")]
    detail: Annotated[str, About("What was found, as a sentence", "model.safetensors has 12 of 4194304 bytes")]


@declare
@dataclass(frozen=True, slots=True)
class ArtifactDeleted(VersionEvent):
    """The collector has deleted a file that nothing needed any longer."""

    type: ClassVar[str] = "artifact.deleted"
    artifact: ArtifactName
    size: ArtifactSize


@declare
@dataclass(frozen=True, slots=True)
class AliasMovedEvent(VersionEvent):
    """An alias has been moved to a version: promoted, or rolled back."""

    type: ClassVar[str] = "alias.moved"
    alias: AliasName
    before: Annotated[int | None, About("Number of the version that it pointed at; null for a new alias", 3)]
    kind: Annotated[str, About("promote or rollback", "promote")]
    actor: Person


@declare
@dataclass(frozen=True, slots=True)
class AliasRemoved(VersionEvent):
    """An alias has been removed from the version that it pointed at."""

    type: ClassVar[str] = "alias.removed"
    alias: AliasName
    actor: Person


@declare
@dataclass(frozen=True, slots=True)
class PromotionRequested(VersionEvent):
    """A move of a protected alias waits for a second approver."""

    type: ClassVar[str] = "promotion.requested"
    alias: AliasName
    requested_by: Person


@declare
@dataclass(frozen=True, slots=True)
class PromotionDecided(VersionEvent):
    """A requested move has been approved, rejected or withdrawn. An approved one is followed by `alias.moved`."""

    type: ClassVar[str] = "promotion.decided"
    alias: AliasName
    decision: Annotated[str, About("approved, rejected or withdrawn", "approved")]
    decided_by: Person
