"""Queries of the product. An account sees only its own rows; the long texts are deferred unless a caller needs them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, DecimalField, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from humanize.models import Batch, BatchItem, DecisionEvent, Document, Edit, Transformation, WritersDictionary
from humanize.options import Dictionary
from humanize.pipeline.trace import LedgerCall
from humanize.states import TERMINAL, Decision, State
from serving.models import Invocation
from serving.models.money import MONEY_DIGITS, MONEY_PLACES
from youman.core.errors import NotFound
from youman.core.models import Account
from youman.core.runtime.health import WaitingRows, waiting_rows

HISTORY = 200
MONEY = DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES)
BIG = ("source", "result", "dictionary")


def documents_of(account: Account) -> QuerySet[Document]:
    return Document.objects.filter(owner=account).annotate(transformation_count=Count("transformations"))


def count_of(document: Document) -> int:
    """Return the number of transformations of a document from `documents_of`; 0 for a document just created."""
    return int(getattr(document, "transformation_count", 0))


def document_of(account: Account, document_id: UUID) -> Document:
    """Return a document of the account. Raises NotFound if it does not exist or belongs to another account."""
    found = documents_of(account).filter(pk=document_id).first()
    if found is None:
        raise NotFound("There is no such document")
    return found


def transformations_of(account: Account) -> QuerySet[Transformation]:
    """Return the account's transformations without their texts, each with the number of its edits to look at."""
    rows = Transformation.objects.filter(owner=account).select_related("document").defer(*BIG)
    return with_to_look(rows)


def with_to_look(rows: QuerySet[Transformation]) -> QuerySet[Transformation]:
    """Add `to_look` to each row: how many undecided edits its writer has to look at."""
    looks = Edit.objects.filter(transformation=OuterRef("pk"), decision=Decision.UNDECIDED).exclude(look="")
    number = looks.order_by().values("transformation").annotate(n=Count("pk")).values("n")
    return rows.annotate(to_look=Coalesce(Subquery(number), 0))


def to_look_of(transformation: Transformation) -> int:
    """Return how many undecided edits the writer has to look at; 0 before the text is completed.

    It takes no query for rows of `with_to_look`.
    """
    if transformation.state != State.COMPLETED:
        return 0
    known = getattr(transformation, "to_look", None)
    return decisions_of(transformation).to_look if known is None else int(known)


def search(rows: QuerySet[Transformation], words: str) -> QuerySet[Transformation]:
    return rows.filter(Q(source__icontains=words) | Q(document__title__icontains=words))


def transformation_of(account: Account, transformation_id: UUID, *, whole: bool = False) -> Transformation:
    """Return a transformation of the account, with its texts if `whole`.

    Raises NotFound if it does not exist or belongs to another account.
    """
    rows = transformations_of(account).filter(pk=transformation_id)
    found = (rows.defer(None) if whole else rows).select_related("document").first()
    if found is None:
        raise NotFound("There is no such transformation")
    return found


def history_of(document: Document) -> list[Transformation]:
    """Return the latest 200 transformations of a document, oldest first."""
    rows = Transformation.objects.filter(document=document).select_related("document").defer(*BIG)
    return list(rows.order_by("-created_at", "-id")[:HISTORY])[::-1]


def source_of(document: Document) -> str | None:
    """Return the text that the document began with; None before its first transformation."""
    rows = Transformation.objects.filter(document=document).order_by("created_at", "id")
    return rows.values_list("source", flat=True).first()


def batches_of(account: Account) -> QuerySet[Batch]:
    """Return the account's batches with their number of documents, of finished and of refused ones."""
    over = Q(items__transformation__state__in=TERMINAL)
    refused = ~Q(items__error_code="")
    counts = {"documents": Count("items"), "over": Count("items", over), "refused": Count("items", refused)}
    return Batch.objects.filter(owner=account).annotate(**counts)


def batch_of(account: Account, batch_id: UUID) -> Batch:
    """Return a batch of the account. Raises NotFound if it does not exist or belongs to another account."""
    found = batches_of(account).filter(pk=batch_id).first()
    if found is None:
        raise NotFound("There is no such batch")
    return found


def items_of(batch: Batch) -> list[BatchItem]:
    texts = with_to_look(Transformation.objects.select_related("document").defer(*BIG))
    rows = BatchItem.objects.filter(batch=batch).prefetch_related(Prefetch("transformation", texts))
    return list(rows.order_by("number"))


def edits_of(transformation: Transformation) -> QuerySet[Edit]:
    return Edit.objects.filter(transformation=transformation).order_by("start", "end")


