"""The protocol of a detector. Inside it may be a linear model, an encoder, or a call to another service.

`linear` has the shipped kind; `loader` reads a detector of any kind from its folder. To add a kind, write a class that
fulfils `Detector` and add one line to `loader.DETECTOR_KINDS`. Pure: no Django, no network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from humanize.scoring.tokens import PlacedToken


class DetectorError(RuntimeError):
    """The files of a detector are missing, damaged, or of a kind that this version cannot read."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of AI-likeness that begins at `threshold`; `fpr` is the share of held-out human texts that reach it."""

    name: str
    threshold: float
    fpr: float


class Detector(Protocol):
    """Estimates how likely it is that a model wrote a text.

    Implementations are immutable and may be called from several threads at once.
    """

    @property
    def version(self) -> str:
        """Return the version stored with its scores. Two detectors that score differently never share a version."""

    @property
    def languages(self) -> frozenset[str]:
        """Return the ISO 639-1 codes of the languages that it judges."""

    @property
    def min_words(self) -> int:
        """Return the smallest number of words of a text that it judges."""

    @property
    def bands(self) -> tuple[Band, ...]:
        """Return the bands of its scores. One begins at 0, so that every score has a band."""

    @property
    def flag_threshold(self) -> float:
        """Return the AI-likeness (0 to 1) from which a text counts as flagged."""

    def likeness(self, text: str, tokens: Sequence[str]) -> float:
        """Return the probability (0 to 1) that a model wrote `text`, assuming even odds of human and AI.

        `tokens` is `tokenise(text)`, which the caller needs anyway. Never raises on any text.
        """

    def sentence_likeness(
        self, text: str, tokens: Sequence[PlacedToken], sentences: Sequence[tuple[int, int]]
    ) -> Sequence[float]:
        """Return the probability (0 to 1) for each sentence from its own words alone; short ones are uncertain.

        `tokens` is `tokens_in_place(text)`; a sentence is a half-open range of indices into it. Never raises.
        """


def judges_language(detector: Detector, language: str) -> bool:
    """Return whether the detector judges this language: an ISO 639-1 code, also with a region ("en-GB")."""
    return language.lower().replace("_", "-").partition("-")[0] in detector.languages


def band_at(likeness: float | None, bands: Sequence[Band]) -> Band | None:
    """Return the highest band that the value reaches; None if there is no value."""
    if likeness is None:
        return None
    return max((band for band in bands if likeness >= band.threshold), key=lambda band: band.threshold)
