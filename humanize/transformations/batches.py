"""Batches of documents that may wait. Each document becomes a transformation, or an error if it is refused.

All of them are checked first. Then the batch, its texts, their words and the request's Idempotency-Key are stored in
one transaction: the batch is there with all that was charged for it, or nothing is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import DataError, IntegrityError, transaction

from humanize.errors import UnstorableText
from humanize.models import Batch, BatchItem
from humanize.states import ServiceTier
from humanize.transformations import create
from humanize.transformations.create import CreateRequest, NewText
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.errors import InvalidInput, YoumanError
from youman.core.models import Account

logger = logging.getLogger(__name__)
MOST_DOCUMENTS = 50


@dataclass(frozen=True, slots=True)
class RefusedDocument:
    """The error for a document that is refused; it takes the place of the document's request."""

    error: YoumanError


def create_batch(
    *,
    account: Account,
    requests: Sequence[CreateRequest | RefusedDocument],
    service_tier: str = ServiceTier.FLEX.value,
    claim: Claim = unclaimed,
) -> Batch:
    """Queue all documents under the service tier flex or batch. A document that fails does not affect the others.

    Raises InvalidInput for no documents or more than 50. Whatever it raises, it has stored and charged nothing.
    """
    if not 1 <= len(requests) <= MOST_DOCUMENTS:
        raise InvalidInput(f"A batch may have 1 to {MOST_DOCUMENTS} documents; this one has {len(requests)}")
    checked = [_checked(account, request, service_tier) for request in requests]
    batch = Batch(owner=account)
    with transaction.atomic():
        claim(batch)
        batch.save(force_insert=True)
        for number, document in enumerate(checked):
            _add(batch, number, document)
    return batch


def _checked(
    account: Account, request: CreateRequest | RefusedDocument, service_tier: str
) -> NewText | RefusedDocument:
    if isinstance(request, RefusedDocument):
        return request
    try:
        return create.prepare(account=account, request=replace(request, wait=False, service_tier=service_tier))
    except YoumanError as error:
        return RefusedDocument(error)


def _add(batch: Batch, number: int, document: NewText | RefusedDocument) -> None:
    try:
        if isinstance(document, RefusedDocument):
            raise document.error
        with transaction.atomic():  # takes the words of a document that cannot be stored back with it
            row = create.queue_text(document)
            BatchItem.objects.create(batch=batch, number=number, transformation=row)
    except YoumanError as error:
        _refuse(batch, number, error)
    except (DataError, IntegrityError, UnicodeEncodeError) as error:
        logger.error("a document of a batch cannot be stored", exc_info=error, extra={"batch": str(batch.pk)})
        _refuse(batch, number, UnstorableText())


def _refuse(batch: Batch, number: int, error: YoumanError) -> None:
    # The sentence may quote what was sent, and so hold what no database stores.
    detail = error.detail.replace("\0", "").encode(errors="replace").decode()
    BatchItem.objects.create(batch=batch, number=number, error_code=error.code, error_detail=detail)
