"""What the product needs of a detector, whatever is inside it: a linear model, an encoder, a service of one's own.

`linear` holds the kind that is shipped, `loader` reads a detector of any kind from its folder. A further kind is one
class that fulfils `Detector` and one line in `loader.DETECTOR_KINDS`. Pure: no Django, no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from humanize.scoring.tokens import PlacedToken


class DetectorError(RuntimeError):
    """The files of a detector are missing or damaged, or of a kind that this version cannot read."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of AI-likeness from ``threshold`` up; ``fpr`` is the share of held-out human texts that reach it."""

    name: str
    threshold: float
    fpr: float


class Detector(Protocol):
    """Estimates how likely it is that a model wrote a text. Implementations are immutable and may be called from
    several threads at once."""

    @property
    def version(self) -> str:
        """The name that its scores carry. Two detectors that score differently never share one."""

    @property
    def languages(self) -> frozenset[str]:
        """The ISO 639-1 codes of the languages that it judges."""

    @property
    def min_words(self) -> int:
        """The least number of words that it judges."""

    @property
    def bands(self) -> tuple[Band, ...]:
        """The bands of its scores. One begins at 0, so that every score has a band."""

    @property
    def flag_threshold(self) -> float:
        """The AI-likeness from which a text counts as flagged."""

    def likeness(self, text: str, tokens: Sequence[str]) -> float:
        """Return the probability, from 0 to 1 at even odds of human and AI, that a model wrote ``text``.

        ``tokens`` are ``tokenise(text)``, which the caller needs anyway. Never raises on any text.
        """

    def sentence_likeness(
        self, text: str, tokens: Sequence[PlacedToken], sentences: Sequence[tuple[int, int]]
    ) -> Sequence[float]:
        """Return the probability of each sentence on its own evidence; a short one is uncertain, not neutral.

        ``tokens`` are ``tokens_in_place(text)``; a sentence is a half-open range of their indices. Never raises.
        """


def judges_language(detector: Detector, language: str) -> bool:
    """Whether the detector judges texts in this language: an ISO 639-1 code, also with a region ("en-GB")."""
    return language.lower().replace("_", "-").partition("-")[0] in detector.languages


def band_at(likeness: float | None, bands: Sequence[Band]) -> Band | None:
    """Return the highest band that the value reaches; None where there is no value."""
    if likeness is None:
        return None
    return max((band for band in bands if likeness >= band.threshold), key=lambda band: band.threshold)
