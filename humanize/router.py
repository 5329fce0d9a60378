"""Which candidates may rewrite a text, in which order, and why. A pure function: no rows, no clock, no I/O.

The rules are for everybody and always last; what else is live comes as `Candidate`s from the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from humanize.errors import UnknownModel

AUTO = "auto"
RULES = "rules"
TIERS = ("FREE", "BASIC", "PROFESSIONAL", "ENTERPRISE")
Outcome = Literal["chosen", "excluded", "answered", "failed", "not tried"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can rewrite now. `languages` empty means any; `tier_floor` is the least tier that may use it."""

    name: str
    kind: Literal["rules", "model", "llm"]
    tier_floor: str = "FREE"
    languages: tuple[str, ...] = ()
    max_words: int | None = None
    available: bool = True
    why_not: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class TextFeatures:
    words: int
    language: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Kinds in order of preference; the rules close the list whatever it says."""

    order: tuple[str, ...] = ("model", "llm")


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


RULES_CANDIDATE = Candidate(RULES, "rules")


def plan(
    *, tier: str, model: str, features: TextFeatures, live: Sequence[Candidate] = (), policy: Policy = Policy()
) -> Route:
    """Raises UnknownModel when `model` is neither auto nor one of the live candidates nor the rules."""
    known = (*live, RULES_CANDIDATE)
    if model != AUTO and model not in {candidate.name for candidate in known}:
        names = ", ".join([AUTO, *(candidate.name for candidate in known)])
        raise UnknownModel(f"There is no model {model!r}; use one of {names}")
    chosen, trace = [], []
    for candidate in _ordered(known, policy):
        objection = _objection(candidate, tier, model, features)
        if objection:
            trace.append(Step(candidate.name, "excluded", objection))
        else:
            chosen.append(candidate)
            trace.append(Step(candidate.name, "chosen", _why(candidate, model)))
    return Route(tuple(chosen), tuple(trace))


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the drop-down; `reason` says why it is not available."""

    id: str
    name: str
    description: str
    available: bool
    reason: str


def choices(tier: str, live: Sequence[Candidate] = ()) -> tuple[Choice, ...]:
    """What an account of this tier may choose."""
    best = Choice(AUTO, "Automatic", "The best that your tier may use for this text", True, "")
    rules = Choice(RULES, "Rules", "Built in: quick, careful, the same every time; no text leaves the house", True, "")
    return (best, *(_choice(candidate, tier) for candidate in live), rules)


def _choice(candidate: Candidate, tier: str) -> Choice:
    why_not = _objection(candidate, tier, AUTO, TextFeatures(0, ""))
    return Choice(candidate.name, candidate.name, candidate.description, not why_not, why_not)


def _ordered(candidates: Sequence[Candidate], policy: Policy) -> list[Candidate]:
    place = {kind: number for number, kind in enumerate(policy.order)}
    return sorted(candidates, key=lambda c: (c.kind == "rules", place.get(c.kind, len(place)), c.name))


def _objection(candidate: Candidate, tier: str, model: str, features: TextFeatures) -> str:
    """Empty when nothing speaks against it."""
    if candidate.kind == "rules":
        return ""
    if not candidate.available:
        return candidate.why_not or "not available now"
    if TIERS.index(tier) < TIERS.index(candidate.tier_floor):
        return f"needs the {candidate.tier_floor.lower()} tier"
    if model not in {AUTO, candidate.name}:
        return f"you chose {model}"
    if candidate.languages and features.language and features.language not in candidate.languages:
        return f"does not write {features.language}"
    if candidate.max_words is not None and features.words > candidate.max_words:
        return f"takes at most {candidate.max_words:,} words"
    return ""


def _why(candidate: Candidate, model: str) -> str:
    if candidate.name == model:
        return "you chose it"
    if candidate.kind == "rules":
        return "the built-in rules are for everybody and come last"
    return "preferred by the policy for your tier"
