"""Checks whether artifacts still match what was stored. A damaged one makes its version undeployable.

A store that does not answer gives no verdict: StoreUnavailable is raised and nothing is written.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from registry import events, selectors
from registry.artifacts import storage
from registry.errors import StoreUnavailable
from registry.models import ModelArtifact, ModelVersion
from registry.models.locks import lock_version
from registry.states import ArtifactState, VerificationVerdict
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import NotFound
from youman.core.events.outbox import announce

logger = logging.getLogger(__name__)
_HELD_BYTES = (ArtifactState.LIVE, ArtifactState.MARKED)
SCRUB_AGAIN_AFTER = timedelta(hours=24)  # each artifact once a day, however few there are
SCRUB_BYTES = 4 * 1024**3  # per round of ten minutes: 7 MB/s, a light load for any disk


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The verdict on an artifact, with an explaining sentence unless it is intact."""

    artifact: ModelArtifact
    verdict: str
    detail: str

    @property
    def ok(self) -> bool:
        return self.verdict == VerificationVerdict.OK


def verify(*, artifact: ModelArtifact, actor: Actor) -> CheckResult:
    """Read every byte, record the verdict, and flag or clear the version. Raises StoreUnavailable."""
    verdict, detail = examine_artifact(artifact)
    with transaction.atomic():
        version = lock_version(artifact.version_id)
        rows = ModelArtifact.objects.filter(pk=artifact.pk, state__in=_HELD_BYTES)
        if rows.update(verdict=verdict, detail=detail, verified_at=timezone.now()):
            _conclude(version, artifact, verdict, detail, actor)
    artifact.verdict, artifact.detail = verdict, detail
    return CheckResult(artifact, verdict, detail)


def verify_version(*, version: ModelVersion, actor: Actor) -> tuple[CheckResult, ...]:
    """Verify every stored artifact of a version, in the order of creation. Raises StoreUnavailable."""
    rows = ModelArtifact.objects.filter(version=version, state__in=_HELD_BYTES).order_by("created_at", "id")
    return tuple(verify(artifact=one, actor=actor) for one in rows)


def examine_artifact(artifact: ModelArtifact) -> tuple[VerificationVerdict, str]:
    """Return the verdict on the bytes as they are now, and write nothing. Raises StoreUnavailable."""
    digest, size = hashlib.sha256(), 0
    try:
        with storage.store().open(artifact.key) as file:
            while data := file.read(storage.CHUNK):
                digest.update(data)
                size += len(data)
    except NotFound:
        return VerificationVerdict.MISSING, f"{artifact.name} is missing"
    found = digest.hexdigest()
    if found == artifact.sha256:
        return VerificationVerdict.OK, ""
    other = ModelArtifact.objects.filter(sha256=found).exclude(pk=artifact.pk).select_related("version__model").first()
    if other is not None:
        return VerificationVerdict.SWAPPED, f"{artifact.name} holds the bytes of {other.version} {other.name}"
    if size < (artifact.size or 0):
        return VerificationVerdict.TRUNCATED, f"{artifact.name} has {size} of {artifact.size} bytes"
    return VerificationVerdict.CORRUPT, f"{artifact.name} has changed bytes (SHA-256 {found[:12]}…)"


def note_damage(*, artifact: ModelArtifact) -> None:
    """Verify the whole artifact after a load has found bad bytes, and flag the damage that is confirmed."""
    try:
        verify(artifact=artifact, actor="load")
    except StoreUnavailable:
        logger.warning("damage not confirmed, the store does not answer", extra={"artifact": str(artifact.pk)})


def scrub(*, now: datetime | None = None, max_bytes: int = SCRUB_BYTES, limit: int = 500) -> tuple[CheckResult, ...]:
    """Verify the artifacts whose last check is oldest, up to a budget of bytes. Beat calls it periodically."""
    moment = now or timezone.now()
    due = ModelArtifact.objects.filter(state=ArtifactState.LIVE, verified_at__lt=moment - SCRUB_AGAIN_AFTER)
    done: list[CheckResult] = []
    spent = 0
    for artifact in due.order_by("verified_at")[:limit]:
        if done and spent + (artifact.size or 0) > max_bytes:
            break
        spent += artifact.size or 0
        done.append(verify(artifact=artifact, actor="scrub"))
    return tuple(done)


def _conclude(version: ModelVersion, artifact: ModelArtifact, verdict: str, detail: str, actor: Actor) -> None:
    if verdict == VerificationVerdict.OK:
        _clear_if_whole(version, actor)
        return
    was_known = artifact.verdict == verdict and bool(version.fault)
    ModelVersion.objects.filter(pk=version.pk).update(fault=detail[:300])
    if was_known:
        return
    facts = {"artifact": artifact.name, "verdict": str(verdict), "detail": detail}
    logger.error("artifact damaged", extra={"version": str(version), **facts})
    audit.record(actor=actor, verb="found damaged", subject=artifact, after=facts | {"version": str(version)})
    announce(
        events.ArtifactDamagedEvent(version.model.name, version.number, version.pk, artifact.name, str(verdict), detail)
    )
    if not version.fault:
        announce(events.VersionFaulty(version.model.name, version.number, version.pk, detail))


def _clear_if_whole(version: ModelVersion, actor: Actor) -> None:
    bad = version.artifacts.filter(state__in=_HELD_BYTES).exclude(verdict=VerificationVerdict.OK)
    if not version.fault or bad.exists():
        return
    ModelVersion.objects.filter(pk=version.pk).update(fault="")
    audit.record(actor=actor, verb="mended", subject=version, before={"fault": version.fault})
    announce(events.VersionMended(version.model.name, version.number, version.pk))


def damaged_artifacts() -> list[ModelArtifact]:
    """Return up to 200 live artifacts that failed their last check, latest check first."""
    rows = selectors.artifacts().filter(state=ArtifactState.LIVE).exclude(verdict=VerificationVerdict.OK)
    return list(rows.order_by("-verified_at")[:200])
