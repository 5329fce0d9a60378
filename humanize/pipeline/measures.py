"""The measures of a stretch, and how those of all stretches combine. Pure: no Django.

The measures of a text are means weighted by words (the AI-likeness by words of prose), so that a book needs bounded
memory, and the API, the command and the worker give the same figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from humanize.scoring import Detector, Scores, shipped_detector
from humanize.scoring.detector import band_at, promised_rate
from humanize.scoring.score import NO_BAND, no_score_reason
from humanize.text.edits import TextEdit

MAX_WARNINGS = 50
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Measures:
    """Scores before and after a rewrite, and how much it changed.

    `words` is the number of words of the source between white space; `similarity` and `share_changed` are from 0 to 1.
    """

    words: int
    before: Scores
    after: Scores
    similarity: float
    share_changed: float
    edits: int
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Measures:
        fields = dict(data)
        before, after = fields.pop("before"), fields.pop("after")
        assert isinstance(before, dict)
        assert isinstance(after, dict)
        warnings = fields.pop("warnings")
        assert isinstance(warnings, list)
        return cls(before=Scores(**before), after=Scores(**after), warnings=tuple(warnings), **fields)  # type: ignore[arg-type]  # written by to_json


def combine(parts: Iterable[Measures], detector: Detector | None = None) -> Measures:
    """Combine the measures of stretches into those of the text; a single one is returned unchanged.

    `detector` is the one that scored the stretches, by default the shipped one. Raises ValueError if there are no
    stretches, or if different detectors scored them.
    """
    all_parts = list(parts)
    if not all_parts:
        raise ValueError("there are no measures to combine")
    if len(all_parts) == 1:
        return all_parts[0]
    detector = detector or shipped_detector()
    return Measures(
        words=sum(part.words for part in all_parts),
        before=_scores(all_parts, lambda part: part.before, detector),
        after=_scores(all_parts, lambda part: part.after, detector),
        similarity=_mean([(part.similarity, part.words) for part in all_parts]),
        share_changed=_mean([(part.share_changed, part.words) for part in all_parts]),
        edits=sum(part.edits for part in all_parts),
        warnings=_distinct(warning for part in all_parts for warning in part.warnings),
    )


def _scores(parts: list[Measures], pick: Callable[[Measures], Scores], detector: Detector) -> Scores:
    pairs = [(pick(part), part.words) for part in parts]
    if len(versions := {one.detector_version for one, _ in pairs}) > 1:
        raise ValueError(f"scores of different detectors cannot be combined: {', '.join(sorted(versions))}")
    likeness = _known([(s.ai_likeness, s.prose_words) for s, _ in pairs])
    band = band_at(likeness, detector.bands)
    genres = {one.genre for one, _ in pairs}
    genre = genres.pop() if len(genres) == 1 else None
    prose_words, left_out = sum(one.prose_words for one, _ in pairs), _sum_by_kind(one.left_out for one, _ in pairs)
    judged = all(one.no_score_reason != "language" for one, _ in pairs)
    return Scores(
        ai_likeness=likeness,
        band=band.name if band else NO_BAND,
        readability=_known([(s.readability, words) for s, words in pairs], 2),
        burstiness=_mean([(s.burstiness, words) for s, words in pairs]),
        lexical_diversity=_known([(s.lexical_diversity, words) for s, words in pairs], 2),
        markers_per_1000=_known([(s.markers_per_1000, words) for s, words in pairs], 2),
        detector_version=versions.pop(),
        band_fpr=promised_rate(band.name, detector.human_rates, genre) if band else None,
        genre=genre,
        prose_words=prose_words,
        left_out=left_out,
        no_score_reason=no_score_reason(likeness, judged, prose_words + sum(left_out.values()), detector),
        min_words=detector.min_words,
    )


def _sum_by_kind(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def _known(values: list[tuple[float | None, int]], digits: int = 4) -> float | None:
    """Return the mean over the stretches that have this value; None if none has it."""
    there = [(value, words) for value, words in values if value is not None]
    return _mean(there, digits) if there else None


def _mean(values: list[tuple[float, int]], digits: int = 4) -> float:
    total = sum(words for _, words in values)
    return round(sum(value * words for value, words in values) / total, digits) if total else values[0][0]


def _distinct(warnings: Iterable[str]) -> tuple[str, ...]:
    """Return each warning once, in order; those beyond the limit are only counted."""
    found = tuple(dict.fromkeys(warnings))
    if len(found) <= MAX_WARNINGS:
        return found
    return (*found[:MAX_WARNINGS], f"and {len(found) - MAX_WARNINGS} more warnings like these")


def share_changed(source: str, edits: Sequence[TextEdit]) -> float:
    """Return the share of words that were replaced, removed or inserted, from 0 to 1, relative to the source's words.

    Equal words at the beginning or end of an edit's two sides are not counted. An edit inside a word counts as that
    word.
    """
    total = sum(1 for _ in _WORD.finditer(source))
    if not edits:
        return 0.0
    touched = sum(_touched(edit) for edit in edits)
    return min(touched / total, 1.0) if total else 1.0


def _touched(edit: TextEdit) -> int:
    before, after = edit.before.split(), edit.after.split()
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    if not before and not after:
        return int(edit.before != edit.after and bool(edit.before.strip() or edit.after.strip()))
    return max(len(before), len(after))
