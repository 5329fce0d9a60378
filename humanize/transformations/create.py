"""Creates transformations: a short text is rewritten within the request, a long one is queued for `worker`.

If a model may be called, the row is stored before the first call, even for a short text: should the process die in
between, the reaper finds the row and a worker continues. A row is stored in one transaction with its charged words and
the Idempotency-Key of the request; from then on the answer is that row and never an error.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.db import Error, transaction
from django.utils import timezone

from humanize import selectors
from humanize.errors import TextTooLong
from humanize.generation.availability import Plan, plan_for
from humanize.models import Document, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline import champions
from humanize.pipeline.rewrite import resolve, rewrite_text
from humanize.routing import router
from humanize.rules.version import rules_version
from humanize.states import REWRITE_TASK, ServiceTier, State
from humanize.transformations import worker
from humanize.transformations.row_mapping import (
    completed_event,
    edit_rows,
    excerpt_of,
    outcome_columns,
    title_for,
    with_rules_step,
)
from humanize.validation import count_words
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.accounts.lifecycle import spend_words
from youman.core.database.ids import new_id
from youman.core.errors import NotFound
from youman.core.events.outbox import announce
from youman.core.models import Account
from youman.core.runtime import queue

logger = logging.getLogger(__name__)
SYNC_WORDS = 5_000
WAIT_WORDS = 20_000
ENGINE_SYNC_WORDS = 2_000  # a model needs seconds where the rules need milliseconds


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A checked request.

    With `wait` None the length decides whether the request waits for the result; True waits for texts of up to 20,000
    words; False always queues. A `service_tier` other than standard means that the text may wait: the route then
    optimises for cost and a vendor's cheaper service is used.
    """

    text: str
    options: RewriteOptions
    model: str = router.AUTO
    document_id: UUID | None = None
    title: str = ""
    wait: bool | None = None
    service_tier: str = ServiceTier.STANDARD.value

    @property
    def is_patient(self) -> bool:
        return self.service_tier != ServiceTier.STANDARD


@dataclass(frozen=True, slots=True)
class CreatedTransformation:
    """The new row, with its edits if it was completed within the request."""

    row: Transformation
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class NewText:
    """A request on its way to a row: requested and resolved options, and the plan."""

    id: UUID
    account: Account
    request: CreateRequest
    words: int
    asked: RewriteOptions
    options: RewriteOptions
    plan: Plan
    document: Document | None

    @property
    def is_done_at_once(self) -> bool:
        """Return whether the request waits for the result."""
        request, engines = self.request, bool(self.plan.engines)
        wait = False if request.service_tier == ServiceTier.BATCH and engines else request.wait
        usual = ENGINE_SYNC_WORDS if engines else SYNC_WORDS
        return wait is not False and self.words <= (WAIT_WORDS if wait else usual)


def create_transformation(
    *, account: Account, request: CreateRequest, claim: Claim = unclaimed
) -> CreatedTransformation:
    """Rewrite the text at once or queue it; `claim` its row for an Idempotency-Key in the transaction that stores it.

    Raises TextTooLong, QuotaExceeded, UnknownModel, or NotFound if the document is missing or not the account's own;
    nothing is stored then.
    """
    new = prepare(account=account, request=request)
    at_once = new.is_done_at_once
    if at_once and not new.plan.engines:
        return _complete(new, claim)
    row = _row(new, State.QUEUED)
    with transaction.atomic():
        _insert(row, new, claim)
        if not at_once:
            queue.enqueue_on_commit(REWRITE_TASK, str(row.pk))
    return _run_now(row, new.plan) if at_once else CreatedTransformation(row)


def prepare(*, account: Account, request: CreateRequest) -> NewText:
    """Check the request and plan who may rewrite it. Stores nothing; raises as `create_transformation` does."""
    words = count_words(request.text)
    check_length(account, words)
    document = selectors.document_of(account, request.document_id) if request.document_id else None
    asked = replace(request.options, dictionary=selectors.dictionary_of(account))
    options = resolve(request.text, asked)
    id = new_id()
    plan = plan_for(
        tier=account.tier,
        model=request.model,
        text=request.text,
        words=words,
        options=options,
        patient=request.is_patient,
        draw=selectors.draw_of(id),
    )
    return NewText(id, account, request, words, asked, options, plan, document)


