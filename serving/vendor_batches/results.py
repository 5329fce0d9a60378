"""Collects the answers of a finished batch: each is booked in the ledger and handed to the caller, once.

A download that breaks leaves the rest open and starts again; what was booked before is skipped.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from serving.backends.base import BackendError, DeadlineError, NetworkError
from serving.backends.batch_protocol import BatchAnswer
from serving.errors import NotCalled
from serving.gateway import snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import VendorBatch, VendorBatchItem
from serving.states import BATCH_EDGES, BatchState, ItemState
from serving.vendor_batches import settlement
from serving.vendor_batches.lease import STEP_S, lease_batch, vendor_backend
from serving.vendor_batches.settlement import Store
from youman.core.states import transition

logger = logging.getLogger(__name__)
MAX_FAILURES = 30  # half an hour, with one sweep per minute
# Past the deadline, for a vendor that is late or cannot be reached; then the texts are requested live.
PATIENCE = timedelta(hours=3)


def collect(batch_id: UUID, store: Store, *, now: datetime | None = None) -> bool:
    """Book the answers and return whether all are booked. `store` is called in the transaction that books a call."""
    moment = now or timezone.now()
    with lease_batch(batch_id, BatchState.ENDED, now=now) as batch:
        if batch is None:
            return False
        row = snapshot.row_of(batch.deployment, on=batch.created_at.date())
        items = {one.pk.hex: one for one in VendorBatchItem.objects.filter(batch=batch).order_by("number")}
        try:
            if not _download(row, batch, items, store):
                _not_ours(batch)
                return False
        except (BackendError, NotCalled) as error:
            if not _hopeless(batch, moment):
                _note(batch, error)
                return False
            _close(row, batch, store, heard=False)
        else:
            _close(row, batch, store, heard=True)
        return True


def _download(row: LiveRow, batch: VendorBatch, items: dict[str, VendorBatchItem], store: Store) -> bool:
    """Book the answers. Return False when none belongs to this batch: the vendor's was another of its size and time."""
    ids = [id for id, one in items.items() if one.state != ItemState.DROPPED]
    foreign, ours = False, (ItemState.ANSWERED, ItemState.FAILED)
    with vendor_backend(batch) as backend:
        for answer in backend.results(batch.vendor_id, ids, deadline_s=STEP_S):
            item = items.get(answer.id)
            if item is None:
                foreign = True
            elif item.state == ItemState.OPEN:
                settlement.settle_item(row, batch, item, answer, store)
    return not foreign or VendorBatchItem.objects.filter(batch=batch, state__in=ours).exists()


def _close(row: LiveRow, batch: VendorBatch, store: Store, *, heard: bool) -> None:
    """Book items without an answer: not done if the vendor was `heard`, otherwise perhaps done and so estimated."""
    for item in VendorBatchItem.objects.filter(batch=batch, state=ItemState.OPEN):
        answer = BatchAnswer(item.pk.hex, error=DeadlineError("The batch ended before this call was done"))
        if not heard:
            answer = settlement.lost_answer(item, NetworkError("The results of the batch could not be downloaded"))
        settlement.settle_item(row, batch, item, answer, store)
    rows = VendorBatch.objects.filter(pk=batch.pk)
    transition(rows, edges=BATCH_EDGES, to=BatchState.COLLECTED, finished_at=timezone.now(), failures=0)


def _hopeless(batch: VendorBatch, moment: datetime) -> bool:
    return moment > batch.deadline_at + PATIENCE or batch.failures + 1 >= MAX_FAILURES


def _note(batch: VendorBatch, error: BackendError | NotCalled) -> None:
    logger.warning("batch collection failed", extra={"batch": str(batch.pk), "reason": error.kind})
    VendorBatch.objects.filter(pk=batch.pk).update(note=error.detail[:300], failures=F("failures") + 1)


def _not_ours(batch: VendorBatch) -> None:
    """Return to searching: the batch was found by size and time, and its results belong to another."""
    changes = {"not_ours": [*batch.not_ours, batch.vendor_id], "vendor_id": "", "submitted_at": None, "ended_at": None}
    transition(VendorBatch.objects.filter(pk=batch.pk), edges=BATCH_EDGES, to=BatchState.SUBMITTING, **changes)
