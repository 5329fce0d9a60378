"""Multipart upload of large artifacts: parts come in any order, are resent where one failed, and a worker joins them.

The rows decide: a worker claims an upload by a conditional UPDATE, and its attempt number fences every later write.
The collector deletes the bytes of parts a day after their upload has ended.
"""

from __future__ import annotations

import hashlib
import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from registry import validation
from registry.artifacts import ownership, storage
from registry.artifacts.upload import ArtifactIntake, begin_upload, end_pending
from registry.errors import DigestMismatch, StorageFull, StoreUnavailable
from registry.models import ModelVersion, Upload, UploadPart
from registry.states import UPLOAD_EDGES, UploadState
from youman.core.accounts.audit import Actor
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.database.ids import new_id
from youman.core.errors import Conflict, InvalidInput, NotFound, StaleAttempt, TooLarge, YoumanError
from youman.core.runtime import queue
from youman.core.states import transition, try_transition

logger = logging.getLogger(__name__)
ASSEMBLE_TASK = "registry.assemble"
MAX_PARTS = 10_000
STALE_AFTER = timedelta(seconds=30)  # thirty heartbeats missed: the worker is dead
# The broker has lost the message or is slow; a duplicate finds the row claimed and does nothing.
ENQUEUE_AGAIN_AFTER = timedelta(seconds=30)
ABANDONED_AFTER = timedelta(days=7)  # longer than a weekend; after that the parts only take up space
MAX_RECOVERIES = 3  # an upload that has killed three workers would kill the next one
_BEAT_S = 1.0  # one write per second; the reaper comes after thirty missed ones


@transaction.atomic
def open_upload(
    *,
    version: ModelVersion,
    type: str,
    name: str,
    actor: Actor,
    size: int | None = None,
    sha256: str = "",
    claim: Claim = unclaimed,
) -> Upload:
    """Start an upload, and `claim` it; `size` is the announced size in bytes.

    Raises InvalidInput, NotDeployable when the version accepts no more artifacts, and TooLarge for the announced size.
    """
    if size is not None and size > settings.ARTIFACT_MAX_MB * 1024 * 1024:
        raise TooLarge(f"An artifact may have at most {settings.ARTIFACT_MAX_MB:,} MB; raise ARTIFACT_MAX_MB")
    upload = Upload(expected_size=size, expected_sha256=validation.check_sha256(sha256))
    claim(upload)
    upload.artifact = begin_upload(version=version, type=type, name=name, actor=actor)
    upload.save(force_insert=True)
    return upload


def upload_by_id(pk: UUID) -> Upload:
    """Return an upload with its artifact, version and model. Raises NotFound."""
    found = Upload.objects.select_related("artifact__version__model").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such upload")
    return found


class PartIntake:
    """Receives the bytes of one part. End with `finish` or `discard`; a part sent again replaces the earlier one."""

    def __init__(self, upload: Upload, number: int) -> None:
        if not 1 <= number <= MAX_PARTS:
            raise InvalidInput(f"Parts are numbered from 1 to {MAX_PARTS:,}")
        if upload.state != UploadState.OPEN:
            raise Conflict(f"The upload is {upload.state}; it accepts no more parts")
        self._upload, self._number = upload, number
        self._key = f"parts/{upload.pk}.{number}.{new_id().hex[-12:]}"
        self._digest, self.size = hashlib.sha256(), 0
        self._most = settings.ARTIFACT_MAX_MB * 1024 * 1024
        self._writing = storage.store().create(self._key)

    def write(self, data: bytes) -> None:
        """Store and hash the next bytes. Raises TooLarge when the part exceeds the size an artifact may have."""
        self.size += len(data)
        if self.size > self._most:
            raise TooLarge(
                f"A part may have at most {settings.ARTIFACT_MAX_MB:,} MB, like an artifact; raise ARTIFACT_MAX_MB"
            )
        self._digest.update(data)
        self._writing.write(data)

    def finish(self, *, sha256: str = "") -> UploadPart:
        """Commit the part; a part sent again replaces the earlier one.

        Raises DigestMismatch, and InvalidInput for an empty part.
        """
        found = self._digest.hexdigest()
        if sha256 and sha256 != found:
            raise DigestMismatch(f"Part {self._number} arrived with SHA-256 {found}; send it again")
        if not self.size:
            raise InvalidInput(f"Part {self._number} is empty; send it again")
        ownership.mark_write()
        self._writing.commit()
        self._record(found)
        return UploadPart.objects.get(upload=self._upload, number=self._number)

    @transaction.atomic
    def _record(self, sha256: str) -> None:
        # Locked, so that a part sent twice at once replaces its object only once, and no completion begins in between.
        upload = Upload.objects.select_for_update().get(pk=self._upload.pk)
        if upload.state != UploadState.OPEN:
            raise Conflict(f"The upload is {upload.state}; it accepts no more parts")
        facts = {"key": self._key, "size": self.size, "sha256": sha256}
        UploadPart.objects.update_or_create(upload=upload, number=self._number, defaults=facts)

    def discard(self) -> None:
        """Delete the bytes, unless they were committed. Nobody else has ever written to their key."""
        with suppress(StoreUnavailable):  # the collector deletes them later
            self._writing.abort()
            if not UploadPart.objects.filter(key=self._key).exists():
                storage.store().delete(self._key)


