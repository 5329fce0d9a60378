"""Documents handed in together by a writer who can wait: each becomes a transformation, or an error that says why."""

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
    """A document that could not be read, in place of its request."""

    error: YoumanError


def create_batch(
    *, account: Account, requests: Sequence[CreateRequest | RefusedDocument], service_tier: str = ServiceTier.FLEX.value
) -> Batch:
    """Queue all of them under a patient tier of service, flex or batch. One that fails leaves the others alone.

    Raises InvalidInput for none, or for more than 50.
    """
    if not 1 <= len(requests) <= MOST_DOCUMENTS:
        raise InvalidInput(f"A batch holds 1 to {MOST_DOCUMENTS} documents; this one has {len(requests)}")
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
