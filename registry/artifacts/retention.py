"""Garbage collection by reachability, in two phases: marked first, deleted after a grace period.

Artifacts stay if their version is not archived, is named by an alias, a hold or a pending promotion, or is an ancestor
of a version that stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry import events
from registry.artifacts import storage
from registry.artifacts.upload import remove_pending
from registry.models import Alias, Hold, ModelArtifact, ModelVersion, ModelVersionParent, PromotionRequest, Upload
from registry.models.locks import lock_version
from registry.states import ARTIFACT_EDGES, ArtifactState, RequestState, UploadState, VersionState
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.events.outbox import announce
from youman.core.states import try_transition

GRACE = timedelta(days=7)  # anyone who still needs a version has a week to point an alias or a hold at it
STALE_AFTER = timedelta(hours=24)  # no upload in one request takes a day: its writer is dead
_OPEN = (UploadState.OPEN, UploadState.QUEUED, UploadState.RUNNING)
_HERE = (ArtifactState.LIVE, ArtifactState.MARKED)


@dataclass(slots=True)
class RetentionReport:
    """What a round did, or with `dry_run` would do; byte counts include each stored content once."""

    dry_run: bool
    marked: list[str] = field(default_factory=list)
    marked_bytes: int = 0
    deleted: list[str] = field(default_factory=list)
    deleted_bytes: int = 0
    rescued: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    orphan_bytes: int = 0


def collect(
    *, actor: Actor, dry_run: bool = False, grace: timedelta = GRACE, now: datetime | None = None, model: str = ""
) -> RetentionReport:
    """Run one round: delete what was marked before the grace period, mark what nothing needs, remove abandoned writes.

    Safe to run concurrently with itself and with new holds. `model` restricts the round to one model's artifacts.
    """
    moment, report = now or timezone.now(), RetentionReport(dry_run)
    garbage = unreachable()
    artifacts = ModelArtifact.objects.filter(state__in=_HERE).select_related("version__model")
    if model:
        artifacts = artifacts.filter(version__model__name=model)
    for artifact in _marked(artifacts, moment - grace):
        if artifact.version_id not in garbage:
            _rescue(artifact, report)
        elif artifact.marked_at is not None and artifact.marked_at <= moment - grace:
            _delete(artifact, report, actor, moment)
    for artifact in artifacts.filter(state=ArtifactState.LIVE, version_id__in=garbage).order_by("created_at", "id"):
        _mark(artifact, report, actor, moment)
    if not model:
        _end_unfinished(report, moment)
        _remove_orphans(report, moment)
    return report


def _marked(artifacts: QuerySet[ModelArtifact], due: datetime) -> QuerySet[ModelArtifact]:
    """Return the marked artifacts; `frees` tells whether deleting the row would also free its bytes."""
    twins = ModelArtifact.objects.filter(key=OuterRef("key")).exclude(pk=OuterRef("pk"))
    live, later = Q(state=ArtifactState.LIVE), Q(state=ArtifactState.MARKED, marked_at__gt=due)
    counted = Q(state=ArtifactState.MARKED, pk__lt=OuterRef("pk"))
    rows = artifacts.filter(state=ArtifactState.MARKED).order_by("marked_at", "id")
    return rows.annotate(frees=~Exists(twins.filter(live | later | counted)))


def unreachable() -> set[UUID]:
    """Return the ids of the versions whose bytes nothing needs."""
    loose = set(_unnamed(ModelVersion.objects.filter(state=VersionState.ARCHIVED)).values_list("pk", flat=True))
    links = list(ModelVersionParent.objects.filter(parent_id__in=loose).values_list("parent_id", "child_id"))
    while kept := {parent for parent, child in links if parent in loose and child not in loose}:
        loose -= kept
    return loose


def _unnamed(rows: QuerySet[ModelVersion]) -> QuerySet[ModelVersion]:
    """Exclude the versions that an alias, a live hold or a pending promotion names."""
    mine = OuterRef("pk")
    waiting = PromotionRequest.objects.filter(version=mine, state=RequestState.PENDING)
    return rows.exclude(
        Exists(Alias.objects.filter(version=mine))
        | Exists(Hold.objects.filter(version=mine, released_at=None))
        | Exists(waiting)
    )


def _still_unneeded(version: ModelVersion) -> bool:
    """Check again, under the version's lock, which holds and aliases take too."""
    rows = _unnamed(ModelVersion.objects.filter(pk=version.pk, state=VersionState.ARCHIVED))
    return rows.exists()