def put_part(*, upload: Upload, number: int, source: BinaryIO, sha256: str = "") -> UploadPart:
    """Store a part of an upload. Raises what `PartIntake` raises; then nothing of the part stays."""
    intake = PartIntake(upload, number)
    done = False
    try:
        while data := source.read(storage.CHUNK):
            intake.write(data)
        part = intake.finish(sha256=sha256)
        done = True
        return part
    finally:
        if not done:
            intake.discard()


@transaction.atomic
def complete_upload(*, upload: Upload) -> Upload:
    """Queue the assembly of the parts.

    Raises Conflict when a part is missing, DigestMismatch when the sizes do not add up, and WrongState.
    """
    # Locked, so that no part arrives or is replaced between this check and the change of the state.
    row = Upload.objects.select_for_update().get(pk=upload.pk)
    numbers = list(row.parts.order_by("number").values_list("number", flat=True))
    if not numbers:
        raise Conflict("No part has arrived yet; send the parts first")
    missing = sorted(set(range(1, numbers[-1] + 1)) - set(numbers))
    if missing:
        raise Conflict(f"Part {missing[0]} of {numbers[-1]} is missing; send it")
    total = row.parts.aggregate(total=Sum("size"))["total"] or 0
    if row.expected_size is not None and total != row.expected_size:
        raise DigestMismatch(f"{total} bytes have arrived, {row.expected_size} were announced")
    changes = {"total_bytes": total, "enqueued_at": timezone.now()}
    transition(Upload.objects.filter(pk=row.pk), edges=UPLOAD_EDGES, to=UploadState.QUEUED, **changes)
    queue.enqueue_on_commit(ASSEMBLE_TASK, str(row.pk))
    return upload_by_id(row.pk)


def abandon_upload(*, upload: Upload) -> None:
    """Stop an upload; the collector deletes its parts a day later. Raises Conflict when it is running or finished."""
    rows = Upload.objects.filter(pk=upload.pk, state__in=(UploadState.OPEN, UploadState.QUEUED))
    if not _fail(rows, "abandoned", "The upload was abandoned"):
        raise Conflict(f"The upload is {upload_by_id(upload.pk).state}; only an open or queued one can be abandoned")
    _clear(upload, "the upload was abandoned")


def assemble(upload_id: UUID) -> None:
    """Assemble an upload, in a worker. Does nothing when another worker has it; a refused file makes it fail."""
    upload = _claim(upload_id)
    if upload is None:
        return
    intake: ArtifactIntake | None = None
    try:
        intake = ArtifactIntake(upload.artifact, attempt=upload.attempt)
        _pour(upload, intake)
        _finish(upload, intake)
    except YoumanError as error:
        if intake is not None:
            intake.abort()
        _give_up(upload, error)
    else:
        UploadPart.objects.filter(upload=upload).delete()


def _give_up(upload: Upload, error: YoumanError) -> None:
    """Queue the upload again for `sweep` when the store is only down or full; otherwise fail it with the reason.

    Write nothing when another worker has taken the upload over.
    """
    if isinstance(error, StaleAttempt):
        return
    if isinstance(error, StoreUnavailable | StorageFull):
        logger.warning("upload waits for the store", extra={"upload": str(upload.pk), "reason": error.code})
        try_transition(_mine(upload), edges=UPLOAD_EDGES, to=UploadState.QUEUED, enqueued_at=timezone.now())
    elif _fail(_mine(upload), error.code, error.detail):
        _clear(upload, error.detail)


