"""Between the pipeline's values and the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from humanize.events import TransformationCompleted
from humanize.models import EXCERPT_LENGTH, TITLE_LENGTH, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline.measures import Measures
from humanize.pipeline.trace import Paid, Try, said, steps_of
from humanize.routing import router
from humanize.routing.router import Route
from humanize.text import edits as text_edits

_TITLE_WORDS = 8


def outcome(measures: Measures, options: RewriteOptions, result: str) -> dict[str, object]:
    """The columns that say what came out; `options` are the resolved ones."""
    return {
        "result": result,
        "register": options.strategy,
        "detected_language": options.language,
        "detected_format": options.format,
        "scores": {"before": asdict(measures.before), "after": asdict(measures.after)},
        "similarity": measures.similarity,
        "share_changed": measures.share_changed,
        "edit_count": measures.edits,
        "warnings": list(measures.warnings),
        "detector_version": measures.before.detector_version,
    }


def completed_event(row: Transformation, *, edits: int, language: str) -> TransformationCompleted:
    """`language` is the one found. Holds counts and identifiers, and nothing of the text."""
    return TransformationCompleted(
        transformation_id=row.pk,
        document_id=row.document_id,
        account_id=row.owner_id,
        words=row.words,
        edits=edits,
        language=language,
        service_tier=row.service_tier,
    )


def answered(route: Sequence[dict[str, str]], edits: int) -> list[dict[str, str]]:
    """The stored trace where the rules were all there was."""
    step = {"candidate": router.RULES, "outcome": "answered", "reason": said(edits)}
    return [*(dict(one) for one in route), step]


def trace_of(route: Route, tries: Sequence[Try], parts: int, paid: Sequence[Paid] = ()) -> list[dict[str, str]]:
    """The plan, then what was tried in all parts and what each cost by the ledger."""
    return [*(asdict(step) for step in route.trace), *steps_of(tries, parts, paid)]


def edit_rows(row: Transformation, edits: Sequence[text_edits.Edit], origins: Sequence[UUID | None] = ()) -> list[Edit]:
    """`origins` names the call behind each edit; without it they are the rules'."""
    return [
        Edit(
            transformation=row,
            start=edit.start,
            end=edit.end,
            before=edit.before,
            after=edit.after,
            reason=edit.reason,
            source=edit.source,
            invocation=origin,
        )
        for edit, origin in zip(edits, origins or (None,) * len(edits), strict=True)
    ]


def plain_edit(row: Edit) -> text_edits.Edit:
    return text_edits.Edit(row.start, row.end, row.before, row.after, row.reason, row.source)


def excerpt_of(text: str) -> str:
    return " ".join(text[: 2 * EXCERPT_LENGTH].split())[:EXCERPT_LENGTH]


def title_for(given: str, excerpt: str) -> str:
    """The title given, or the first words of the text."""
    words = excerpt.lstrip("#>*-– ").split()
    short = " ".join(words[:_TITLE_WORDS]) + ("…" if len(words) > _TITLE_WORDS else "")
    return (given.strip() or short or "Untitled")[:TITLE_LENGTH]
