"""All scores of a text from one pass over its tokens. Only burstiness and the detector cover other languages.

The AI-likeness is an estimate, computed from the prose of the text alone. It comes with the share of human texts of the
genre that score as high, where that was measured; it is None where there is too little prose to judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from humanize.scoring.detector import Detector, band_at, judges_language, promised_rate
from humanize.scoring.diversity import mtld
from humanize.scoring.linear import MIN_WORDS
from humanize.scoring.loader import shipped_detector
from humanize.scoring.markers import per_1000
from humanize.scoring.prose import Segmented, prose_of
from humanize.scoring.readability import flesch
from humanize.scoring.rhythm import burstiness, sentence_lengths
from humanize.scoring.tokens import count_words, tokenise, words_of

NO_BAND = "none"
NoScoreReason = Literal["language", "too_short", "too_little_prose"]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a text; those that are not measured in its language are None.

    `ai_likeness` is from 0 to 1, for the prose alone: `prose_words` words of it. `left_out` gives the number of words
    of each other kind (code, data, front_matter, heading, html, list_item, quote, table, verse). Without an
    `ai_likeness`, `band` is "none" and `no_score_reason` says why: the detector needs `min_words` words of prose.
    `band_fpr` is the share (0 to 1) of human texts that reach the band: the upper figure of the `genre`, or, if that is
    None, of the genre where it is highest; it is None where nothing is promised. `readability` is the Flesch reading
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
    genre: str | None = None
    prose_words: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    no_score_reason: NoScoreReason | None = None
    min_words: int = MIN_WORDS


def score(
    text: str,
    document: Segmented | None = None,
    language: str = "en",
    detector: Detector | None = None,
    genre: str | None = None,
) -> Scores:
    """Measure a text. Never raises on any text.

    `language` is an ISO 639-1 code. For other languages than English only burstiness is measured, and the AI-likeness
    if the detector judges the language. `document` is the same text segmented: its sentences are more accurate than
    full stops, and without code and tables. To compare two texts, pass it for both or for neither, with the same
    `detector` (by default the shipped one). The AI-likeness is always that of the prose. `genre` decides what is said
    about human texts: pass None if it is unknown.
    """
    detector = detector or shipped_detector()
    prose = prose_of(text, document)
    prose_tokens = tokenise(prose.text)
    tokens = prose_tokens if not prose.left_out else tokenise(_all_text(text, document))
    lengths = _lengths(text, document) if document else sentence_lengths(tokens)
    words, prose_words = words_of(tokens), len(words_of(prose_tokens))
    english = language.lower().startswith("en")
    judged = judges_language(detector, language)
    enough = prose_words >= detector.min_words
    likeness = round(detector.likeness(prose.text, prose_tokens), 4) if judged and enough else None
    band = band_at(likeness, detector.bands)
    return Scores(
        ai_likeness=likeness,
        band=band.name if band else NO_BAND,
        readability=round(flesch(words, len(lengths)), 2) if english else None,
        burstiness=round(burstiness(lengths), 4),
        lexical_diversity=round(mtld(words), 2) if english else None,
        markers_per_1000=round(per_1000(tokens, len(words)), 2) if english else None,
        detector_version=detector.version,
        band_fpr=promised_rate(band.name, detector.human_rates, genre) if band else None,
        genre=genre,
        prose_words=prose_words,
        left_out=prose.left_out,
        no_score_reason=no_score_reason(likeness, judged, prose_words + sum(prose.left_out.values()), detector),
        min_words=detector.min_words,
    )


def no_score_reason(likeness: float | None, judged: bool, words: int, detector: Detector) -> NoScoreReason | None:
    """Return why there is no AI-likeness. `judged` says whether the detector knows the language of the `words`."""
    if likeness is not None:
        return None
    if not judged:
        return "language"
    return "too_short" if words < detector.min_words else "too_little_prose"


def _all_text(text: str, document: Segmented | None) -> str:
    if document is None:
        return text
    return "\n".join([text[sentence.start : sentence.end] for sentence in document.sentences])


def _lengths(text: str, document: Segmented) -> list[int]:
    counts = (count_words(text[sentence.start : sentence.end]) for sentence in document.sentences)
    return [words for words in counts if words]
