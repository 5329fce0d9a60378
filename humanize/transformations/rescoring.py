"""Keeps the scores of one text to one detector, also where the one that began is gone before the text is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet

from humanize.models import Chunk, Transformation
from humanize.pipeline.measures import Measures
from humanize.scoring import Weights, score


def measures_of(row: Transformation, chunks: QuerySet[Chunk], language: str, weights: Weights) -> Iterator[Measures]:
    """Of all finished chunks; those that another detector scored are scored again, before and after, and say so."""
    for chunk in chunks.exclude(measures=None).iterator(chunk_size=200):
        assert chunk.measures is not None
        found = Measures.from_json(chunk.measures)
        if found.before.detector_version != weights.version:
            found = _again(found, row.source[chunk.start : chunk.end], chunk.result, language, weights)
        yield found


def _again(found: Measures, source: str, result: str, language: str, weights: Weights) -> Measures:
    before, after = (score(text, language=language, weights=weights) for text in (source, result))
    note = f"Scored anew by {weights.version}: {found.before.detector_version} is gone"
    return replace(found, before=before, after=after, warnings=(*found.warnings, note))
