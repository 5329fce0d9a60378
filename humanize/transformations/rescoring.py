"""Keeps the scores of one text to one detector, also where the one that began is gone before the text is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet

from humanize.models import Chunk, Transformation
from humanize.pipeline.measures import Measures
from humanize.scoring import Detector, score


def measures_of(row: Transformation, chunks: QuerySet[Chunk], language: str, detector: Detector) -> Iterator[Measures]:
    """Of all finished chunks; those that another detector scored are scored again, before and after, and say so."""
    for chunk in chunks.exclude(measures=None).iterator(chunk_size=200):
        assert chunk.measures is not None
        found = Measures.from_json(chunk.measures)
        if found.before.detector_version != detector.version:
            found = _again(found, row.source[chunk.start : chunk.end], chunk.result, language, detector)
        yield found


def _again(found: Measures, source: str, result: str, language: str, detector: Detector) -> Measures:
    before, after = (score(text, language=language, detector=detector) for text in (source, result))
    note = f"Scored anew by {detector.version}: {found.before.detector_version} is gone"
    return replace(found, before=before, after=after, warnings=(*found.warnings, note))
