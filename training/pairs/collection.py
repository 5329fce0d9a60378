"""Collects pairs from finished rewrites with feedback. The rows decide what is new, so a killed run can be repeated.

It takes only accounts that consent, and only feedback that was given after the consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from humanize.models import DecisionEvent, Edit, Feedback, Transformation
from humanize.options import TextFormat
from humanize.states import Decision, State
from humanize.text.edits import TextEdit, apply, is_block, shift
from humanize.text.segment import segment
from humanize.transformations.decision_events import version_numbers
from humanize.transformations.row_mapping import edit_from_row
from training.models import CollectedFeedback, TrainingDataPoint
from training.pairs import statistics
from training.pairs.author_hash import hash_author
from training.pairs.ingest import IncomingPair, IngestResult, ingest_pairs

BATCH = 100


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """How many rewrites with feedback were checked, and how many of them became pairs."""

    looked_at: int
    accepted: int


def collect(*, limit: int = 10_000) -> CollectionReport:
    """Collect what is new, batch by batch; each batch is stored whole or not at all. Idempotent."""
    looked_at = accepted = 0
    while looked_at < limit:
        batch = list(_waiting()[: min(BATCH, limit - looked_at)])
        if not batch:
            break
        accepted += _collect(batch)
        looked_at += len(batch)
    return CollectionReport(looked_at, accepted)


def _waiting() -> QuerySet[Feedback]:
    collected = "transformation__collected_feedback"
    later = DecisionEvent.objects.filter(
        transformation=OuterRef("transformation"), number__gt=OuterRef(f"{collected}__decision_number")
    )
    new = Q(**{collected: None}) | Q(**{f"{collected}__feedback_at__lt": F("created_at")}) | Exists(later)
    return (
        Feedback.objects.filter(
            new,
            transformation__state=State.COMPLETED,
            transformation__owner__consent_at__isnull=False,
            transformation__owner__consent_at__lte=F("created_at"),
        )
        .select_related("transformation__owner")
        .order_by("created_at", "id")
    )


@transaction.atomic
def _collect(batch: Sequence[Feedback]) -> int:
    _forget([feedback.transformation_id for feedback in batch])
    # Read before the edits: a decision that is made in between is found by the next run.
    numbers = version_numbers([feedback.transformation for feedback in batch])
    pairs = [_pairs(feedback) for feedback in batch]
    results = iter(ingest_pairs([pair for of_one_text in pairs for pair in of_one_text]))
    accepted = 0
    for feedback, of_one_text in zip(batch, pairs, strict=True):
        result = _most_telling([next(results) for _ in of_one_text])
        _note(feedback, result, numbers.get(feedback.transformation_id, 0))
        accepted += result.outcome == "accepted"
    return accepted


def _most_telling(results: Sequence[IngestResult]) -> IngestResult:
    """Return an accepted result if there is one: a text counts as collected when one of its pairs was stored."""
    return next((result for result in results if result.outcome == "accepted"), results[0])


def _note(feedback: Feedback, result: IngestResult, decision_number: int) -> None:
    values: dict[str, str | int | datetime] = {
        "feedback_at": feedback.created_at,
        "decision_number": decision_number,
        "outcome": result.outcome,
        "detail": result.detail[:200],
    }
    CollectedFeedback.objects.update_or_create(transformation_id=feedback.transformation_id, defaults=values)


def _forget(transformations: Sequence[UUID]) -> None:
    """Remove the pairs of feedback or decisions that have changed since; new pairs with new ids take their place."""
    old = list(TrainingDataPoint.objects.filter(transformation_id__in=transformations))
    if old:
        statistics.add_points(old, -1)
        TrainingDataPoint.objects.filter(pk__in=[point.pk for point in old]).delete()


def _pairs(feedback: Feedback) -> list[IncomingPair]:
    row = feedback.transformation
    edits = [(edit_from_row(edit), edit.decision) for edit in Edit.objects.filter(transformation=row)]
    decided = [decision for _, decision in edits if decision != Decision.UNDECIDED]
    share = decided.count(Decision.ACCEPTED) / len(decided) if decided else None
    base = IncomingPair(
        original=row.source,
        humanized=feedback.final_text,
        strategy=row.register or row.strategy,
        level=row.level,
        language=row.detected_language,
        author=hash_author(row.owner),
        rating=feedback.rating,
        share_kept=share,
        contributor_id=row.owner_id,
        transformation_id=row.pk,
        consent_version=row.owner.consent_version,
        consent_at=row.owner.consent_at,
    )
    if feedback.final_text.strip():
        return [base]
    found = _kept_texts(row, [edit for edit, _ in edits], _taken(feedback, edits))
    return [replace(base, original=original, humanized=kept) for original, kept in found]


def _taken(feedback: Feedback, edits: Sequence[tuple[TextEdit, str]]) -> list[TextEdit]:
    """Return the edits that the author kept: accepted ones, and with a good rating the undecided ones in the text."""
    kept = {Decision.ACCEPTED.value}
    in_text = kept | ({Decision.UNDECIDED.value} if (feedback.rating or 0) >= 4 else set())
    return [edit for edit, decision in edits if decision in (kept if edit.look else in_text)]


def _kept_texts(row: Transformation, edits: Sequence[TextEdit], taken: Sequence[TextEdit]) -> list[tuple[str, str]]:
    """Return the texts that teach something, each as drafted and as kept.

    A paragraph whose block edit was kept is a pair of its own; one whose block edit was not gives none. All other
    paragraphs together are a pair.
    """
    recast = _paragraphs_with_blocks(row, edits)
    if not recast:
        return [(row.source, apply(row.source, taken))]
    pairs = []
    borders = [0, *(border for paragraph in recast for border in paragraph), len(row.source)]
    others = [_kept_part(row.source, taken, start, end) for start, end in pairwise(borders)][::2]
    drafted, kept = ("\n\n".join(filter(None, (part[side].strip() for part in others))) for side in (0, 1))
    if drafted != kept:
        pairs.append((drafted, kept))
    pairs += [_kept_part(row.source, taken, *paragraph) for paragraph in recast if _has_block(taken, *paragraph)]
    return pairs or [(row.source, row.source)]


def _paragraphs_with_blocks(row: Transformation, edits: Sequence[TextEdit]) -> list[tuple[int, int]]:
    """Return the ranges of the paragraphs that block edits reach into, in order; those that share one are one range."""
    blocks = [edit for edit in edits if is_block(edit.before, edit.after)]
    if not blocks:
        return []
    format: TextFormat = row.detected_format  # type: ignore[assignment]  # stored from resolved options
    paragraphs = segment(row.source, format).blocks
    found: list[tuple[int, int]] = []
    for edit in sorted(blocks, key=lambda edit: edit.start):
        touched = [block for block in paragraphs if block.start < edit.end and edit.start < block.end]
        start = min([edit.start, *(block.start for block in touched)])
        end = max([edit.end, *(block.end for block in touched)])
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _has_block(edits: Sequence[TextEdit], start: int, end: int) -> bool:
    return any(start <= edit.start < end and is_block(edit.before, edit.after) for edit in edits)


def _kept_part(source: str, taken: Sequence[TextEdit], start: int, end: int) -> tuple[str, str]:
    inside = [edit for edit in taken if start <= edit.start < end and edit.end <= end]
    part = source[start:end]
    return part, apply(part, shift(inside, -start))
