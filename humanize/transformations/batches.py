"""Batches of documents that may wait. Each document becomes a transformation, or an error if it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from humanize.models import Batch, BatchItem
from humanize.states import ServiceTier
from humanize.transformations.create import CreateRequest, create_transformation
from youman.core.errors import InvalidInput, YoumanError
from youman.core.models import Account

MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """The error for a document that could not be read; it takes the place of the document's request."""

    error: YoumanError


def create_batch(
    *, account: Account, requests: Sequence[CreateRequest | RefusedDocument], service_tier: str = ServiceTier.FLEX.value
) -> Batch:
    """Queue all documents under the service tier flex or batch. A document that fails does not affect the others.

    Raises InvalidInput for no documents or more than 50.
    """
    if not 1 <= len(requests) <= MOST_DOCUMENTS:
        raise InvalidInput(f"A batch may have 1 to {MOST_DOCUMENTS} documents; this one has {len(requests)}")
    batch = Batch.objects.create(owner=account)
    for number, request in enumerate(requests):
        _add(batch, number, account, request, service_tier)
    return batch


def _add(
    batch: Batch, number: int, account: Account, request: CreateRequest | RefusedDocument, service_tier: str
) -> None:
    try:
        if isinstance(request, RefusedDocument):
            raise request.error
        with transaction.atomic():
            queued = replace(request, wait=False, service_tier=service_tier)
            created = create_transformation(account=account, request=queued)
            BatchItem.objects.create(batch=batch, number=number, transformation=created.row)
    except YoumanError as error:
        BatchItem.objects.create(batch=batch, number=number, error_code=error.code, error_detail=error.detail)
