"""Route policies as plain values, with the default policy of each tier. Staff store others as rows. Pure.

Before writers have decided on an engine's edits, its expected quality is a guess from its kind. Each decision moves
the expectation, unless the policy or the deployment is frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from humanize.routing.complexity import BANDS, Band

Aim = Literal["cost", "balance", "quality"]
Kind = Literal["rules", "model", "llm"]
Size = Literal["small", "large"]
SecondLook = Literal["never", "simple", "medium", "complex"]
TIERS = ("FREE", "BASIC", "PROFESSIONAL", "ENTERPRISE")


@dataclass(frozen=True, slots=True)
class Quality:
    """The share of edits that writers keep.

    `mean` is from 0 to 1, `error` its standard error, and `answers` the number of answers that it is based on.
    """

    mean: float
    error: float
    answers: int = 0

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.error:.2f}"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which kinds of engines a tier uses, and how they are ordered.

    `floor` is the quality (0 to 1) that is good enough when the aim is cost. `worth` is the amount in dollars per 1,000
    words that one point (0.01) of quality is worth when the aim is balance. From `volume_words` words, cost is the aim
    regardless of `aim`. Up to `attempts` candidates are tried before the rules, within `deadline_s` seconds together.
    With `hedge_after_s`, the next candidate is called as well when the first takes more seconds than that. With
    `learns`, writers' decisions change the order. For texts of the band `second_look` or harder, a better candidate is
    asked about the sentences that the first one left unchanged or failed at. At levels 4 and 5 `candidates` answers are
    asked for. With `second_opinion` an LLM, by default one that did not write, or the deployment `opinion_by`, compares
    source and rewrite where no offline check can.
    """

    kinds: tuple[Kind, ...] = ("llm", "model")
    aim: Aim = "balance"
    floor: float = 0.70
    worth: Decimal = Decimal("0.001")
    volume_words: int = 20_000
    attempts: int = 3
    deadline_s: float = 45.0
    hedge_after_s: float | None = None
    learns: bool = True
    second_look: SecondLook = "never"
    candidates: int = 1
    second_opinion: bool = True
    opinion_by: str = ""

    def looks_again(self, band: Band) -> bool:
        return self.second_look != "never" and BANDS.index(band) >= BANDS.index(self.second_look)


USUAL = Policy()
DEFAULTS: Mapping[str, Policy] = {
    "FREE": Policy(kinds=()),
    "BASIC": Policy(kinds=("llm",), aim="cost"),
    "PROFESSIONAL": Policy(aim="balance"),
    "ENTERPRISE": Policy(aim="quality", volume_words=100_000, candidates=2),
}
_GUESSES: Mapping[tuple[Kind, Size], Mapping[Band, float]] = {
    ("llm", "large"): {"simple": 0.84, "medium": 0.80, "complex": 0.74},
    ("llm", "small"): {"simple": 0.80, "medium": 0.73, "complex": 0.60},
    ("model", "large"): {"simple": 0.76, "medium": 0.66, "complex": 0.52},
    ("model", "small"): {"simple": 0.76, "medium": 0.66, "complex": 0.52},
}
_RULES: Mapping[Band, float] = {"simple": 0.55, "medium": 0.50, "complex": 0.42}
GUESS_ERROR = 0.06
FADED = 100  # answers after which the guess no longer counts: a wrong guess must not hold a model back for ever


def guess(kind: Kind, size: Size, band: Band) -> Quality:
    return Quality(_RULES[band] if kind == "rules" else _GUESSES[kind, size][band], GUESS_ERROR)


def combined_quality(guessed: Quality, observed: Quality | None) -> Quality:
    """Combine the guess with the observed quality, each weighted by its certainty; the guess fades with the answers."""
    if observed is None or observed.answers == 0:
        return guessed
    weights = [1 / max(one.error, 0.005) ** 2 for one in (guessed, observed)]
    weights[0] *= max(0.0, 1 - observed.answers / FADED)
    mean = (guessed.mean * weights[0] + observed.mean * weights[1]) / sum(weights)
    return Quality(mean, sum(weights) ** -0.5, observed.answers)
