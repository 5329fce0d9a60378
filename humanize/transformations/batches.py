"""Documents handed in together by somebody who can wait: each becomes a transformation of its own, or says why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from humanize.models import Batch, BatchItem, Transformation
from humanize.states import ServiceTier
from humanize.transformations.create import Ask, create_transformation
from youman.core.errors import InvalidInput, YoumanError
from youman.core.models import Account

MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that could not be read, in place of what was asked."""

    error: YoumanError


def create_batch(
    *, account: Account, asks: Sequence[Ask | Refused], service_tier: str = ServiceTier.FLEX.value
) -> Batch:
    """All of them queued under a patient tier of service: flex or batch. One that fails leaves the others alone.

    Raises InvalidInput for none, or more than 50.
    """
    if not 1 <= len(asks) <= MOST_DOCUMENTS:
        raise InvalidInput(f"A batch holds 1 to {MOST_DOCUMENTS} documents; this one has {len(asks)}")
    batch = Batch.objects.create(owner=account)
    for number, ask in enumerate(asks):
        _add(batch, number, account, ask, service_tier)
    return batch


def _add(batch: Batch, number: int, account: Account, ask: Ask | Refused, service_tier: str) -> None:
    try:
        if isinstance(ask, Refused):
            raise ask.error
        with transaction.atomic():
            made = create_transformation(account=account, ask=replace(ask, wait=False, service_tier=service_tier))
            _item(batch, number, made.row)
    except YoumanError as error:
        BatchItem.objects.create(batch=batch, number=number, error_code=error.code, error_detail=error.detail)


def _item(batch: Batch, number: int, row: Transformation) -> None:
    BatchItem.objects.create(batch=batch, number=number, transformation=row)
