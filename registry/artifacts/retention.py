"""Garbage collection by reachability, in two phases: marked first, deleted after a grace period.

Artifacts stay if their version is not archived, is named by an alias, a hold or a pending promotion, or is an ancestor
of a version that stays.

Only the owner of the store deletes (see `ownership`): a copy of the database does not know what the original needs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry import events
from registry.artifacts import ownership, storage
from registry.artifacts.upload import end_pending
from registry.models import Alias, Hold, ModelArtifact, ModelVersion, ModelVersionParent, PromotionRequest, Upload
from registry.models.locks import lock_version
from registry.states import ARTIFACT_EDGES, ArtifactState, RequestState, UploadState, VersionState
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.events.outbox import announce
from youman.core.states import try_transition

GRACE = timedelta(days=7)  # anyone who still needs a version has a week to point an alias or a hold at it
UNKNOWN_GRACE = timedelta(days=7)  # a second installation in the same bucket is noticed within a week
STALE_AFTER = timedelta(hours=24)  # no upload in one request takes a day: its writer is dead
_OPEN = (UploadState.OPEN, UploadState.QUEUED, UploadState.RUNNING)
_HERE = (ArtifactState.LIVE, ArtifactState.MARKED)
logger = logging.getLogger(__name__)


@dataclass(slots=True)
class RetentionReport:
    """What a round did, or with `dry_run` would do; byte counts include each stored content once.

    `refused` says why the round deleted nothing. `unknown` lists objects that no row has ever named and that are kept.
    """

    dry_run: bool
    refused: str = ""
    marked: list[str] = field(default_factory=list)
    marked_bytes: int = 0
    deleted: list[str] = field(default_factory=list)
    deleted_bytes: int = 0
    rescued: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    orphan_bytes: int = 0
    unknown: list[str] = field(default_factory=list)


def collect(
    *,
    actor: Actor,
    dry_run: bool = False,
    grace: timedelta = GRACE,
    now: datetime | None = None,
    model: str = "",
    unknown: bool = False,
) -> RetentionReport:
    """Run one round: delete what was marked before the grace period, mark what nothing needs, remove abandoned writes.

    Changes nothing unless this database owns the store and no object younger than a week is unknown to it; `refused`
    then says why. Safe to run concurrently with itself and with new holds. `model` restricts the round to one model's
    artifacts. `unknown` also removes the older objects that no row has ever named. Raises StoreUnavailable.
    """
    moment, report = now or timezone.now(), RetentionReport(dry_run)
    if not _may_collect(report, now):
        return report
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
        _remove_orphans(report, now)
        if unknown:
            _remove_unknown(report)
    return report


def _may_collect(report: RetentionReport, now: datetime | None) -> bool:
    """Find out whether this database owns the store and knows all that is young in it; note why not."""
    standing = ownership.examine() if report.dry_run else ownership.renew()
    unclaimed = report.dry_run and standing.verdict == ownership.Verdict.UNCLAIMED
    report.refused = "" if standing.owned or unclaimed else standing.detail
    report.refused = report.refused or _find_unknown(report, now)
    if not report.dry_run:
        ownership.record_refusal(report.refused)
    if report.refused:
        logger.error("artifacts not collected", extra={"reason": report.refused})
    return not report.refused


def _find_unknown(report: RetentionReport, now: datetime | None) -> str:
    """List the objects that no row has ever named; return why the round must not go on, or an empty text.

    Their age is told by the store's clock, so that a wrong clock here makes nothing old.
    """
    place = storage.store()
    report.unknown = list(ownership.unknown_keys())
    recent = (now or ownership.store_time()) - UNKNOWN_GRACE
    young = sum(1 for key in report.unknown if (place.modified_at(key) or recent) > recent)
    if not young:
        return ""
    return (
        f"the store holds {young} objects from the last {UNKNOWN_GRACE.days} days that this database does not know, so "
        "another installation or a newer state of this database uses it; stop that one, or wait until they are older"
    )


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
            ownership.delete_if_owned([artifact.key])
    report.deleted.append(_name(artifact))
    report.deleted_bytes += freed


def _end_unfinished(report: RetentionReport, moment: datetime) -> None:
    """End artifacts whose writer is gone: pending for a day, without an open multipart upload."""
    stale = ModelArtifact.objects.filter(state=ArtifactState.PENDING, created_at__lt=moment - STALE_AFTER)
    stale = stale.exclude(upload__state__in=_OPEN).select_related("version__model")
    for artifact in stale.order_by("created_at")[:1_000]:
        if report.dry_run or end_pending(artifact, "its upload was never finished"):
            report.unfinished.append(_name(artifact))
    if not report.dry_run:
        storage.store().tidy(moment - STALE_AFTER, lambda key: ownership.owner_of(key) is not None)


def _remove_orphans(report: RetentionReport, now: datetime | None) -> None:
    """Remove the objects of artifacts and uploads that ended a day ago. Those that no row has ever named stay.

    The day gives another state of this database time to mark the store, which every one of them does daily. Objects
    without a row are removed like the others only when `_is_ours`.
    """
    place, unknown = storage.store(), set(report.unknown)
    since, due = ownership.held_since(), (now or ownership.store_time()) - STALE_AFTER
    for batch in _batches(place.keys()):
        needed = _needed_keys(batch, due)
        for key in (one for one in batch if one not in needed and ownership.owner_of(one) is not None):
            written = place.modified_at(key)
            if written is None or written > due or (key in unknown and not _is_ours(key, written, since)):
                continue
            _remove(key, report)
            unknown.discard(key)
    report.unknown = [key for key in report.unknown if key in unknown]


def _is_ours(key: str, written: datetime, since: datetime | None) -> bool:
    """Return whether an object without a row was written to a known version since this database owns the store.

    Had another state of this database written it, the mark of that state would have stopped the round.
    """
    version = key.partition("/")[0]
    if since is None or written <= since or version == "parts":
        return False
    return ModelVersion.objects.filter(pk=version).exists()


def _remove_unknown(report: RetentionReport) -> None:
    for key in report.unknown:
        _remove(key, report)
    report.unknown = []


def _remove(key: str, report: RetentionReport) -> None:
    report.orphans.append(key)
    report.orphan_bytes += storage.store().size(key) or 0
    if not report.dry_run:
        ownership.delete_if_owned([key])


def _needed_keys(keys: Iterable[str], due: datetime) -> set[str]:
    """Return the keys that rows need, or needed until `due`.

    Pending rows are read first, because a row may become live in between.
    """
    wanted = list(keys)
    pending = {str(pk) for pk in _open_ids(wanted, due)}
    here = set(ModelArtifact.objects.filter(key__in=wanted, state__in=_HERE).values_list("key", flat=True))
    return here | {key for key in wanted if str(ownership.owner_of(key)) in pending}


def _open_ids(keys: Iterable[str], due: datetime) -> Iterator[UUID]:
    owners = [owner for key in keys if (owner := ownership.owner_of(key)) is not None]
    pending = Q(state=ArtifactState.PENDING) | Q(state=ArtifactState.DELETED, deleted_at__gt=due)
    yield from ModelArtifact.objects.filter(pending, pk__in=owners).values_list("pk", flat=True)
    still_open = Q(state__in=_OPEN) | Q(finished_at__gt=due)
    yield from Upload.objects.filter(still_open, pk__in=owners).values_list("pk", flat=True)


def _batches(keys: Iterator[str], size: int = 500) -> Iterator[list[str]]:
    while batch := list(islice(keys, size)):
        yield batch


def _facts(artifact: ModelArtifact) -> dict[str, str | int | None]:
    return {"version": str(artifact.version), "artifact": artifact.name, "bytes": artifact.size}


def _name(artifact: ModelArtifact) -> str:
    return f"{artifact.version} {artifact.type} {artifact.name}"
