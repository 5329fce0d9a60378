"""How hard a text is to rewrite well, told from it alone: its sentences, its terms, and how much of it must stand.

The weights and the borders of the bands come from 1,882 texts of the development data.
Pure: no Django.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from humanize.options import TextFormat
from humanize.text.protect import protected_spans
from humanize.text.segment import Document, segment

Band = Literal["simple", "medium", "complex"]
BANDS: tuple[Band, ...] = ("simple", "medium", "complex")
SAMPLE_CHARACTERS = 12_000
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLAUSE = re.compile(
    r"[,;:—–(]|\b(?:which|who|whose|whom|that|because|although|though|while|whereas|since|unless|if|when|where"
    r"|whether|until)\b",
    re.I,
)
_LONG_WORD = 9
# What is common, and how far texts spread around it: mean and standard deviation, then the weight.
_SCALES = {
    "sentence_words": (20.0, 8.0, 0.35),
    "clauses": (1.9, 0.9, 0.25),
    "terms": (0.144, 0.083, 0.25),
    "protected": (0.08, 0.09, 0.15),
}
_BORDERS = (-0.25, 0.45)


@dataclass(frozen=True, slots=True)
class Complexity:
    """`sentence_words` and `clauses` are means a sentence, `terms` the share of long words, `protected` that of
    characters which must not change; `score` is in standard deviations around the common text."""

    words: int
    sentence_words: float
    clauses: float
    terms: float
    protected: float
    score: float
    band: Band

    def __str__(self) -> str:
        return (
            f"{self.band}: {self.sentence_words:.0f} words and {self.clauses:.1f} clauses a sentence, "
            f"{self.terms:.0%} long words, {self.protected:.0%} protected"
        )


def complexity_of(text: str, format: TextFormat = "auto", phrases: tuple[str, ...] = ()) -> Complexity:
    """From the first 12,000 characters. A text without sentences is simple."""
    document = segment(text[:SAMPLE_CHARACTERS], format)
    prose = [document.text[sentence.start : sentence.end] for sentence in document.sentences]
    found = [_WORD.findall(sentence) for sentence in prose]
    sentences = [words for words in found if words]
    if not sentences:
        return Complexity(0, 0.0, 0.0, 0.0, 0.0, -2.0, "simple")
    count = sum(map(len, sentences))
    values = {
        "sentence_words": count / len(sentences),
        "clauses": sum(len(_CLAUSE.findall(sentence)) for sentence in prose) / len(sentences),
        "terms": sum(len(word) >= _LONG_WORD for words in sentences for word in words) / count,
        "protected": _protected_share(document, phrases),
    }
    score = sum(weight * _clipped((values[name] - mean) / spread) for name, (mean, spread, weight) in _SCALES.items())
    return Complexity(count, **values, score=round(score, 4), band=band_of(score))


def band_of(score: float) -> Band:
    low, high = _BORDERS
    return "simple" if score < low else "medium" if score < high else "complex"


def _protected_share(document: Document, phrases: tuple[str, ...]) -> float:
    spans = protected_spans(document, phrases)
    inside = sum(
        min(span.end, sentence.end) - max(span.start, sentence.start)
        for sentence in document.sentences
        for span in spans
        if span.start < sentence.end and span.end > sentence.start
    )
    return inside / max(1, sum(sentence.end - sentence.start for sentence in document.sentences))


def _clipped(value: float) -> float:
    return max(-3.0, min(3.0, value))
