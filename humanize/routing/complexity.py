"""How hard a text is to rewrite, computed from the text alone: its sentences, terms and protected spans.

The weights and the borders of the bands come from 1,882 texts of the development data. Pure: no Django.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Literal

from humanize.options import TextFormat
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.spans import Span

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
# For each feature of a sentence: its mean, its standard deviation, and its weight.
_SCALES = {
    "sentence_words": (21.0, 10.0, 0.4),
    "clauses": (1.9, 1.6, 0.15),
    "terms": (0.144, 0.12, 0.2),
    "protected": (0.8, 1.2, 0.25),
}
_BORDERS = (-0.19, 0.26)


@dataclass(frozen=True, slots=True)
class Complexity:
    """How hard a text is to rewrite.

    `sentence_words`, `clauses`, `terms` (the share of long words, 0 to 1) and `protected` (the number of protected
    spans) are means over the sentences of the sample; `words` is its length. `score` is the mean difficulty of the
    sentences, from -1 to 1.
    """

    words: int
    sentence_words: float
    clauses: float
    terms: float
    protected: float
    score: float
    band: Band

    def __str__(self) -> str:
        return (
            f"{self.band}: {self.sentence_words:.0f} words and {self.clauses:.1f} clauses per sentence, "
            f"{self.terms:.0%} long words, {self.protected:.1f} protected spans per sentence"
        )


def complexity_of(text: str, format: TextFormat = "auto", phrases: tuple[str, ...] = ()) -> Complexity:
    """Compute the complexity of the first 12,000 characters. A text without sentences is simple."""
    document = segment(text[:SAMPLE_CHARACTERS], format)
    protected = protected_spans(document, phrases)
    found = [_sentence(document, sentence, protected) for sentence in document.sentences]
    sentences = [one for one in found if one is not None]
    if not sentences:
        return Complexity(0, 0.0, 0.0, 0.0, 0.0, -1.0, "simple")
    means = {name: sum(one[name] for one in sentences) / len(sentences) for name in _SCALES}
    score = sum(map(_hardness, sentences)) / len(sentences)
    words = round(sum(one["sentence_words"] for one in sentences))
    return Complexity(words, **means, score=round(score, 4), band=band_of(score))


def band_of(score: float) -> Band:
    low, high = _BORDERS
    return "simple" if score < low else "medium" if score < high else "complex"


def _sentence(document: SegmentedText, sentence: Span, protected: Sequence[Span]) -> dict[str, float] | None:
    text = document.text[sentence.start : sentence.end]
    words = _WORD.findall(text)
    if not words:
        return None
    first = bisect_left(protected, sentence.start, key=lambda span: span.end)
    inside = takewhile(lambda span: span.start < sentence.end, islice(protected, first, None))
    return {
        "sentence_words": float(len(words)),
        "clauses": float(len(_CLAUSE.findall(text))),
        "terms": sum(len(word) >= _LONG_WORD for word in words) / len(words),
        "protected": float(sum(1 for _ in inside)),
    }


def _hardness(sentence: dict[str, float]) -> float:
    """Return the difficulty of a sentence, from -1 to 1.

    The curve is steepest around the average sentence: a sentence of twice the usual length is not twice as hard.
    """
    weighed = sum(weight * (sentence[name] - mean) / spread for name, (mean, spread, weight) in _SCALES.items())
    return math.tanh(weighed)
