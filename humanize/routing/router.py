"""Decides which candidates may rewrite a text, in which order, and why. A pure function: no rows, no clock, no I/O.

Every text may use the rules, which always come last; the caller passes the live deployments as `Candidate`s. The
complexity of the text decides where to start: a small model may be good enough for a simple text but not for a complex
one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from humanize.errors import UnknownModel
from humanize.routing.complexity import Band
from humanize.routing.policy import TIERS, USUAL, Aim, Kind, Policy, Quality, Size, combined_quality, guess

AUTO = "auto"
RULES = "rules"
Outcome = Literal["chosen", "excluded", "answered", "failed", "not tried"]
_TIE = 0.02  # qualities this close count as equal, and the cheaper candidate goes first
_PROVED = 50  # judged answers after which a cheaper candidate is known to be as good


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deployment or the rules, as the router sees it.

    Empty `languages` means any language; `tier_floor` is the lowest tier that may use the candidate. `cost` is in
    dollars per 1,000 words; `acceptance` is the share of its edits that writers kept in similar texts. `share` is the
    percentage of texts that it takes part in. A candidate whose `canary` is not 0 goes first in those texts, because a
    model that is never called proves nothing; the newest canary has the highest number. `note` is not empty if another
    model answers in its place.
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
    acceptance: Quality | None = None
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
    """What the router knows about a text.

    `patient` means that the text may wait, so the aim is cost. `draw` (0 to 99) decides which candidates with a traffic
    share take part.
    """

    words: int
    language: str
    band: Band = "medium"
    patient: bool = False
    draw: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the trace, written for people."""

    candidate: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """The candidates in the order to try them. `trace` has a step for each candidate, chosen or excluded."""

    candidates: tuple[Candidate, ...]
    trace: tuple[Step, ...]

    @property
    def engines(self) -> tuple[Candidate, ...]:
        """Return the candidates that are asked before the rules."""
        return tuple(candidate for candidate in self.candidates if candidate.kind != "rules")


RULES_CANDIDATE = Candidate(RULES, "rules")


def plan(
    *, tier: str, model: str, features: TextFeatures, live: Sequence[Candidate] = (), policy: Policy = USUAL
) -> Route:
    """Choose and order the candidates for a text.

    Raises UnknownModel if `model` is neither auto, rules, nor the name of a live candidate.
    """
    known = (*live, RULES_CANDIDATE)
    if model != AUTO and model not in {candidate.name for candidate in known}:
        names = ", ".join([AUTO, *(candidate.name for candidate in known)])
        raise UnknownModel(f"There is no model {model!r}; use one of {names}")
    objections = {one.name: objection(one, tier, model, features, policy) for one in known}
    fit = [one for one in known if not objections[one.name]]
    chosen = ordered_candidates(fit, features, policy)
    included = [Step(one.name, "chosen", _why(one, place, model, features, policy)) for place, one in enumerate(chosen)]
    left_out = [Step(one.name, "excluded", objections[one.name]) for one in known if objections[one.name]]
    return Route(tuple(chosen), (*included, *sorted(left_out, key=lambda step: step.candidate)))


def quality_of(candidate: Candidate, band: Band, policy: Policy) -> Quality:
    """Return the share of edits that writers are expected to keep; where learning is frozen, the guess alone."""
    guessed = guess(candidate.kind, candidate.size, band)
    return combined_quality(guessed, candidate.acceptance) if policy.learns and not candidate.frozen else guessed


def aim_of(features: TextFeatures, policy: Policy) -> Aim:
    """Return the aim for this text: cost if it may wait or is long, else the policy's aim."""
    return "cost" if features.patient or features.words >= policy.volume_words else policy.aim


def ordered_candidates(candidates: Sequence[Candidate], features: TextFeatures, policy: Policy) -> list[Candidate]:
    """Return the candidates in the order to try them, the rules last."""
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


_GOOD = 1e9  # higher than any value, so that all good candidates tie and the cost decides


def _value(candidate: Candidate, features: TextFeatures, policy: Policy, aim: Aim) -> float:
    mean = quality_of(candidate, features.band, policy).mean
    return mean - _price_of_cost(candidate, policy) if aim == "balance" else mean


def _is_proved(candidate: Candidate) -> bool:
    return candidate.acceptance is not None and candidate.acceptance.answers >= _PROVED and not candidate.frozen


def _price_of_cost(candidate: Candidate, policy: Policy) -> float:
    """Convert the cost into the quality that it must be worth."""
    return float(candidate.cost / policy.worth) / 100 if policy.worth else 0.0


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry in the list of models; `reason` says why it is not available."""

    id: str
    name: str
    description: str
    available: bool
    reason: str


def choices(tier: str, live: Sequence[Candidate] = (), policy: Policy = USUAL) -> tuple[Choice, ...]:
    """Return the models that an account of this tier sees, available or not."""
    best = Choice(AUTO, "Automatic", "The best model that your tier may use for this text", True, "")
    rules = Choice(
        RULES, "Rules", "Built in: fast, careful and reproducible; the text never leaves this installation", True, ""
    )
    return (best, *(_choice(candidate, tier, policy) for candidate in live), rules)


def _choice(candidate: Candidate, tier: str, policy: Policy) -> Choice:
    why_not = objection(candidate, tier, AUTO, TextFeatures(0, ""), policy)
    return Choice(candidate.name, candidate.name, candidate.description, not why_not, why_not)


def objection(candidate: Candidate, tier: str, model: str, features: TextFeatures, policy: Policy) -> str:
    """Return why the candidate cannot rewrite the text; empty if it can."""
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
        return f"accepts texts of up to {candidate.max_words:,} words"
    if features.draw >= candidate.share and not chosen:
        return f"takes {candidate.share} % of the texts for now, not including this one"
    return ""


def _why(candidate: Candidate, place: int, model: str, features: TextFeatures, policy: Policy) -> str:
    if candidate.name == model:
        return f"you chose it; {candidate.note}" if candidate.note else "you chose it"
    if candidate.kind == "rules":
        return "the built-in rules are always available and come last"
    quality = quality_of(candidate, features.band, policy)
    if candidate.canary:
        return f"a canary: it goes first in {candidate.share} % of the texts to measure its quality"
    facts = f"expected quality {quality} in {features.band} texts, ${candidate.cost:.4f} per 1,000 words"
    noted = f"; {candidate.note}" if candidate.note else ""
    return f"{_place(place, quality, features, policy)}: {facts}{noted}"


def _place(place: int, quality: Quality, features: TextFeatures, policy: Policy) -> str:
    aim = aim_of(features, policy)
    if aim == "cost" and quality.mean < policy.floor:
        return f"after the candidates that reach a quality of {policy.floor:.2f}"
    if place:
        return "next in line"
    return {
        "cost": "the cheapest candidate that is good enough",
        "balance": "the most quality for its cost",
        "quality": "the best, or the cheapest of the best",
    }[aim]