def _claim(upload_id: UUID) -> Upload | None:
    rows = Upload.objects.filter(pk=upload_id)
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": timezone.now(), "done_bytes": 0}
    if not try_transition(rows, edges=UPLOAD_EDGES, to=UploadState.RUNNING, **changes):
        return None
    return rows.select_related("artifact__version__model").get()


def _mine(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(pk=upload.pk, attempt=upload.attempt, state=UploadState.RUNNING)


def _pour(upload: Upload, intake: ArtifactIntake) -> None:
    place, beaten = storage.store(), time.monotonic()
    for part in upload.parts.order_by("number"):
        digest = hashlib.sha256()
        with place.open(part.key) as file:
            while data := file.read(storage.CHUNK):
                digest.update(data)
                intake.write(data)
                if time.monotonic() - beaten > _BEAT_S:
                    _beat(upload, intake.size)
                    beaten = time.monotonic()
        if digest.hexdigest() != part.sha256:
            raise DigestMismatch(f"Part {part.number} was damaged in the store; upload the artifact again")
    _beat(upload, intake.size)


def _beat(upload: Upload, done: int) -> None:
    if not _mine(upload).update(done_bytes=min(done, upload.total_bytes), heartbeat_at=timezone.now()):
        raise StaleAttempt("Another worker has this upload, or it was abandoned")


def _finish(upload: Upload, intake: ArtifactIntake) -> None:
    def fence() -> None:
        ended = {"finished_at": timezone.now(), "done_bytes": F("total_bytes")}
        if not try_transition(_mine(upload), edges=UPLOAD_EDGES, to=UploadState.COMPLETED, **ended):
            raise StaleAttempt("Another worker has this upload, or it was abandoned")

    actor = upload.artifact.created_by
    intake.finish(actor=actor, sha256=upload.expected_sha256, size=upload.expected_size, fence=fence)


def _fail(rows: QuerySet[Upload], code: str, detail: str) -> bool:
    ended = {"error_code": code, "error_detail": detail, "finished_at": timezone.now()}
    return try_transition(rows, edges=UPLOAD_EDGES, to=UploadState.FAILED, **ended)


def _clear(upload: Upload, why: str) -> None:
    end_pending(upload.artifact, why)
    UploadPart.objects.filter(upload=upload).delete()


def sweep(now: datetime | None = None) -> int:
    """Enqueue uploads again that no worker has claimed, and abandon those left open for a week; count the former."""
    moment = now or timezone.now()
    for upload in Upload.objects.filter(state=UploadState.OPEN, created_at__lt=moment - ABANDONED_AFTER)[:100]:
        abandon_upload(upload=upload)
    quiet = Q(enqueued_at=None) | Q(enqueued_at__lt=moment - ENQUEUE_AGAIN_AFTER)
    waiting = Upload.objects.filter(quiet, state=UploadState.QUEUED).order_by("created_at").values_list("pk", flat=True)

    def still_waits(pk: str) -> bool:
        return bool(Upload.objects.filter(pk=pk, state=UploadState.QUEUED).update(enqueued_at=moment))

    return queue.enqueue_missing(ASSEMBLE_TASK, [str(pk) for pk in waiting[:200]], still_waits)


def reap(now: datetime | None = None) -> int:
    """Queue uploads again whose worker has gone silent, and fail them after three recoveries; return how many."""
    moment = now or timezone.now()
    silent = Upload.objects.filter(state=UploadState.RUNNING, heartbeat_at__lt=moment - STALE_AFTER)
    return sum(_recover(upload, moment) for upload in silent.select_related("artifact")[:200])


def _recover(upload: Upload, moment: datetime) -> bool:
    same = _mine(upload).filter(heartbeat_at=upload.heartbeat_at)
    if upload.recoveries >= MAX_RECOVERIES:
        if not _fail(same, "worker_lost", "The worker stopped several times; upload again, or report it"):
            return False
        _clear(upload, "the worker was lost several times")
        return True
    with transaction.atomic():
        again = {"recoveries": F("recoveries") + 1, "enqueued_at": moment}
        moved = try_transition(same, edges=UPLOAD_EDGES, to=UploadState.QUEUED, **again)
        if moved:
            queue.enqueue_on_commit(ASSEMBLE_TASK, str(upload.pk))
    return moved
