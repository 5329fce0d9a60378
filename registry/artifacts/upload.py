"""Uploads of artifacts: the bytes are hashed as they arrive, checked by content, and only then live.

A pending row is committed before the first byte is stored, so that whatever a dead writer leaves can be found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry import events, validation
from registry.artifacts import content_check, ownership, storage
from registry.errors import ArtifactExists, DigestMismatch, FormatRefused, NotDeployable, StoreUnavailable
from registry.models import ModelArtifact, ModelVersion
from registry.models.artifacts import ArtifactKind
from registry.models.locks import lock_version
from registry.states import ARTIFACT_EDGES, ArtifactState, VerificationVerdict, VersionState
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.database.ids import new_id
from youman.core.errors import TooLarge, YoumanError
from youman.core.events.outbox import announce
from youman.core.states import transition, try_transition

_LATER = (ArtifactKind.REPORT, ArtifactKind.METADATA)  # may still be added to a ready version
_HERE = (ArtifactState.LIVE, ArtifactState.MARKED)


def begin_upload(*, version: ModelVersion, type: str, name: str, actor: Actor) -> ModelArtifact:
    """Create the pending row. Raises InvalidInput, and NotDeployable when the version accepts no more artifacts."""
    validation.check_artifact_type(type)
    validation.check_artifact_name(name)
    _check_open(version, type)
    pk = new_id()
    key = f"{version.pk}/{pk}"
    return ModelArtifact.objects.create(
        pk=pk, version=version, type=type, name=name, key=key, created_by=str(actor)[:200]
    )


def _check_open(version: ModelVersion, type: str) -> None:
    if version.state == VersionState.ARCHIVED:
        raise NotDeployable(f"{version} is archived; create a new version")
    if version.state != VersionState.DRAFT and type not in _LATER:
        raise NotDeployable(
            f"{version} is {version.state}: only reports and metadata can be added; create a new version"
        )


class ArtifactIntake:
    """Receives the bytes of one pending artifact. End with `finish` or `discard`.

    Every attempt writes to its own key, so that one that has lost the artifact cannot harm what the winner stored,
    not even when a copy of this database makes the same attempt in the same store.
    """

    def __init__(self, artifact: ModelArtifact, *, attempt: int = 0) -> None:
        self._artifact = artifact
        self._key = f"{artifact.key}.{attempt}.{new_id().hex[-12:]}" if attempt else artifact.key
        self._digest = hashlib.sha256()
        self._most = settings.ARTIFACT_MAX_MB * 1024 * 1024
        self.size = 0
        self._writing = storage.store().create(self._key)
        self._hashing = ThreadPoolExecutor(
            1, thread_name_prefix="hashing"
        )  # runs while bytes are written, on another core

    def write(self, data: bytes) -> None:
        """Store and hash the next bytes. Raises TooLarge, StorageFull, StoreUnavailable."""
        self.size += len(data)
        if self.size > self._most:
            raise TooLarge(f"An artifact may have at most {settings.ARTIFACT_MAX_MB:,} MB; raise ARTIFACT_MAX_MB")
        hashed = self._hashing.submit(self._digest.update, data)
        self._writing.write(data)
        hashed.result()

    def finish(
        self, *, actor: Actor, sha256: str = "", size: int | None = None, fence: Callable[[], None] | None = None
    ) -> ModelArtifact:
        """Make the artifact live and return it, or return the existing one with the same content.

        `fence` runs in the deciding transaction and raises when another worker has taken the artifact over.
        Raises DigestMismatch, FormatRefused, PickleRefused, ArchiveRefused, ArtifactExists, NotDeployable.
        """
        self._hashing.shutdown()
        found = self._digest.hexdigest()
        if (sha256 and sha256 != found) or (size is not None and size != self.size):
            announced = sha256 or f"{size} bytes"
            raise DigestMismatch(f"{self.size} bytes with SHA-256 {found} arrived; {announced} was announced")
        if not self.size:
            raise FormatRefused("The file is empty")
        ownership.mark_write()
        self._writing.commit()
        with storage.store().open(self._key) as file:
            format = content_check.inspect(file, self._artifact.name)
        return self._settle(found, format, actor, fence or (lambda: None))

    def abort(self) -> None:
        """Delete the bytes and leave the row unchanged. If the store is down, the collector deletes them later."""
        self._hashing.shutdown(wait=False)
        with suppress(StoreUnavailable):
            self._writing.abort()
            self._forget()

    def discard(self, why: str) -> None:
        """Delete the bytes and end the row with the reason."""
        self.abort()
        end_pending(self._artifact, why)

    def _settle(self, sha256: str, format: str, actor: Actor, fence: Callable[[], None]) -> ModelArtifact:
        artifact = self._artifact
        with transaction.atomic():
            version = lock_version(artifact.version_id)
            _check_open(version, artifact.type)
            fence()
            here = version.artifacts.filter(state__in=_HERE)
            same_name = here.filter(type=artifact.type, name=artifact.name).first()
            if same_name is not None and same_name.sha256 != sha256:
                raise ArtifactExists(
                    f"{version} has another {artifact.type} named {artifact.name}; create a new version"
                )
            twin = same_name or here.filter(sha256=sha256).first()
            if same_name is None:
                _make_live(artifact, twin.key if twin else self._key, sha256, self.size, format)
                _tell(version, artifact, actor)
            else:
                end_pending(artifact, f"the same content is already stored as {same_name.pk}")
        if twin is not None:
            self._forget()
        return same_name or artifact

    def _forget(self) -> None:
        # Without asking who owns the store: only this attempt has ever written to its key.
        if not ModelArtifact.objects.filter(key=self._key, state__in=_HERE).exists():
            storage.store().delete(self._key)


def intake_of(artifact: ModelArtifact) -> ArtifactIntake:
    """Return the intake of a new pending artifact, which ends when the store refuses it."""
    try:
        return ArtifactIntake(artifact)
    except YoumanError as error:
        end_pending(artifact, error.detail)
        raise


@contextmanager
def receiving_artifact(*, version: ModelVersion, type: str, name: str, actor: Actor) -> Iterator[ArtifactIntake]:
    """Yield an intake that is discarded unless the block completes."""
    intake = intake_of(begin_upload(version=version, type=type, name=name, actor=actor))
    done = False
    try:
        yield intake
        done = True
    finally:
        if not done:
            intake.discard("the upload did not finish")


def end_pending(artifact: ModelArtifact, why: str) -> bool:
    """End a pending artifact. Return False if it is not pending.

    The collector deletes what it stored one day later: a copy of this database may know the same artifact and need it.
    """
    rows = ModelArtifact.objects.filter(pk=artifact.pk, state=ArtifactState.PENDING)
    changes = {"deleted_at": timezone.now(), "detail": why[:300]}
    return try_transition(rows, edges=ARTIFACT_EDGES, to=ArtifactState.DELETED, **changes)


def _make_live(artifact: ModelArtifact, key: str, sha256: str, size: int, format: str) -> None:
    rows = ModelArtifact.objects.filter(pk=artifact.pk)
    facts = {"key": key, "sha256": sha256, "size": size, "format": format}
    facts |= {"verified_at": timezone.now(), "verdict": VerificationVerdict.OK}
    transition(rows, edges=ARTIFACT_EDGES, to=ArtifactState.LIVE, **facts)
    artifact.refresh_from_db(fields=["state", *facts])


def _tell(version: ModelVersion, artifact: ModelArtifact, actor: Actor) -> None:
    facts = {"artifact": artifact.name, "type": artifact.type, "size": artifact.size, "sha256": artifact.sha256}
    audit.record(actor=actor, verb="store artifact", subject=artifact, after=facts | {"version": str(version)})
    announce(
        events.ArtifactLive(
            version.model.name,
            version.number,
            version.pk,
            artifact=artifact.name,
            kind=artifact.type,
            size=artifact.size or 0,
            sha256=artifact.sha256,
        )
    )
