"""All scores of a text from one pass over its tokens. English only, except burstiness.

The AI-likeness is an estimate: it comes with the share of human texts that score as high, never alone, and not at all
for a text too short to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from humanize.scoring.diversity import mtld
from humanize.scoring.markers import per_1000
from humanize.scoring.readability import flesch
from humanize.scoring.rhythm import burstiness, sentence_lengths
from humanize.scoring.store import Band, detector, manifest
from humanize.scoring.tokens import count_words, tokenise, words_of
from humanize.text.spans import Span

MIN_WORDS = 60
NO_BAND = "none"
BANDS: tuple[Band, ...] = manifest().bands
FLAG_THRESHOLD: float = manifest().flag_threshold


class Segmented(Protocol):
    """What scoring needs of a segmented text: its sentences, in order."""

    @property
    def sentences(self) -> Sequence[Span]: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """``ai_likeness`` 0–1, or None where ``band`` is "none": under 60 words, or not English.

    ``readability`` is Flesch reading ease (−50 to 121.22), ``burstiness`` the coefficient of variation of sentence
    lengths, ``lexical_diversity`` MTLD in words. An empty text scores zeros.
    """

    ai_likeness: float | None
    band: str
    readability: float
    burstiness: float
    lexical_diversity: float
    markers_per_1000: float
    detector_version: str


def score(text: str, document: Segmented | None = None, language: str = "en") -> Scores:
    """Never raises on any text. ``language`` is an ISO 639-1 code; other than "en" only burstiness is measured.

    ``document`` is the same text segmented: its sentences are better than full stops, and only they are scored, so
    that code and tables do not count. Give it for both texts of a comparison or for neither.
    """
    tokens = tokenise(_prose(text, document) if document else text)
    lengths = _lengths(text, document) if document else sentence_lengths(tokens)
    spread = round(burstiness(lengths), 4)
    if not language.lower().startswith("en"):
        return Scores(None, NO_BAND, 0.0, spread, 0.0, 0.0, manifest().version)
    words = words_of(tokens)
    likeness = round(detector().probability(tokens, len(words)), 4) if len(words) >= MIN_WORDS else None
    return Scores(
        ai_likeness=likeness,
        band=band_of(likeness),
        readability=round(flesch(words, len(lengths)), 2),
        burstiness=spread,
        lexical_diversity=round(mtld(words), 2),
        markers_per_1000=round(per_1000(tokens, len(words)), 2),
        detector_version=manifest().version,
    )


def band_of(likeness: float | None) -> str:
    """The name of the highest band that the value reaches; "none" where there is no value."""
    if likeness is None:
        return NO_BAND
    return max((band for band in BANDS if likeness >= band.threshold), key=lambda band: band.threshold).name


def _prose(text: str, document: Segmented) -> str:
    return "\n".join([text[sentence.start : sentence.end] for sentence in document.sentences])


def _lengths(text: str, document: Segmented) -> list[int]:
    counts = (count_words(text[sentence.start : sentence.end]) for sentence in document.sentences)
    return [words for words in counts if words]
