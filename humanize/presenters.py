"""The JSON of the product, the same from the API, the export and the command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import TypeAlias

from django.utils import timezone

from humanize.models import Batch, BatchItem, Document, Edit, Feedback, Transformation
from humanize.pipeline import trace
from humanize.pipeline.rewrite import Rewrite
from humanize.routing import router
from humanize.scoring import Detector, sentence_scores
from humanize.selectors import Decisions, Progress, progress_of
from humanize.states import TERMINAL, State
from humanize.transformations.final_text import Final

Json: TypeAlias = dict[str, object]


def transformation_brief(row: Transformation) -> Json:
    """Without the texts: for lists."""
    return {
        "id": str(row.pk),
        "document": str(row.document_id),
        "title": row.document.title,
        "state": row.state,
        "progress": progress(progress_of(row, timezone.now())),
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
        "words": row.words,
        "level": row.level,
        "strategy": row.register or row.strategy,
        "language": row.detected_language or row.language,
        "format": row.detected_format or row.format,
        "model": row.model,
        "service_tier": row.service_tier,
        "options": _options(row),
        "excerpt": row.excerpt,
        "edit_count": row.edit_count,
        "scores": row.scores,
        "similarity": row.similarity,
        "share_changed": row.share_changed,
        "route": row.route,
        "route_sentence": trace.sentence(row.route),
        "cost": f"{Decimal(row.cost).normalize():f}",
        "warnings": row.warnings,
        "error": {"code": row.error_code, "detail": row.error_detail} if row.error_code else None,
        "summary": summary(row),
    }


def transformation_whole(row: Transformation, edits: Iterable[Edit], next_edits: str | None = None) -> Json:
    """With the texts and the first page of edits; `edits_next` is the cursor of the rest, for long texts."""
    done = row.state == State.COMPLETED
    return transformation_brief(row) | {
        "text": row.source,
        "result": row.result if done else None,
        "edits": [edit(one) for one in edits] if done else [],
        "edits_next": next_edits,
        "rules_version": row.rules_version,
        "detector_version": row.detector_version,
    }


def edit(row: Edit) -> Json:
    return {
        "id": row.pk,
        "start": row.start,
        "end": row.end,
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "source": row.source,
        "kind": "/".join(row.source.split("/")[:2]),
        "decision": row.decision,
    }


def progress(now: Progress) -> Json:
    return {
        "done_chunks": now.done_chunks,
        "total_chunks": now.total_chunks,
        "percent": now.percent,
        "eta_s": now.eta_s,
    }


def summary(row: Transformation) -> str:
    """One plain sentence for people."""
    match row.state:
        case State.COMPLETED:
            return plain_result(row.edit_count, row.route)
        case State.QUEUED:
            return "Waiting for a worker"
        case State.RUNNING:
            return f"{row.done_chunks:,} of {row.total_chunks:,} parts done" if row.total_chunks else "Started"
        case State.WAITING:
            return "Waits for a vendor's batch: it comes within a day, and is asked for at once when it does not"
        case State.CANCELLED:
            return "Cancelled; resume to go on where it stopped"
        case _:
            return f"Failed: {row.error_detail}"


def plain_result(edits: int, route: Sequence[Mapping[str, str]]) -> str:
    """Who made how many edits."""
    if not edits:
        return "Nothing worth changing"
    names = [step["candidate"] for step in route if step["outcome"] == "answered"]
    who = " and ".join(dict.fromkeys("rules" if name == router.RULES else name for name in names))
    return f"{who[:1].upper()}{who[1:]} made {edits:,} {'edit' if edits == 1 else 'edits'}"


def rewrite_json(rewrite: Rewrite, route: Sequence[dict[str, str]]) -> Json:
    """What the command prints: the API's names."""
    return {
        "result": rewrite.result,
        "edits": [{key: value for key, value in asdict(one).items() if key in _EDIT_KEYS} for one in rewrite.edits],
        "scores": {"before": asdict(rewrite.before), "after": asdict(rewrite.after)},
        "similarity": rewrite.measures.similarity,
        "share_changed": rewrite.measures.share_changed,
        "language": rewrite.options.language,
        "strategy": rewrite.options.strategy,
        "format": rewrite.options.format,
        "level": rewrite.options.level,
        "route": list(route),
        "warnings": list(rewrite.measures.warnings),
        "route_sentence": trace.sentence(route),
        "summary": plain_result(len(rewrite.edits), route),
    }


_EDIT_KEYS = frozenset({"start", "end", "before", "after", "reason", "source"})


def sentences(text: str, language: str, detector: Detector) -> list[Json]:
    """Sentence by sentence, for highlighting."""
    return [
        {
            "start": one.start,
            "end": one.end,
            "ai_likeness": one.weight,
            "markers": [[span.start, span.end] for span in one.markers],
        }
        for one in sentence_scores(text, language=language, detector=detector)
    ]


def decisions(counts: Decisions) -> Json:
    return asdict(counts)


def final(text: Final) -> Json:
    return {
        "text": text.text,
        **asdict(text.decisions),
        "scores": asdict(text.scores) if text.scores else None,
        "scores_before": asdict(text.before) if text.before else None,
        "scores_note": text.note,
        "similarity": text.similarity,
    }


def document(row: Document, transformations: int) -> Json:
    return {
        "id": str(row.pk),
        "title": row.title,
        "created_at": row.created_at.isoformat(),
        "transformation_count": transformations,
    }


def batch_brief(row: Batch) -> Json:
    """A batch that `selectors.batches_of` has read."""
    documents, over, refused = (getattr(row, name) for name in ("documents", "over", "refused"))
    return {
        "id": str(row.pk),
        "created_at": row.created_at.isoformat(),
        "documents": documents,
        "over": over + refused,
        "refused": refused,
    }


def batch_whole(row: Batch, items: Sequence[BatchItem]) -> Json:
    brief = {
        "id": str(row.pk),
        "created_at": row.created_at.isoformat(),
        "documents": len(items),
        "over": sum(bool(one.error_code) or _is_over(one) for one in items),
        "refused": sum(bool(one.error_code) for one in items),
    }
    return brief | {"items": [_batch_item(one) for one in items]}


def _is_over(item: BatchItem) -> bool:
    return item.transformation is not None and item.transformation.state in TERMINAL


def _batch_item(item: BatchItem) -> Json:
    """`transformation` is None where the document was refused, or has been deleted since."""
    return {
        "number": item.number,
        "transformation": transformation_brief(item.transformation) if item.transformation else None,
        "error": {"code": item.error_code, "detail": item.error_detail} if item.error_code else None,
    }


def feedback(row: Feedback) -> Json:
    return {"rating": row.rating, "comment": row.comment, "final_text": row.final_text or None}


def _options(row: Transformation) -> Json:
    names = ("level", "strategy", "language", "format", "model", "protected")
    return {name: getattr(row, name) for name in names}
