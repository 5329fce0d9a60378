"""Converts between the values of the pipeline and database rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from humanize.events import TransformationCompleted
from humanize.models import EXCERPT_LENGTH, TITLE_LENGTH, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline import champions
from humanize.pipeline.measures import Measures
from humanize.pipeline.trace import AttemptRecord, LedgerCall, edits_sentence, steps_of
from humanize.routing import router
from humanize.routing.router import Route
from humanize.text import edits as text_edits
from humanize.text.segment import BYTE_ORDER_MARK

_TITLE_WORDS = 8


def outcome_columns(measures: Measures, options: RewriteOptions, source: str, result: str) -> dict[str, object]:
    """Return the columns that hold the result of a rewrite. `options` are the resolved options."""
    judgement = champions.judgement_of(source, result, options.language)
    return {
        "result": result,
        "register": options.strategy,
        "detected_language": options.language,
        "detected_format": options.format,
        "scores": {
            "before": asdict(measures.before),
            "after": asdict(measures.after),
            "judgement": asdict(judgement) if judgement else None,
        },
        "similarity": measures.similarity,
        "share_changed": measures.share_changed,
        "edit_count": measures.edits,
        "warnings": list(measures.warnings),
        "detector_version": measures.before.detector_version,
    }


def completed_event(row: Transformation, *, edits: int, language: str) -> TransformationCompleted:
    """Return the event for a completed text; it has counts and ids, but no text. `language` is the detected one."""
    return TransformationCompleted(
        transformation_id=row.pk,
        document_id=row.document_id,
        account_id=row.owner_id,
        words=row.words,
        edits=edits,
        language=language,
        service_tier=row.service_tier,
    )


def with_rules_step(route: Sequence[dict[str, str]], edits: int) -> list[dict[str, str]]:
    """Return the stored plan followed by the answer of the rules, for a text that no other candidate was asked for."""
    step = {"candidate": router.RULES, "outcome": "answered", "reason": edits_sentence(edits)}
    return [*(dict(one) for one in route), step]


def route_steps(
    route: Route, records: Sequence[AttemptRecord], parts: int, calls: Sequence[LedgerCall] = ()
) -> list[dict[str, str]]:
    """Return the plan, followed by what was tried in all parts, with the cost of each step from the ledger."""
    return [*(asdict(step) for step in route.trace), *steps_of(records, parts, calls)]


def edit_rows(
    row: Transformation, edits: Sequence[text_edits.TextEdit], origins: Sequence[UUID | None] = ()
) -> list[Edit]:
    """Return unsaved rows. `origins` holds the id of the call behind each edit; leave it out for edits of the rules."""
    return [
        Edit(
            transformation=row,
            start=edit.start,
            end=edit.end,
            before=edit.before,
            after=edit.after,
            reason=edit.reason,
            source=edit.source,
            look=edit.look,
            invocation=origin,
        )
        for edit, origin in zip(edits, origins or (None,) * len(edits), strict=True)
    ]


def edit_from_row(row: Edit) -> text_edits.TextEdit:
    return text_edits.TextEdit(row.start, row.end, row.before, row.after, row.reason, row.source, row.look)


def excerpt_of(text: str) -> str:
    """Return the beginning of the text on one line, for use in lists."""
    return " ".join(text.removeprefix(BYTE_ORDER_MARK)[: 2 * EXCERPT_LENGTH].split())[:EXCERPT_LENGTH]


def title_for(title: str, excerpt: str) -> str:
    """Return the title, or the first words of the text if the title is empty."""
    words = excerpt.lstrip("#>*-– ").split()
    short = " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")
    return (title.strip() or short or "Untitled")[:TITLE_LENGTH]
