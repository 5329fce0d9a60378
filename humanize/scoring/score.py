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
from humanize.scoring.store import Band, Weights, manifest, shipped
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
    lengths, ``lexical_diversity`` MTLD in words; what is not measured in a language is None. An empty English text
    scores zeros. ``band_fpr`` is the share of human texts that reach the band, by the detector that scored.
    """

    ai_likeness: float | None
    band: str
    readability: float | None
    burstiness: float
    lexical_diversity: float | None
    markers_per_1000: float | None
    detector_version: str
    band_fpr: float | None = None


def score(text: str, document: Segmented | None = None, language: str = "en", weights: Weights | None = None) -> Scores:
    """Never raises on any text. ``language`` is an ISO 639-1 code; other than "en" only burstiness is measured.

    ``document`` is the same text segmented: its sentences are better than full stops, and only they are scored, so
    that code and tables do not count. Give it for both texts of a comparison or for neither, and the same ``weights``
    (the shipped ones where they are left out).
    """
    by = weights or shipped()
    tokens = tokenise(_prose(text, document) if document else text)
    lengths = _lengths(text, document) if document else sentence_lengths(tokens)
    spread = round(burstiness(lengths), 4)
    if not language.lower().startswith("en"):
        return Scores(None, NO_BAND, None, spread, None, None, by.version)
    words = words_of(tokens)
    likeness = round(by.detector.probability(tokens, len(words)), 4) if len(words) >= MIN_WORDS else None
    band = band_at(likeness, by.manifest.bands)
    return Scores(
        ai_likeness=likeness,
        band=band.name if band else NO_BAND,
        readability=round(flesch(words, len(lengths)), 2),
        burstiness=spread,
        lexical_diversity=round(mtld(words), 2),
        markers_per_1000=round(per_1000(tokens, len(words)), 2),
        detector_version=by.version,
        band_fpr=band.fpr if band else None,
    )


def band_at(likeness: float | None, bands: Sequence[Band] = BANDS) -> Band | None:
    """The highest band that the value reaches; None where there is no value."""
    if likeness is None:
        return None
    return max((band for band in bands if likeness >= band.threshold), key=lambda band: band.threshold)


def _prose(text: str, document: Segmented) -> str:
    return "\n".join([text[sentence.start : sentence.end] for sentence in document.sentences])


def _lengths(text: str, document: Segmented) -> list[int]:
    counts = (count_words(text[sentence.start : sentence.end]) for sentence in document.sentences)
    return [words for words in counts if words]
