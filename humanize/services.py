"""Making a transformation: at once for a short text, queued for a long one. The worker's part is in `running`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from humanize import pipeline, router, selectors
from humanize.asking import count_words
from humanize.errors import TextTooLong
from humanize.models import Document, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.rules.version import rules_version
from humanize.states import State
from humanize.storing import answered, edit_rows, excerpt_of, outcome, title_for
from youman.core import queue
from youman.core.errors import NotFound
from youman.core.models import Account
from youman.core.services import spend_words

SYNC_WORDS = 5_000
WAIT_WORDS = 20_000
REWRITE_TASK = "humanize.rewrite"


@dataclass(frozen=True, slots=True)
class Ask:
    """A checked request. `wait` None lets the length decide; True waits up to 20,000 words; False always queues."""

    text: str
    options: RewriteOptions
    model: str = router.AUTO
    document_id: UUID | None = None
    title: str = ""
    wait: bool | None = None


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
    text, options = pipeline.strip(ask.text, replace(ask.options, dictionary=selectors.dictionary_of(account)))
    row = _row(account, ask.model, options, text, words, at_once=_at_once(ask.wait, words))
    title = title_for(ask.title, row.excerpt)
    if row.state == State.COMPLETED:
        return _complete(row, options, document, title)
    with transaction.atomic():
        _insert(row, document, title)
        queue.ring(REWRITE_TASK, str(row.pk))
    return Made(row)


def check_length(account: Account, words: int) -> None:
    most = account.limits.words_per_request
    if words > most:
        raise TextTooLong(
            f"The text has {words:,} words and your tier takes {most:,} at once: "
            "send it in parts or ask for a higher tier"
        )


def _at_once(wait: bool | None, words: int) -> bool:
    return wait is not False and words <= (WAIT_WORDS if wait else SYNC_WORDS)


def _complete(row: Transformation, options: RewriteOptions, document: Document | None, title: str) -> Made:
    # The work is done before the transaction: SQLite has one writer, and nothing is stored of what fails.
    rewrite = pipeline.rewrite_text(row.source, options)
    for name, value in outcome(rewrite.measures, rewrite.options, rewrite.result).items():
        setattr(row, name, value)
    row.route = answered(row.route, len(rewrite.edits))
    row.started_at, row.finished_at = row.created_at, timezone.now()
    with transaction.atomic():
        _insert(row, document, title)
        edits = Edit.objects.bulk_create(edit_rows(row, rewrite.edits), batch_size=1_000)
    return Made(row, tuple(edits))


def _row(
    account: Account, model: str, options: RewriteOptions, text: str, words: int, *, at_once: bool
) -> Transformation:
    features = router.TextFeatures(words, options.language)
    route = router.plan(tier=account.tier, model=model, features=features)
    return Transformation(
        owner=account,
        state=State.COMPLETED if at_once else State.QUEUED,
        source=text,
        excerpt=excerpt_of(text),
        words=words,
        level=options.level,
        strategy=options.strategy,
        language=options.language,
        format=options.format,
        model=model,
        protected=list(options.protected),
        dictionary=asdict(options.dictionary),
        route=[asdict(step) for step in route.trace],
        rules_version=rules_version(),
    )


def _insert(row: Transformation, document: Document | None, title: str) -> None:
    spend_words(account=row.owner, words=row.words)
    row.charged, row.charged_on, row.rung_at = row.words, row.created_at.date(), row.created_at
    row.document = _still_there(document) if document else Document.objects.create(owner=row.owner, title=title)
    row.save(force_insert=True)


def _still_there(document: Document) -> Document:
    """Locked, since it may have been deleted while its new text was rewritten. Raises NotFound."""
    found = Document.objects.select_for_update(no_key=True).filter(pk=document.pk).first()
    if found is None:
        raise NotFound("There is no such document")
    return found
