"""Records what became of an answer, and answers from the caller's own cache."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from serving.backends.base import RewriteRequest, Usage
from serving.gateway import ledger, snapshot
from serving.models import Invocation, InvocationOutcome
from youman.core.errors import InvalidInput, NotFound


def record_outcome(
    *,
    invocation_id: UUID,
    accepted: int,
    rejected: int,
    undecided: int = 0,
    verified: bool = True,
    rating: int | None = None,
) -> None:
    """Append what the writer (or the verifier) did with an answer; the latest row counts.

    `accepted`, `rejected`, `undecided` count edits. Raises NotFound, InvalidInput for a rating outside 1 to 5.
    """
    if rating is not None and not 1 <= rating <= 5:
        raise InvalidInput("A rating is a whole number from 1 to 5")
    if not Invocation.objects.filter(pk=invocation_id).exists():
        raise NotFound("There is no such invocation")
    InvocationOutcome.objects.create(
        invocation_id=invocation_id,
        accepted=accepted,
        rejected=rejected,
        undecided=undecided,
        verified=verified,
        rating=rating,
    )


def record_cache_hit(*, deployment: str, request: RewriteRequest, caller: ledger.Caller, original: UUID) -> UUID:
    """Record that the caller's own cache gave the answer of the invocation `original` again, at no cost.

    Return the id of the new row. Raises UnknownDeployment, NotFound.
    """
    row = snapshot.current().live_row(deployment)
    first = Invocation.objects.filter(pk=original).first()
    if first is None:
        raise NotFound("There is no such invocation")
    usage = Usage(first.tokens_in, first.tokens_cached, first.tokens_out, first.tokens_thinking, first.estimated)
    entry = ledger.Entry(row, caller, request, timezone.now(), usage=usage, model=first.model, cached_hit=True)
    return ledger.write_entry(ledger.invocation_of(entry))