def _mark(artifact: ModelArtifact, report: RetentionReport, actor: Actor, moment: datetime) -> None:
    if not report.dry_run:
        with transaction.atomic():
            if not _still_unneeded(lock_version(artifact.version_id)):
                return
            rows = ModelArtifact.objects.filter(pk=artifact.pk, state=ArtifactState.LIVE)
            if not try_transition(rows, edges=ARTIFACT_EDGES, to=ArtifactState.MARKED, marked_at=moment):
                return
            audit.record(actor=actor, verb="mark for deletion", subject=artifact, after=_facts(artifact))
    report.marked.append(_name(artifact))
    report.marked_bytes += artifact.size or 0


def _rescue(artifact: ModelArtifact, report: RetentionReport) -> None:
    rows = ModelArtifact.objects.filter(pk=artifact.pk, state=ArtifactState.MARKED)
    if report.dry_run or try_transition(rows, edges=ARTIFACT_EDGES, to=ArtifactState.LIVE, marked_at=None):
        report.rescued.append(_name(artifact))


def _delete(artifact: ModelArtifact, report: RetentionReport, actor: Actor, moment: datetime) -> None:
    if report.dry_run:
        freed = (artifact.size or 0) if artifact.frees else 0  # type: ignore[attr-defined]  # annotated by `_marked`
    else:
        with transaction.atomic():
            version = lock_version(artifact.version_id)
            rows = ModelArtifact.objects.filter(pk=artifact.pk, state=ArtifactState.MARKED)
            if not _still_unneeded(version) or not try_transition(
                rows, edges=ARTIFACT_EDGES, to=ArtifactState.DELETED, deleted_at=moment, detail="collected"
            ):
                return
            shared = ModelArtifact.objects.filter(key=artifact.key, state__in=_HERE).exclude(pk=artifact.pk)
            freed = 0 if shared.exists() else artifact.size or 0
            audit.record(actor=actor, verb="delete", subject=artifact, after=_facts(artifact))
            announce(
                events.ArtifactDeleted(
                    version.model.name, version.number, version.pk, artifact.name, artifact.size or 0
                )
            )
        # After the commit: a crash in between leaves bytes without a row, which the orphan sweep finds.
        if freed:
            storage.store().delete(artifact.key)
    report.deleted.append(_name(artifact))
    report.deleted_bytes += freed


def _end_unfinished(report: RetentionReport, moment: datetime) -> None:
    """End artifacts whose writer is gone: pending for a day, without an open multipart upload."""
    stale = ModelArtifact.objects.filter(state=ArtifactState.PENDING, created_at__lt=moment - STALE_AFTER)
    stale = stale.exclude(upload__state__in=_OPEN).select_related("version__model")
    for artifact in stale.order_by("created_at")[:1_000]:
        if report.dry_run or remove_pending(artifact, "its upload was never finished"):
            report.unfinished.append(_name(artifact))
    if not report.dry_run:
        storage.store().tidy(moment - STALE_AFTER)


def _remove_orphans(report: RetentionReport, moment: datetime) -> None:
    """Remove objects that no row names. New objects always have one, because the row is written first."""
    place = storage.store()
    for batch in _batches(place.keys()):
        needed = _needed_keys(batch)
        for key in (one for one in batch if one not in needed):
            report.orphans.append(key)
            report.orphan_bytes += place.size(key) or 0
            if not report.dry_run:
                place.delete(key)


def _needed_keys(keys: Iterable[str]) -> set[str]:
    """Return the keys that rows need. Pending rows are read first, because a row may become live in between."""
    wanted = list(keys)
    pending = {str(pk) for pk in _open_ids(wanted)}
    here = set(ModelArtifact.objects.filter(key__in=wanted, state__in=_HERE).values_list("key", flat=True))
    return here | {key for key in wanted if _owner(key) in pending}


def _open_ids(keys: Iterable[str]) -> Iterator[UUID]:
    owners = [UUID(owner) for key in keys if (owner := _owner(key))]
    pending = ModelArtifact.objects.filter(pk__in=owners, state=ArtifactState.PENDING)
    yield from pending.values_list("pk", flat=True)
    yield from Upload.objects.filter(pk__in=owners, state__in=_OPEN).values_list("pk", flat=True)


def _owner(key: str) -> str:
    """Return the artifact or upload of a key: `<version>/<artifact>[.attempt]` or `parts/<upload>.<n>.<random>`."""
    owner = key.rpartition("/")[2].partition(".")[0]
    try:
        return str(UUID(owner))
    except ValueError:
        return ""


def _batches(keys: Iterator[str], size: int = 500) -> Iterator[list[str]]:
    while batch := list(islice(keys, size)):
        yield batch


def _facts(artifact: ModelArtifact) -> dict[str, str | int | None]:
    return {"version": str(artifact.version), "artifact": artifact.name, "bytes": artifact.size}


def _name(artifact: ModelArtifact) -> str:
    return f"{artifact.version} {artifact.type} {artifact.name}"
