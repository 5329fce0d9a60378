"""Which candidates may rewrite a text, in which order, and why. A pure function: no rows, no clock, no I/O.

The rules are for everybody and always last; what else is live comes as `Candidate`s from the caller. How hard the
text is moves the entry point: a small model that is good enough for a simple text is not for a complex one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from humanize.errors import UnknownModel
from humanize.routing.complexity import Band
from humanize.routing.policy import TIERS, USUAL, Aim, Kind, Policy, Quality, Size, guess, learnt

AUTO = "auto"
RULES = "rules"
Outcome = Literal["chosen", "excluded", "answered", "failed", "not tried"]
_TIE = 0.02  # qualities this close are the same, and the cheaper one goes first
_PROVED = 50  # answers that writers judged, from which on a cheaper one is known to be as good


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can rewrite now. `languages` empty means any; `tier_floor` is the least tier that may use it.

    `cost` is in dollars a thousand words, `seen` what writers did with its edits in texts like this one, `share` the
    per cent of the texts that it takes part in. A `canary` (not 0) goes first in these, the newest, whose number
    is the highest, before others: what is never asked proves nothing. `note` says it when another model answers in
    its place.
    """

    name: str
    kind: Kind
    tier_floor: str = "FREE"
    languages: tuple[str, ...] = ()
    max_words: int | None = None
    available: bool = True
    why_not: str = ""
    description: str = ""
    size: Size = "small"
    cost: Decimal = Decimal(0)
    seen: Quality | None = None
    frozen: bool = False
    share: int = 100
    protocol: str = "rewrite"
    has_flex: bool = False
    has_batch: bool = False
    max_output: int | None = None
    note: str = ""
    canary: int = 0


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """`patient`: the writer can wait, so cost counts. `draw`, 0 to 99, decides about candidates with a share."""

    words: int
    language: str
    band: Band = "medium"
    patient: bool = False
    draw: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace, for people."""

    candidate: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """`candidates` in the order to try them; `trace` has a step for each included and each excluded one."""

    candidates: tuple[Candidate, ...]
    trace: tuple[Step, ...]

    @property
    def engines(self) -> tuple[Candidate, ...]:
        """What is asked before the rules."""
        return tuple(candidate for candidate in self.candidates if candidate.kind != "rules")


RULES_CANDIDATE = Candidate(RULES, "rules")


def plan(
    *, tier: str, model: str, features: TextFeatures, live: Sequence[Candidate] = (), policy: Policy = USUAL
) -> Route:
    """Raises UnknownModel when `model` is neither auto nor one of the live candidates nor the rules."""
    known = (*live, RULES_CANDIDATE)
    if model != AUTO and model not in {candidate.name for candidate in known}:
        names = ", ".join([AUTO, *(candidate.name for candidate in known)])
        raise UnknownModel(f"There is no model {model!r}; use one of {names}")
    objections = {one.name: objection(one, tier, model, features, policy) for one in known}
    fit = [one for one in known if not objections[one.name]]
    chosen = ordered(fit, features, policy)
    included = [Step(one.name, "chosen", _why(one, place, model, features, policy)) for place, one in enumerate(chosen)]
    left_out = [Step(one.name, "excluded", objections[one.name]) for one in known if objections[one.name]]
    return Route(tuple(chosen), (*included, *sorted(left_out, key=lambda step: step.candidate)))


def quality_of(candidate: Candidate, band: Band, policy: Policy) -> Quality:
    """What writers may be expected to keep; the guess alone where learning is frozen."""
    guessed = guess(candidate.kind, candidate.size, band)
    return learnt(guessed, candidate.seen) if policy.learns and not candidate.frozen else guessed


def aim_of(features: TextFeatures, policy: Policy) -> Aim:
    return "cost" if features.patient or features.words >= policy.volume_words else policy.aim


def ordered(candidates: Sequence[Candidate], features: TextFeatures, policy: Policy) -> list[Candidate]:
    """In the order to try them, the rules last."""
    aim = aim_of(features, policy)
    value = {one.name: _value(one, features, policy, aim) for one in candidates}
    best = max((value[one.name] for one in candidates if one.kind != "rules"), default=0.0)

    def place(one: Candidate) -> tuple[bool, int, float, Decimal, str]:
        mine = value[one.name]
        if aim == "balance":
            good = mine == best or (_is_proved(one) and best - mine <= _TIE)
        else:
            good = mine >= policy.floor if aim == "cost" else best - mine <= _TIE
        return one.kind == "rules", -one.canary, -_GOOD if good else -mine, one.cost, one.name

    return sorted(candidates, key=place)


_GOOD = 1e9  # before any value there is


def _value(candidate: Candidate, features: TextFeatures, policy: Policy, aim: Aim) -> float:
    mean = quality_of(candidate, features.band, policy).mean
    return mean - _price_of_cost(candidate, policy) if aim == "balance" else mean


def _is_proved(candidate: Candidate) -> bool:
    return candidate.seen is not None and candidate.seen.answers >= _PROVED and not candidate.frozen


def _price_of_cost(candidate: Candidate, policy: Policy) -> float:
    """The cost as the quality it must make up for."""
    return float(candidate.cost / policy.worth) / 100 if policy.worth else 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the drop-down; `reason` says why it is not available."""

    id: str
    name: str
    description: str
    available: bool
    reason: str


