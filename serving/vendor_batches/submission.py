"""Submits a batch once. The vendor is searched for a batch that may have arrived before it is sent again.

The try is recorded before the request is sent, so that a killed worker leaves a row that says "perhaps sent".
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from serving.backends.base import BackendError, RewriteRequest
from serving.backends.batch_protocol import BatchBackend, Found, Wanted
from serving.errors import NotCalled
from serving.models import VendorBatch, VendorBatchItem
from serving.states import BATCH_EDGES, BatchState, ItemState
from serving.vendor_batches import settlement
from serving.vendor_batches.lease import STEP_S, lease_batch, vendor_backend
from youman.core.states import transition

logger = logging.getLogger(__name__)
Requests = Callable[[Sequence[UUID]], Mapping[UUID, RewriteRequest]]
AGAIN_AFTER = timedelta(seconds=60)  # a vendor's list may lag behind what it accepted
SKEW = timedelta(minutes=5)  # between the vendor's clock and ours
MAX_TRIES = 5  # after so many failures, the texts are requested live
# The same batch would be refused again; after any other error, it may have arrived.
_FINAL = frozenset({"auth", "quota", "context", "filter", "refused", "retired"})


def submit(batch_id: UUID, requests: Requests, *, now: datetime | None = None) -> bool:
    """Submit a batch and return whether the vendor has it now.

    `requests` renders the calls again, the same for the same ids; a call that it leaves out is no longer wanted. A
    failure is noted on the row and tried again, and finally given up.
    """
    moment = now or timezone.now()
    with lease_batch(batch_id, BatchState.SUBMITTING, now=now) as batch:
        if batch is None or (batch.tried_at and batch.tried_at > moment - AGAIN_AFTER):
            return False
        try:
            with vendor_backend(batch) as backend:
                found = _found(batch, backend) if batch.tries else None
                if found is None:
                    found = _sent(batch, backend, requests, moment)
        except (BackendError, NotCalled) as error:
            _failed(batch, error)
            return False
        if found is None:
            return False
        rows = VendorBatch.objects.filter(pk=batch.pk)
        sent = {"vendor_id": found.vendor_id, "certain": found.certain, "submitted_at": batch.tried_at or moment}
        transition(rows, edges=BATCH_EDGES, to=BatchState.SUBMITTED, note="", failures=0, **sent)
        return True


def _found(batch: VendorBatch, backend: BatchBackend) -> Found | None:
    count = VendorBatchItem.objects.filter(batch=batch, state=ItemState.OPEN).count()
    # Two days: older batches were submitted, or given up, before this one was created.
    others = VendorBatch.objects.exclude(pk=batch.pk).filter(created_at__gt=batch.created_at - timedelta(days=2))
    known = frozenset(others.exclude(vendor_id="").values_list("vendor_id", flat=True)) | frozenset(batch.not_ours)
    latest = (batch.tried_at or batch.created_at) + SKEW
    return backend.find(Wanted(str(batch.pk), count, batch.created_at - SKEW, latest, known), deadline_s=STEP_S)


def _sent(batch: VendorBatch, backend: BatchBackend, requests: Requests, moment: datetime) -> Found | None:
    """Send the batch, or return None and give it up: too late, too often, or no longer wanted. Raises BackendError."""
    if moment >= batch.deadline_at or batch.tries >= MAX_TRIES:
        settlement.give_up(batch, batch.note or "The batch could not be submitted", kind="timeout")
        return None
    items = list(VendorBatchItem.objects.filter(batch=batch, state=ItemState.OPEN))
    rendered = requests([one.pk for one in items])
    for item in items:
        if item.pk not in rendered:
            settlement.drop_item(item)
    if not rendered:
        settlement.give_up(batch, "No call was left to submit", kind="cancelled")
        return None
    batch.tried_at = moment
    VendorBatch.objects.filter(pk=batch.pk).update(tries=batch.tries + 1, tried_at=moment)
    calls = [(item.pk.hex, rendered[item.pk]) for item in items if item.pk in rendered]
    return Found(backend.submit(str(batch.pk), calls, deadline_s=STEP_S))


def _failed(batch: VendorBatch, error: BackendError | NotCalled) -> None:
    """Give up at once only if the batch cannot have arrived: explicitly refused, and never sent before."""
    logger.warning("batch submission refused", extra={"batch": str(batch.pk), "reason": error.kind})
    if not batch.tries and (isinstance(error, NotCalled) or error.kind in _FINAL):
        settlement.give_up(batch, error.detail, kind=error.kind)
        return
    VendorBatch.objects.filter(pk=batch.pk).update(note=error.detail[:300])
