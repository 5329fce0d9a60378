"""The protocol of a detector. Inside it may be a linear model, an encoder, or a call to another service.

`linear` has the shipped kind; `loader` reads a detector of any kind from its folder. To add a kind, write a class that
fulfils `Detector` and add one line to `loader.DETECTOR_KINDS`. Pure: no Django, no network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from humanize.scoring.tokens import PlacedToken


class DetectorError(RuntimeError):
    """The files of a detector are missing, damaged, or of a kind that this version cannot read."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of AI-likeness that begins at `threshold`, a value from 0 to 1."""

    name: str
    threshold: float


FEWEST_TEXTS, FEWEST_KINDS = 30, 2
"""A kind of text counts from so many texts on; a genre has a figure of its own from so many such kinds on, since one
collection says little about others of its genre.
"""


@dataclass(frozen=True, slots=True)
class HumanRate:
    """How often human texts of one kind reach each band, measured on texts that the detector had not seen.

    `name` says which texts they are and `genre` to which genre they belong; `texts` is their number. `upper` gives, for
    each band but the lowest, the upper end of the 95 % interval of the share (0 to 1) that reaches it.
    """

    name: str
    genre: str
    texts: int
    upper: Mapping[str, float]


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
    def human_rates(self) -> tuple[HumanRate, ...]:
        """Return how often human texts reach its bands, by kind of text; empty if that was not measured."""

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


def promised_rate(band: str, rates: Sequence[HumanRate], genre: str | None) -> float | None:
    """Return the share (0 to 1) of human texts of a genre that reach the band, or fewer: the highest upper figure.

    A text of unknown genre (None) gets the highest figure of all genres, so that the promise holds whatever it is.
    Returns None, which withholds the promise, for a genre of which fewer than two kinds with 30 texts each were
    measured, and for the lowest band.
    """
    measured = [rate for rate in rates if rate.texts >= FEWEST_TEXTS and genre in (None, rate.genre)]
    if genre is not None and len(measured) < FEWEST_KINDS:
        return None
    return max((rate.upper[band] for rate in measured if band in rate.upper), default=None)
