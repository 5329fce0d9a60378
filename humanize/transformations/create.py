"""Making a transformation: at once for a short text, queued for a long one. The worker's part is in `running`.

Where a model may be asked, the row is there before the first call, and a short text is run at once in the request:
should the process die meanwhile, the reaper finds the row and a worker goes on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from humanize import selectors
from humanize.errors import TextTooLong
from humanize.generation.availability import Planned, plan_for
from humanize.models import Document, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline import detectors
from humanize.pipeline.rewrite import rewrite_text, strip
from humanize.routing import router
from humanize.rules.version import rules_version
from humanize.states import REWRITE_TASK, ServiceTier, State
from humanize.transformations import worker
from humanize.transformations.row_mapping import answered, completed_event, edit_rows, excerpt_of, outcome, title_for
from humanize.validation import count_words
from youman.core.accounts.lifecycle import spend_words
from youman.core.database.ids import new_id
from youman.core.errors import NotFound
from youman.core.events.outbox import announce
from youman.core.models import Account
from youman.core.runtime import queue

SYNC_WORDS = 5_000
WAIT_WORDS = 20_000
ENGINE_SYNC_WORDS = 2_000  # a model takes seconds for what the rules do in milliseconds


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked request. `wait` None lets the length decide; True waits up to 20,000 words; False always queues.

    `service_tier` other than standard: the writer can wait, so cost counts and a vendor's cheaper service is used.
    """

    text: str
    options: RewriteOptions
    model: str = router.AUTO
    document_id: UUID | None = None
    title: str = ""
    wait: bool | None = None
    service_tier: str = ServiceTier.STANDARD.value

    @property
    def patient(self) -> bool:
        return self.service_tier != ServiceTier.STANDARD


@dataclass(frozen=True, slots=True)
class Made:
    """The row, and its edits where they are there at once."""

    row: Transformation
    edits: tuple[Edit, ...] = ()


def create_transformation(*, account: Account, ask: Ask) -> Made:
    """Rewrite at once or queue. Raises TextTooLong, QuotaExceeded, UnknownModel, NotFound for another's document."""
    words = count_words(ask.text)
    check_length(account, words)
    document = selectors.document_of(account, ask.document_id) if ask.document_id else None
    text, options = strip(ask.text, replace(ask.options, dictionary=selectors.dictionary_of(account)))
    pk = new_id()
    planned = plan_for(
        tier=account.tier,
        model=ask.model,
        text=text,
        words=words,
        options=options,
        patient=ask.patient,
        draw=selectors.draw_of(pk),
    )
    engines = bool(planned.route.engines)
    wait = False if ask.service_tier == ServiceTier.BATCH and engines else ask.wait
    at_once = _at_once(wait, words, ENGINE_SYNC_WORDS if engines else SYNC_WORDS)
    by_rules_at_once = at_once and not engines
    row = _row(pk, account, ask, options, text, words, planned, State.COMPLETED if by_rules_at_once else State.QUEUED)
    title = title_for(ask.title, row.excerpt)
    if by_rules_at_once:
        return _complete(row, options, document, title)
    return _queue(row, document, title, at_once=at_once)


def _queue(row: Transformation, document: Document | None, title: str, *, at_once: bool) -> Made:
    with transaction.atomic():
        _insert(row, document, title)
        if not at_once:
            queue.enqueue_on_commit(REWRITE_TASK, str(row.pk))
    if not at_once:
        return Made(row)
    worker.run(row.pk)
    row = Transformation.objects.select_related("document").get(pk=row.pk)
    return Made(row, tuple(selectors.edits_of(row)) if row.state == State.COMPLETED else ())


def check_length(account: Account, words: int) -> None:
    most = account.limits.words_per_request
    if words > most:
        raise TextTooLong(
            f"The text has {words:,} words and your tier takes {most:,} at once: "
            "send it in parts or ask for a higher tier"
        )


def _at_once(wait: bool | None, words: int, most: int) -> bool:
    return wait is not False and words <= (WAIT_WORDS if wait else most)


def _complete(row: Transformation, options: RewriteOptions, document: Document | None, title: str) -> Made:
    # The work is done before the transaction: SQLite has one writer, and nothing is stored of what fails.
    rewrite = rewrite_text(row.source, options, detector=detectors.current_detector())
    for name, value in outcome(rewrite.measures, rewrite.options, rewrite.result).items():
        setattr(row, name, value)
    row.route = answered(row.route, len(rewrite.edits))
    row.started_at, row.finished_at = row.created_at, timezone.now()
    with transaction.atomic():
        _insert(row, document, title)
        edits = Edit.objects.bulk_create(edit_rows(row, rewrite.edits), batch_size=1_000)
        announce(completed_event(row, edits=row.edit_count, language=row.detected_language))
    return Made(row, tuple(edits))


def _row(
    pk: UUID,
    account: Account,
    ask: Ask,
    options: RewriteOptions,
    text: str,
    words: int,
    planned: Planned,
    state: State,
) -> Transformation:
    return Transformation(
        owner=account,
        id=pk,
        state=state,
        source=text,
        excerpt=excerpt_of(text),
        words=words,
        level=options.level,
        strategy=options.strategy,
        language=options.language,
        format=options.format,
        model=ask.model,
        service_tier=ask.service_tier,
        protected=list(options.protected),
        dictionary=asdict(options.dictionary),
        route=[asdict(step) for step in planned.route.trace],
        rules_version=rules_version(),
    )


def _insert(row: Transformation, document: Document | None, title: str) -> None:
    spend_words(account=row.owner, words=row.words)
    row.charged, row.charged_on, row.enqueued_at = row.words, row.created_at.date(), row.created_at
    row.document = _still_there(document) if document else Document.objects.create(owner=row.owner, title=title)
    row.save(force_insert=True)


def _still_there(document: Document) -> Document:
    """Locked, since it may have been deleted while its new text was rewritten. Raises NotFound."""
    found = Document.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if found is None:
        raise NotFound("There is no such document")
    return found
