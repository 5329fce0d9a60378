"""All scores of a text from one pass over its tokens. Only burstiness and the detector cover other languages.

The AI-likeness is an estimate. It always comes with the share of human texts that score as high, and it is None for
texts that are too short to judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from humanize.scoring.detector import Detector, band_at, judges_language
from humanize.scoring.diversity import mtld
from humanize.scoring.loader import shipped_detector
from humanize.scoring.markers import per_1000
from humanize.scoring.readability import flesch
from humanize.scoring.rhythm import burstiness, sentence_lengths
from humanize.scoring.tokens import count_words, tokenise, words_of
from humanize.text.spans import Span

NO_BAND = "none"


class Segmented(Protocol):
    """A segmented text: scoring needs only its sentences, in order."""

    @property
    def sentences(self) -> Sequence[Span]: ...


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a text; those that are not measured in its language are None.

    `ai_likeness` is from 0 to 1; if the text is too short for the detector or not in its languages, it is None and
    `band` is "none". `band_fpr` is the share of human texts that reach the band. `readability` is the Flesch reading
    ease (−50 to 121.22), `burstiness` the coefficient of variation of sentence lengths, `lexical_diversity` the MTLD in
    words. An empty English text scores zeros.
    """

    ai_likeness: float | None
    band: str
    readability: float | None
    burstiness: float
    lexical_diversity: float | None
    markers_per_1000: float | None
    detector_version: str
    band_fpr: float | None = None


def score(
    text: str, document: Segmented | None = None, language: str = "en", detector: Detector | None = None
) -> Scores:
    """Measure a text. Never raises on any text.

    `language` is an ISO 639-1 code. For other languages than English only burstiness is measured, and the AI-likeness
    if the detector judges the language. `document` is the same text segmented: its sentences are more accurate than
    full stops, and only they are scored, which excludes code and tables. To compare two texts, pass it for both or for
    neither, with the same `detector` (by default the shipped one).
    """
    detector = detector or shipped_detector()
    prose = _prose(text, document) if document else text
    tokens = tokenise(prose)
    lengths = _lengths(text, document) if document else sentence_lengths(tokens)
    words = words_of(tokens)
    english = language.lower().startswith("en")
    likeness = _likeness(detector, language, prose, tokens, len(words))
    band = band_at(likeness, detector.bands)
    return Scores(
        ai_likeness=likeness,
        band=band.name if band else NO_BAND,
        readability=round(flesch(words, len(lengths)), 2) if english else None,
        burstiness=round(burstiness(lengths), 4),
        lexical_diversity=round(mtld(words), 2) if english else None,
        markers_per_1000=round(per_1000(tokens, len(words)), 2) if english else None,
        detector_version=detector.version,
        band_fpr=band.fpr if band else None,
    )


def _likeness(detector: Detector, language: str, prose: str, tokens: Sequence[str], words: int) -> float | None:
    if words < detector.min_words or not judges_language(detector, language):
        return None
    return round(detector.likeness(prose, tokens), 4)


def _prose(text: str, document: Segmented) -> str:
    return "\n".join([text[sentence.start : sentence.end] for sentence in document.sentences])


def _lengths(text: str, document: Segmented) -> list[int]:
    counts = (count_words(text[sentence.start : sentence.end]) for sentence in document.sentences)
    return [words for words in counts if words]