def queue_text(new: NewText) -> Transformation:
    """Store the text for a worker, in the caller's transaction. Raises QuotaExceeded, NotFound for its document."""
    row = _row(new, State.QUEUED)
    _insert(row, new, unclaimed)
    queue.enqueue_on_commit(REWRITE_TASK, str(row.pk))
    return row


def created_transformation(account: Account, pk: UUID) -> CreatedTransformation:
    """Return one that is stored, as it is now. Raises NotFound."""
    row = selectors.transformation_of(account, pk, whole=True)
    return CreatedTransformation(row, tuple(selectors.edits_of(row)) if row.state == State.COMPLETED else ())


def check_length(account: Account, words: int) -> None:
    """Check the number of words against the account's tier. Raises TextTooLong."""
    most = account.limits.words_per_request
    if words > most:
        raise TextTooLong(
            f"The text has {words:,} words, but your tier allows {most:,} per text; "
            "send it in parts or ask for a higher tier"
        )


def _run_now(row: Transformation, plan: Plan) -> CreatedTransformation:
    """Run it in the request. The text is stored and charged by now: if the database fails, a worker goes on."""
    try:
        worker.run(row.pk, plan)
        return created_transformation(row.owner, row.pk)
    except Error as error:
        logger.error("a text could not be finished in its request", exc_info=error, extra={"text": str(row.pk)})
        return CreatedTransformation(row)


def _complete(new: NewText, claim: Claim) -> CreatedTransformation:
    # Rewriting happens before the transaction: SQLite has a single writer, and a failed rewrite stores nothing.
    row = _row(new, State.COMPLETED)
    rewrite = rewrite_text(new.request.text, new.options, detector=champions.DETECTOR.current())
    for name, value in outcome_columns(rewrite.measures, rewrite.options, rewrite.source, rewrite.result).items():
        setattr(row, name, value)
    row.route = with_rules_step(row.route, len(rewrite.edits))
    row.started_at, row.finished_at = row.created_at, timezone.now()
    with transaction.atomic():
        _insert(row, new, claim)
        edits = Edit.objects.bulk_create(edit_rows(row, rewrite.edits), batch_size=1_000)
        announce(completed_event(row, edits=row.edit_count, language=row.detected_language))
    return CreatedTransformation(row, tuple(edits))


def _row(new: NewText, state: State) -> Transformation:
    asked, found = new.asked, new.options
    return Transformation(
        owner=new.account,
        id=new.id,
        state=state,
        source=new.request.text,
        excerpt=excerpt_of(new.request.text),
        words=new.words,
        level=asked.level,
        strategy=asked.strategy,
        language=asked.language,
        format=asked.format,
        register=found.strategy,
        detected_language=found.language,
        detected_format=found.format,
        model=new.request.model,
        service_tier=new.request.service_tier,
        protected=list(asked.protected),
        dictionary=asdict(asked.dictionary),
        route=[asdict(step) for step in new.plan.route.trace],
        rules_version=rules_version(),
    )


def _insert(row: Transformation, new: NewText, claim: Claim) -> None:
    claim(row)  # first of all: a request with the same key waits here, and must not find the words spent
    spend_words(account=row.owner, words=row.words)
    row.charged, row.charged_on, row.enqueued_at = row.words, row.created_at.date(), row.created_at
    if new.document is None:
        row.document = Document.objects.create(owner=row.owner, title=title_for(new.request.title, row.excerpt))
    else:
        row.document = _lock(new.document)
    row.save(force_insert=True)


def _lock(document: Document) -> Document:
    """Lock the document, so that it is not deleted before its new text is stored.

    Raises NotFound if it was deleted while the text was rewritten.
    """
    # FOR NO KEY UPDATE: other transactions may insert rows that refer to the document, but cannot delete it.
    found = Document.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if found is None:
        raise NotFound("There is no such document")
    return found
