"""What a tier wants of its rewrites: a value that staff keep as a row, and the default of each tier. Pure.

What a kind of engine may be expected to do before writers have decided on its edits is a guess, named as such; each
decision moves it, unless the policy or the deployment is frozen.
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
    """The share of edits that writers keep: `mean` from 0 to 1, `error` its standard error, `answers` seen so far."""

    mean: float
    error: float
    answers: int = 0

    def __str__(self) -> str:
        return f"{self.mean:.2f} ± {self.error:.2f}"


@dataclass(frozen=True, slots=True)
class Policy:
    """`floor` is the quality that is good enough when cost counts; `worth` is what a hundredth of quality may cost, in
    dollars a thousand words, when both count. From `volume_words` on cost counts whatever the aim. `attempts` bounds
    the candidates asked before the rules; `deadline_s` is for all of them together. With `hedge_after_s` a slow call
    is joined by the next candidate's after so many seconds. `learns`: what writers accept moves the order. From the
    band `second_look` on, a better candidate is asked for what the first one left alone or failed at."""

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

    def looks_again(self, band: Band) -> bool:
        return self.second_look != "never" and BANDS.index(band) >= BANDS.index(self.second_look)


USUAL = Policy()
DEFAULTS: Mapping[str, Policy] = {
    "FREE": Policy(kinds=()),
    "BASIC": Policy(kinds=("llm",), aim="cost"),
    "PROFESSIONAL": Policy(aim="balance"),
    "ENTERPRISE": Policy(aim="quality", volume_words=100_000),
}
_GUESSES: Mapping[tuple[Kind, Size], Mapping[Band, float]] = {
    ("llm", "large"): {"simple": 0.84, "medium": 0.80, "complex": 0.74},
    ("llm", "small"): {"simple": 0.80, "medium": 0.73, "complex": 0.60},
    ("model", "large"): {"simple": 0.76, "medium": 0.66, "complex": 0.52},
    ("model", "small"): {"simple": 0.76, "medium": 0.66, "complex": 0.52},
}
_RULES: Mapping[Band, float] = {"simple": 0.55, "medium": 0.50, "complex": 0.42}
GUESS_ERROR = 0.06
FADED = 100  # answers after which only what was seen counts: a wrong guess must not bind a model for ever


def guess(kind: Kind, size: Size, band: Band) -> Quality:
    return Quality(_RULES[band] if kind == "rules" else _GUESSES[kind, size][band], GUESS_ERROR)


def learnt(guessed: Quality, seen: Quality | None) -> Quality:
    """The guess and what was seen, each weighed by how sure it is; the guess fades with the answers seen."""
    if seen is None or seen.answers == 0:
        return guessed
    weights = [1 / max(one.error, 0.005) ** 2 for one in (guessed, seen)]
    weights[0] *= max(0.0, 1 - seen.answers / FADED)
    mean = (guessed.mean * weights[0] + seen.mean * weights[1]) / sum(weights)
    return Quality(mean, sum(weights) ** -0.5, seen.answers)
