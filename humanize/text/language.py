"""Detects the language of a text by py3langid, offline, from a sample of limited length."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LEAST_CONFIDENCE = 0.5  # below it the language is uncertain
UNDETERMINED = "und"
_SAMPLE = 2_000
_LEAST_LETTERS = 20


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """An ISO 639-1 code, or `und` for a text that is too short; `confidence` is from 0 to 1."""

    code: str
    confidence: float


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loads numpy and the model, so not at import time

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def detect_language(text: str) -> DetectedLanguage:
    """Detect the language from the first 2,000 characters and another 2,000 from the middle."""
    sample = text if len(text) <= 2 * _SAMPLE else text[:_SAMPLE] + text[len(text) // 2 :][:_SAMPLE]
    if sum(map(str.isalpha, sample[:400])) < _LEAST_LETTERS:
        return DetectedLanguage(UNDETERMINED, 0.0)
    code, confidence = _identifier().classify(sample)
    return DetectedLanguage(str(code), float(confidence))
