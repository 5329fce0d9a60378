"""Loads the weights once and guesses domains. It gives no domain when it is not sure enough."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.domains.features import vector

WEIGHTS = Path(__file__).parent / "weights.npz"
LEARNED = ("academic", "business", "essay", "fiction", "news", "personal", "reference", "religious", "review")
DOMAINS = (*LEARNED, "marketing", "technical")
LEAST_WORDS = 25
SURE = 0.5
_LEAST_DIFFERENT = 12  # distinct known words: one word repeated proves nothing


@dataclass(frozen=True, slots=True)
class DomainGuess:
    """`domain` is empty if no domain is certain enough; `confidence` is from 0 to 1."""

    domain: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Model:
    places: dict[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def _model() -> _Model:
    with np.load(WEIGHTS, allow_pickle=False) as held:
        words = bytes(held["vocabulary"]).decode().split("\n")
        return _Model(
            {word: place for place, word in enumerate(words)},
            held["weights"].astype(np.float32),
            held["bias"].astype(np.float32),
        )


def domain_of(text: str, language: str) -> str:
    """Return the domain of an English text from 25 words on; otherwise an empty string."""
    return guess_domain(text).domain if language == "en" else ""


def guess_domain(text: str) -> DomainGuess:
    """Guess the domain of a text, which is assumed to be English."""
    words = plain_words(text[:6_000])
    if len(words) < LEAST_WORDS:
        return DomainGuess("", 0.0)
    listed = listed_domain(words)
    if listed:
        return DomainGuess(listed, 1.0)
    model = _model()
    where, values = vector(text, model.places)
    if len(where) < _LEAST_DIFFERENT:
        return DomainGuess("", 0.0)
    margins = values @ model.weights[where] + model.bias
    shares = np.exp(margins - margins.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    sure = float(shares[best])
    return DomainGuess(LEARNED[best] if sure >= SURE else "", round(sure, 4))


_LEAST_LISTED_WORDS = 4
_LEAST_LISTED_PER_100 = 5.0

MARKETING = frozenset(
    """
    buy shop order offer offers deal deals discount sale save free shipping delivery trial subscribe subscription sign
    join today now exclusive limited guarantee guaranteed refund customers brand brands launch launching introducing
    discover premium bestselling collection click newsletter upgrade checkout coupon promo perfect love loved our your
    unbeatable handcrafted stylish affordable bundle gift gifts waitlist demo pricing onboarding team's dream
    """.split()
)
TECHNICAL = frozenset(
    """
    install installed installation configure configured configuration config server servers client api endpoint
    endpoints request requests response json yaml http https url parameter parameters function functions method methods
    class classes library libraries package packages command commands terminal shell script scripts file files folder
    directory directories path default defaults option options flag flags variable variables database query queries
    table cache cached log logs error errors exception debug deploy deployment deployed container containers docker
    kubernetes cluster version versions release branch commit repository git build builds compile compiled runtime
    memory thread threads process processes port token tokens authentication password user users click button menu
    screen settings device driver firmware update updates restart reboot cable voltage sensor module modules interface
    software hardware browser linux windows python javascript java sql timeout retry retries schema backup restore
    """.split()
)
_OUR = frozenset("our your today now team's".split())  # these occur anywhere: they count only with other listed words


def listed_domain(words: list[str]) -> str:
    """Return `technical`, `marketing` or an empty string."""
    if not words:
        return ""
    lists = (("technical", TECHNICAL), ("marketing", MARKETING))
    best = max(lists, key=lambda entry: _density(words, entry[1]))
    return best[0] if _density(words, best[1]) >= _LEAST_LISTED_PER_100 else ""


def _density(words: list[str], known: frozenset[str]) -> float:
    """Return the number of listed words per 100 words; 0 unless enough distinct ones occur."""
    listed = [word for word in words if word in known]
    if len(set(listed) - _OUR) < _LEAST_LISTED_WORDS:
        return 0.0
    return 100 * len(listed) / len(words)


def plain_words(text: str) -> list[str]:
    return re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'"))