def choices(tier: str, live: Sequence[Candidate] = (), policy: Policy = USUAL) -> tuple[Choice, ...]:
    """What an account of this tier may choose."""
    best = Choice(AUTO, "Automatic", "The best that your tier may use for this text", True, "")
    rules = Choice(RULES, "Rules", "Built in: quick, careful, the same every time; no text leaves the house", True, "")
    return (best, *(_choice(candidate, tier, policy) for candidate in live), rules)


def _choice(candidate: Candidate, tier: str, policy: Policy) -> Choice:
    why_not = objection(candidate, tier, AUTO, TextFeatures(0, ""), policy)
    return Choice(candidate.name, candidate.name, candidate.description, not why_not, why_not)


def objection(candidate: Candidate, tier: str, model: str, features: TextFeatures, policy: Policy) -> str:
    """Empty when nothing speaks against it."""
    if candidate.kind == "rules":
        return ""
    if not candidate.available:
        return candidate.why_not or "not available now"
    if TIERS.index(tier) < TIERS.index(candidate.tier_floor):
        return f"needs the {candidate.tier_floor.lower()} tier"
    if candidate.kind not in policy.kinds:
        kind = {"llm": "LLMs", "model": "our own models"}[candidate.kind]
        return f"the policy for the {tier.lower()} tier does not use {kind}"
    if model not in {AUTO, candidate.name}:
        return f"you chose {model}"
    return _unfit(candidate, features, chosen=model == candidate.name)


def _unfit(candidate: Candidate, features: TextFeatures, *, chosen: bool) -> str:
    if candidate.languages and features.language not in {"", "auto", *candidate.languages}:
        return f"does not write {features.language}"
    if candidate.max_words is not None and features.words > candidate.max_words:
        return f"takes at most {candidate.max_words:,} words"
    if features.draw >= candidate.share and not chosen:
        return f"takes {candidate.share} % of the texts for now, and this is not one of them"
    return ""


def _why(candidate: Candidate, place: int, model: str, features: TextFeatures, policy: Policy) -> str:
    if candidate.name == model:
        return f"you chose it; {candidate.note}" if candidate.note else "you chose it"
    if candidate.kind == "rules":
        return "the built-in rules are for everybody and come last"
    quality = quality_of(candidate, features.band, policy)
    if candidate.canary:
        return f"a canary: it goes first in {candidate.share} % of the texts, to show what it can do"
    facts = f"expected quality {quality} in {features.band} texts, ${candidate.cost:.4f} a thousand words"
    noted = f"; {candidate.note}" if candidate.note else ""
    return f"{_place(place, quality, features, policy)}: {facts}{noted}"


def _place(place: int, quality: Quality, features: TextFeatures, policy: Policy) -> str:
    aim = aim_of(features, policy)
    if aim == "cost" and quality.mean < policy.floor:
        return f"after those that reach {policy.floor:.2f}"
    if place:
        return "next in line"
    return {
        "cost": "the cheapest that is good enough",
        "balance": "the most quality for its cost",
        "quality": "the best, or the cheapest of the best",
    }[aim]
