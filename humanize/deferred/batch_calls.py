"""Deferred parts as the calls of a batch; the same call id gives the same prompt, so that no prompt is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from humanize.generation import attempt, order_builder, parallel
from humanize.generation.parallel import Order, Part
from humanize.generation.prefetched import nonce_of, sheet_of
from humanize.models import Deferred, Transformation
from humanize.pipeline.chunks import Stretch
from humanize.prompts.style_sheet import StyleSheet
from humanize.routing.router import Candidate
from serving.vendor_batches.preparation import WINDOW, BatchCall


@dataclass(frozen=True, slots=True)
class Rendered:
    row: Deferred
    call: BatchCall
    sheet: str


@dataclass(frozen=True, slots=True)
class _Text:
    """Once a text, however many parts of it go out. `candidate` is None where the deployment is no longer live."""

    order: Order
    style: StyleSheet
    candidate: Candidate | None


def rendered(rows: Sequence[Deferred], ids: Mapping[int, UUID]) -> Iterator[Rendered]:
    """Those whose deployment may still be asked and that have a sentence to ask about; `rows` with their chunks."""
    wanted = {row.chunk.transformation_id for row in rows}
    found = Transformation.objects.select_related("owner").filter(pk__in=wanted)  # not joined: a book has 200 parts
    texts: dict[tuple[UUID, str], _Text] = {}
    sources = {text.pk: text for text in found}
    for row in rows:
        key = (row.chunk.transformation_id, row.deployment)
        if key not in texts:
            texts[key] = _text(sources[key[0]], row.deployment)
        candidate = texts[key].candidate
        if candidate is not None:
            yield from _one(row, ids[row.pk], texts[key], candidate)


def _one(row: Deferred, id: UUID, text: _Text, candidate: Candidate) -> Iterator[Rendered]:
    part = Part(row.chunk.number, Stretch(row.chunk.start, row.chunk.end, 0))
    job = parallel.job_for(text.order, part, text.style)
    asked = attempt.question(job, nonce=nonce_of(id))
    if asked.prompt:
        request = attempt.first_request(candidate, job, asked, within_s=WINDOW.total_seconds())
        yield Rendered(row, BatchCall(id, job.caller, request), sheet_of(asked))


def _text(text: Transformation, deployment: str) -> _Text:
    options = order_builder.resolved(text)
    plan = order_builder.planned(text, options)
    live = {one.name: one for one in plan.route.engines}
    order = order_builder.order(text, options, plan)
    return _Text(order, parallel.style_of(order), live.get(deployment))
