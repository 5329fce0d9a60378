"""One worker per batch: a conditional UPDATE takes the lease, which ends with the work, or by itself after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from serving.backends import factory
from serving.backends.batch_protocol import BatchBackend
from serving.gateway import resolved_target, snapshot
from serving.models import VendorBatch
from serving.states import BatchState

LEASE = timedelta(minutes=3)  # a worker that died frees the batch after this
STEP_S = 45.0  # for one request to the vendor; a lease outlasts the three of a submission


@contextmanager
def lease_batch(batch_id: UUID, state: BatchState, *, now: datetime | None = None) -> Iterator[VendorBatch | None]:
    """Yield the batch under a lease; None when it is in another state or another worker has it."""
    moment = now or timezone.now()
    rows = VendorBatch.objects.filter(pk=batch_id, state=state)
    free = rows.filter(Q(leased_until=None) | Q(leased_until__lt=moment))
    until = moment + LEASE
    if not free.update(leased_until=until):
        yield None
        return
    try:
        yield VendorBatch.objects.select_related("deployment").get(pk=batch_id)
    finally:
        VendorBatch.objects.filter(pk=batch_id, leased_until=until).update(leased_until=None)


@contextmanager
def vendor_backend(batch: VendorBatch) -> Iterator[BatchBackend]:
    """Yield the backend of the batch's vendor. Raises KeyMissing, UnknownDeployment."""
    backend = factory.batch_backend(
        resolved_target.target_of(snapshot.row_of(batch.deployment, on=batch.created_at.date()))
    )
    try:
        yield backend
    finally:
        backend.close()