@dataclass(frozen=True, slots=True)
class Decisions:
    """How many edits are in each state. `to_look` of the undecided are to be looked at, `seen` of the accepted were."""

    accepted: int
    rejected: int
    undecided: int
    to_look: int = 0
    seen: int = 0


def draw_of(transformation_id: UUID) -> int:
    """Return a number from 0 to 99 that stays the same for a text.

    A deployment with a traffic share takes part in the texts whose number is below its percentage.
    """
    return transformation_id.int % 100


def ledger_calls(transformation_id: UUID) -> list[LedgerCall]:
    """Return every call for the text from the ledger, including failed calls and those that nobody waited for."""
    rows = Invocation.objects.filter(transformation=transformation_id).order_by("created_at", "id")
    calls = rows.values_list("pk", "deployment__name", "error", "cost")
    return [LedgerCall(str(pk), name, error, cost) for pk, name, error, cost in calls]


def unsettled_texts(since: datetime) -> list[UUID]:
    """Return the ids of texts that ended since then and whose cost differs from the ledger.

    That happens when a call ends after the text did.
    """
    calls = Invocation.objects.filter(transformation=OuterRef("pk")).order_by().values("transformation")
    spent = Coalesce(Subquery(calls.annotate(total=Sum("cost")).values("total")), Decimal(0), output_field=MONEY)
    rows = Transformation.objects.filter(state__in=TERMINAL, finished_at__gt=since, attempt__gt=0)
    return list(rows.annotate(spent=spent).exclude(cost=F("spent")).values_list("pk", flat=True))


def decisions_of(transformation: Transformation) -> Decisions:
    rows = Edit.objects.filter(transformation=transformation).order_by("decision").values_list("decision")
    found = rows.annotate(n=Count("id"), looks=Count("id", filter=~Q(look="")))
    counts = {decision: (number, looks) for decision, number, looks in found}
    accepted, rejected, undecided = (
        counts.get(key, (0, 0)) for key in (Decision.ACCEPTED, Decision.REJECTED, Decision.UNDECIDED)
    )
    return Decisions(accepted[0], rejected[0], undecided[0], to_look=undecided[1], seen=accepted[1])


def decision_events_of(transformation: Transformation) -> QuerySet[DecisionEvent]:
    """The latest first, each with the name of the person who decided."""
    rows = DecisionEvent.objects.filter(transformation=transformation).select_related("account__user")
    return rows.order_by("-number", "-edit")


@dataclass(frozen=True, slots=True)
class Progress:
    """What a progress stream shows. `eta_s` is in seconds, and None until the rate is known."""

    state: str
    done_chunks: int
    total_chunks: int
    eta_s: int | None

    @property
    def percent(self) -> int:
        if self.state == "completed":
            return 100
        return self.done_chunks * 100 // self.total_chunks if self.total_chunks else 0


def progress_of(row: Transformation, now: datetime) -> Progress:
    eta: int | None = None
    fresh = row.done_chunks - row.done_at_claim
    if row.state == "running" and row.started_at is not None and fresh > 0:
        spent = (now - row.started_at).total_seconds()
        eta = round(spent / fresh * (row.total_chunks - row.done_chunks))
    return Progress(row.state, row.done_chunks, row.total_chunks, eta)


def dictionary_of(account: Account) -> Dictionary:
    rows = WritersDictionary.objects.filter(owner=account).values_list("prefer", "avoid", "never_touch")[:1]
    return next((dictionary_from(*row) for row in rows), Dictionary())


def dictionary_from(prefer: Sequence[Sequence[str]], avoid: Sequence[str], never_touch: Sequence[str]) -> Dictionary:
    """Build the dictionary from the stored lists, which were checked when they were saved."""
    return Dictionary(tuple((pair[0], pair[1]) for pair in prefer), tuple(avoid), tuple(never_touch))


def everything_of(account: Account) -> Iterator[Transformation]:
    """Yield all transformations of the account with texts and edits, one at a time, without an open cursor."""
    own = with_to_look(Transformation.objects.filter(owner=account))
    for pk in list(own.order_by("created_at", "id").values_list("pk", flat=True)):
        found = (
            own.select_related("document", "feedback")
            .prefetch_related("edits", "decision_events__account__user")
            .filter(pk=pk)
            .first()
        )
        if found is not None:
            yield found


def waiting_texts() -> WaitingRows:
    """Return the texts that no worker has begun yet."""
    return waiting_rows("texts", Transformation.objects.filter(state=State.QUEUED), "enqueued_at")
