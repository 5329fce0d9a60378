"""Checks the status of a batch at its vendor, and cancels it there when it is late or no longer wanted."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from serving.backends.base import BackendError
from serving.backends.batch_protocol import BatchBackend
from serving.errors import NotCalled
from serving.models import VendorBatch
from serving.states import BATCH_EDGES, BatchState
from serving.vendor_batches.lease import STEP_S, lease_batch, vendor_backend
from youman.core.states import transition

logger = logging.getLogger(__name__)
PATIENCE = timedelta(hours=2)  # after the deadline; a batch that the vendor has not ended by then counts as over


def follow_batch(batch_id: UUID, *, wanted: bool = True, now: datetime | None = None) -> bool:
    """Return whether the batch is over and may be collected; cancel it, once, if it is late or not `wanted`."""
    moment = now or timezone.now()
    with lease_batch(batch_id, BatchState.SUBMITTED, now=now) as batch:
        if batch is None:
            return False
        try:
            with vendor_backend(batch) as backend:
                over, note = _look(batch, backend, moment, wanted)
        except (BackendError, NotCalled) as error:
            logger.warning("batch status check failed", extra={"batch": str(batch_id), "reason": error.kind})
            VendorBatch.objects.filter(pk=batch_id).update(note=error.detail[:300], failures=F("failures") + 1)
            over, note = moment > batch.deadline_at + PATIENCE, error.detail
        if over:
            rows = VendorBatch.objects.filter(pk=batch_id)
            changes = {"ended_at": moment, "note": note[:300], "failures": 0}
            transition(rows, edges=BATCH_EDGES, to=BatchState.ENDED, **changes)
        return over


def _look(batch: VendorBatch, backend: BatchBackend, moment: datetime, wanted: bool) -> tuple[bool, str]:
    seen = backend.look(batch.vendor_id, deadline_s=STEP_S)
    late = moment >= batch.deadline_at
    if not seen.over and (late or not wanted) and batch.certain and batch.cancelled_at is None:
        backend.cancel(batch.vendor_id, deadline_s=STEP_S)
        VendorBatch.objects.filter(pk=batch.pk).update(cancelled_at=moment)
    VendorBatch.objects.filter(pk=batch.pk).update(note=seen.note[:300], failures=0)
    return seen.over or moment > batch.deadline_at + PATIENCE, seen.note
