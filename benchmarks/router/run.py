"""Builds a matrix of texts and engines, a curve of quality over cost, and what the router's choices cost.

The engines are simulated (see `support.simulated`); texts, prompts, checks, prices and the router are real. APGR is the
share of the quality gap between always-small and always-large that is recovered, averaged over all budgets.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.support.data import texts_of
from benchmarks.support.report import Figure, judged, publish, reported
from benchmarks.support.simulated import Engine, Outcome, Task, task_of
from benchmarks.support.simulated import run as run_engine
from humanize.routing.complexity import BANDS, Complexity, complexity_of
from humanize.routing.policy import DEFAULTS, Policy, Quality
from humanize.routing.router import Candidate, TextFeatures, plan

if TYPE_CHECKING:
    from serving.gateway.snapshot import CalledModel

Values = NDArray[np.float64]
Learnt = dict[tuple[str, str], Quality]
TEXTS = 1_000
TURNS = 2
RESAMPLES = 1_000
LARGE_AT = 3  # the column of always-large
LEAST_WORDS, MOST_WORDS = 30, 2_000
OWN = Engine("own", "model", "small", "", "", 1.2)
SMALL = Engine("small", "llm", "small", "openai", "gpt-6-luna", 0.0)
LARGE = Engine("large", "llm", "large", "anthropic", "claude-sonnet-5-5", -3.5)
ENGINES = (OWN, SMALL, LARGE)
BASELINE = ("openai", "gpt-4o")
CHOICES = ("own", "small", "second look", "large")  # of the oracle
FLOORS = {"own": "PROFESSIONAL", "small": "BASIC", "large": "BASIC"}
# Assumed, since there is no traffic to measure: how writers' words spread over the paying tiers, and how many of the
# texts come again unchanged and are answered by the exact cache.
MIX = {"BASIC": 0.50, "PROFESSIONAL": 0.35, "ENTERPRISE": 0.15}
REPEATED = 0.05


@dataclass(frozen=True, slots=True)
class Row:
    """A text: by each way of asking the quality, the cost, and the same tokens at the baseline's price.

    "small" has what it cannot do asked of the large one, as the executor does; "small alone" has not; with "second
    look" the large one is asked for what the small one left alone too, as a policy may say.
    """

    complexity: Complexity
    words: int
    quality: dict[str, float]
    costs: dict[str, float]
    baseline: dict[str, float]


def run(folder: Path) -> Path:
    rows = matrix(TEXTS, 1.0)
    half = len(rows) // 2
    seen, unseen = learnt(rows[:half]), rows[half:]
    curve = Curve(rows)
    apgr, low, high = curve.interval()
    saving = saving_of_mix(rows, seen)
    figures = [
        judged("apgr", round(apgr, 4), "share", "≥", 0.8),
        Figure("apgr_low", round(low, 4), "share", "95 % from", None),
        Figure("apgr_high", round(high, 4), "share", "95 % to", None),
        reported("apgr_without_second_look", round(curve.two_steps_to_large(), 4), "share"),
        reported("apgr_complexity", round(curve.one_step(curve.score), 4), "share"),
        reported("apgr_length_only", round(curve.one_step(curve.length), 4), "share"),
        reported("apgr_random", round(curve.random(), 4), "share"),
        reported("apgr_oracle", round(curve.one_step(curve.gain), 4), "share"),
        reported("regret", round(_regrets(unseen, seen)["router"], 4), "quality"),
        reported("saving_mix", round(saving["mix"], 4), "share"),
    ]
    steeper = Curve(matrix(TEXTS // 4, 2.0)).interval()
    notes = [
        *_about(rows),
        *curve.lines(),
        *_steeper(steeper),
        *_regret_lines(unseen, seen),
        *_cost_lines(rows, saving),
    ]
    return publish("router", figures, notes, folder)


def matrix(most: int, steep: float) -> list[Row]:
    """The same texts in the same order every time; each engine's outcome is the mean of TURNS runs."""
    texts = [text for text in texts_of("dev").machine if LEAST_WORDS <= len(text.split()) <= MOST_WORDS]
    random.Random(7).shuffle(texts)
    own, small, large = (replace(engine, steep=steep) for engine in ENGINES)
    rows: list[Row] = []
    for text in texts:
        task = task_of(text)
        if task is not None:
            ways = {"own": Way(own), "small": Way(small, large), "large": Way(large), "small alone": Way(small),
                    "second look": Way(small, large, looks_over=True)}  # fmt: skip
            rows.append(_row(task, ways))
        if len(rows) == most:
            break
    return rows


@dataclass(frozen=True, slots=True)
class Way:
    engine: Engine
    better: Engine | None = None
    looks_over: bool = False


def _row(task: Task, ways: dict[str, Way]) -> Row:
    found: dict[str, list[Outcome]] = {
        name: [
            run_engine(task, way.engine, better=way.better, turn=turn, looks_over=way.looks_over)
            for turn in range(TURNS)
        ]
        for name, way in ways.items()
    }
    return Row(
        complexity_of(task.text, "text"),
        len(task.text.split()),
        {name: float(np.mean([one.quality for one in some])) for name, some in found.items()},
        {name: float(np.mean([_cost(one) for one in some])) for name, some in found.items()},
        {name: float(np.mean([_cost(one, BASELINE) for one in some])) for name, some in found.items()},
    )


class Curve:
    """Quality against money, from the small one alone to the large one for everything.

    The router's way has two steps, as the executor has: first what the small one could not do is asked of the large
    one; then, with more money, the large one also looks over what the small one left alone, in the most complex texts
    first. It ends above the large one alone, for less; the whole gap counts as recovered then and no more than that.
    The others know one step: which texts go to the large one.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        names = ("small alone", "small", "second look", "large")
        self.quality = np.array([[row.quality[name] for name in names] for row in rows])
        self.cost = np.array([[row.costs[name] for name in names] for row in rows])
        self.score = np.array([row.complexity.score for row in rows])
        self.length = np.array([float(row.words) for row in rows])

    @property
    def gain(self) -> Values:
        """What the large one adds for its money: the order of somebody who knows all outcomes."""
        money = self.cost[:, LARGE_AT] - self.cost[:, 0]
        return np.asarray((self.quality[:, LARGE_AT] - self.quality[:, 0]) / money, np.float64)

    def one_step(self, order: Values) -> float:
        ranked = np.argsort(-order, kind="stable")
        return _area(*self._steps(ranked, 0, LARGE_AT), *self._gap(ranked))

    def router(self, chosen: NDArray[np.intp] | None = None) -> float:
        return _area(*self._both(chosen), *self._gap(self._rows(chosen)))

    def two_steps_to_large(self) -> float:
        """As before there was a second look: mended, then whole texts to the large one."""
        ranked = np.argsort(-self.score, kind="stable")
        first, second = self._steps(ranked, 0, 1), self._steps(ranked, 1, LARGE_AT)
        both = np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])
        return _area(*both, *self._gap(ranked))

    def interval(self) -> tuple[float, float, float]:
        """The router's figure and its 95 % interval over resampled texts."""
        dice, count = np.random.default_rng(7), len(self.score)
        found = [self.router(dice.integers(0, count, count)) for _ in range(RESAMPLES)]
        return self.router(), float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975))

    def random(self) -> float:
        dice = np.random.default_rng(7)
        return float(np.mean([self.one_step(dice.random(len(self.score))) for _ in range(50)]))

    def lines(self) -> list[str]:
        """The router's curve at eleven budgets."""
        spent, gained = self._both(None)
        money, _ = self._gap(self._rows(None))
        share, start, count = np.cumsum(spent) / money, self.quality[:, 0].mean(), len(self.score)
        quality = start + np.cumsum(gained) / count
        points = [f"0 % {start:.3f}"]
        for budget in range(10, 101, 10):
            place = min(int(np.searchsorted(share, budget / 100 - 1e-9)), len(quality) - 1)
            points.append(f"{budget} % {quality[place]:.3f}")
        ends = f"always large: {self.quality[:, LARGE_AT].mean():.3f}"
        return [f"share of always-large's extra money → quality, the router's way ({ends}):", "  " + ", ".join(points)]

    def _both(self, chosen: NDArray[np.intp] | None) -> tuple[Values, Values]:
        rows = self._rows(chosen)
        ranked = rows[np.argsort(-self.score[rows], kind="stable")]
        first, second = self._steps(ranked, 0, 1), self._steps(ranked, 1, 2)
        return np.concatenate([first[0], second[0]]), np.concatenate([first[1], second[1]])

    def _rows(self, chosen: NDArray[np.intp] | None) -> NDArray[np.intp]:
        return np.arange(len(self.score)) if chosen is None else chosen

    def _gap(self, rows: NDArray[np.intp]) -> tuple[float, float]:
        """Money and quality between always-small and always-large."""
        money, quality = self._steps(rows, 0, LARGE_AT)
        return float(money.sum()), float(quality.sum())

    def _steps(self, ranked: NDArray[np.intp], old: int, new: int) -> tuple[Values, Values]:
        """Money and quality added text by text."""
        return (self.cost[:, new] - self.cost[:, old])[ranked], (self.quality[:, new] - self.quality[:, old])[ranked]


def _area(spent: Values, gained: Values, money: float, gap: float) -> float:
    """The recovered share of the gap, averaged over budgets from nothing to all of always-large's; at most the whole
    of it at each, however much better than the large one the answers are."""
    across = np.append(np.concatenate([[0.0], np.cumsum(spent)]) / money, 1.0)
    up = np.concatenate([[0.0], np.cumsum(gained)]) / gap
    budgets = np.linspace(0.0, 1.0, 2_001)
    return float(np.trapezoid(np.minimum(np.interp(budgets, across, np.append(up, up[-1])), 1.0), budgets))


def learnt(rows: Sequence[Row]) -> Learnt:
    """What writers would have kept of each engine's edits, by band, from texts that are not judged afterwards."""
    found: Learnt = {}
    for engine in ENGINES:
        for band in BANDS:
            values = [row.quality[engine.name] for row in rows if row.complexity.band == band]
            error = float(np.std(values) / max(1, len(values)) ** 0.5)
            found[engine.name, band] = Quality(float(np.mean(values)), error, len(values))
    return found


def chosen(row: Row, tier: str, seen: Learnt, rows: Sequence[Row]) -> str:
    """Whom the real router asks first for this text."""
    band = row.complexity.band
    thousand = {name: 1_000 * sum(one.costs[name] for one in rows) / sum(one.words for one in rows) for name in FLOORS}
    live = [
        Candidate(
            engine.name, engine.kind, FLOORS[engine.name], size=engine.size,  # type: ignore[arg-type]
            cost=Decimal(str(round(thousand[engine.name], 8))), acceptance=seen.get((engine.name, band)),
        )
        for engine in ENGINES
    ]  # fmt: skip
    features, policy = TextFeatures(row.words, "en", band), DEFAULTS[tier]
    first = plan(tier=tier, model="auto", features=features, live=live, policy=policy).candidates[0].name
    return "second look" if first == "small" and policy.looks_again(band) else first


def _regrets(rows: Sequence[Row], seen: Learnt) -> dict[str, float]:
    """How much each way of choosing gives away against an oracle that knows every outcome, in quality after cost."""
    policy = DEFAULTS["PROFESSIONAL"]
    ways: dict[str, Callable[[Row], str]] = {
        "router": lambda row: chosen(row, "PROFESSIONAL", seen, rows),
        "always large": lambda row: "large",
        "always small": lambda row: "small",
        "always own": lambda row: "own",
    }
    best = [max(_worth(row, name, policy) for name in CHOICES) for row in rows]
    found = {}
    for way, choose in ways.items():
        found[way] = float(
            np.mean([top - _worth(row, choose(row), policy) for top, row in zip(best, rows, strict=True)])
        )
    return found


def _worth(row: Row, name: str, policy: Policy) -> float:
    per_thousand = row.costs[name] / row.words * 1_000
    return row.quality[name] - per_thousand / float(policy.worth) / 100


def saving_of_mix(rows: Sequence[Row], seen: Learnt) -> dict[str, float]:
    """1 − what the router's choices cost over what the same tokens cost at GPT-4o's list price; by tier, and mixed."""
    spent, listed = {}, {}
    for tier in MIX:
        names = [chosen(row, tier, seen, rows) for row in rows]
        spent[tier] = sum(row.costs[name] for row, name in zip(rows, names, strict=True))
        listed[tier] = sum(row.baseline[name] for row, name in zip(rows, names, strict=True))
    mixed = (1 - REPEATED) * sum(share * spent[tier] for tier, share in MIX.items())
    against = sum(share * listed[tier] for tier, share in MIX.items())
    words = sum(row.words for row in rows)
    by_tier = {tier: 1 - spent[tier] / listed[tier] for tier in MIX}
    money = {f"{tier} $": 1_000 * spent[tier] / words for tier in MIX}
    return by_tier | money | {"mix": 1 - mixed / against, "mix $": 1_000 * mixed / words}


def _about(rows: Sequence[Row]) -> list[str]:
    bands = {band: sum(row.complexity.band == band for row in rows) for band in BANDS}
    quality = {name: float(np.mean([row.quality[name] for row in rows])) for name in rows[0].quality}
    vendors = f"{SMALL.model} (small), {LARGE.model} (large), {'/'.join(BASELINE)} (baseline)"
    return [
        f"{len(rows)} texts by machines ({', '.join(f'{count} {band}' for band, count in bands.items())}), each by "
        f"{len(ENGINES)} engines; answers are SIMULATED, with assumed rates of failure; the rest is real",
        "quality: share of the sentences worth changing that came back changed and verified: "
        + ", ".join(f"{name} {value:.3f}" for name, value in quality.items()),
        f"prices: {vendors}, by genai-prices; own 0",
    ]


def _steeper(found: tuple[float, float, float]) -> list[str]:
    apgr, low, high = found
    return [f"were failures twice as steep in hardness, apgr would be {apgr:.3f} ({low:.3f} to {high:.3f})"]


def _regret_lines(rows: Sequence[Row], seen: Learnt) -> list[str]:
    found = _regrets(rows, seen)
    spread = _regret_interval(rows, seen)
    lines = ", ".join(f"{way} {value:.4f}" for way, value in found.items())
    return [
        f"regret against the oracle (quality after cost, on texts not learnt from): {lines}; router's 95 %: {spread}"
    ]


def _regret_interval(rows: Sequence[Row], seen: Learnt) -> str:
    policy, dice = DEFAULTS["PROFESSIONAL"], np.random.default_rng(7)
    best = np.array([max(_worth(row, name, policy) for name in CHOICES) for row in rows])
    lost = best - np.array([_worth(row, chosen(row, "PROFESSIONAL", seen, rows), policy) for row in rows])
    means = [lost[dice.integers(0, len(lost), len(lost))].mean() for _ in range(RESAMPLES)]
    return f"{np.quantile(means, 0.025):.4f} to {np.quantile(means, 0.975):.4f}"


def _cost_lines(rows: Sequence[Row], saving: dict[str, float]) -> list[str]:
    tokens = sum(row.baseline["small"] for row in rows)
    words = sum(row.words for row in rows)
    lines = [f"always {BASELINE[1]}, the same prompts: ${1_000 * tokens / words:.5f} a thousand words"]
    lines.append("FREE: $0 a thousand words, 100% below: the rules, and no call")
    lines += [
        f"{tier}: ${saving[f'{tier} $']:.5f} a thousand words, {saving[tier]:.1%} below {BASELINE[1]}" for tier in MIX
    ]
    shares = ", ".join(f"{share:.0%} {tier}" for tier, share in MIX.items())
    lines.append(
        f"mix ({shares}; {REPEATED:.0%} repeated texts from the cache; both ASSUMED): ${saving['mix $']:.5f} a "
        f"thousand words, {saving['mix']:.1%} below {BASELINE[1]}; the free tier, which calls nobody, is left out"
    )
    return lines


def _cost(outcome: Outcome, instead: tuple[str, str] | None = None) -> float:
    """In dollars, by the vendors' list prices today, or all at the price of one; what runs in the house costs nothing.

    The baseline is asked what our own model is asked, though that reads no prompt.
    """
    at = _now()
    from serving.backends.base import Usage
    from serving.gateway.prices import price_of

    total = 0.0
    for call in outcome.calls:
        provider, model = instead or (call.engine.provider, call.engine.model)
        if provider:
            usage = Usage(tokens_in=call.tokens_in, tokens_out=call.tokens_out)
            total += float(price_of(_called(provider, model), usage, at=at).cost)
    return total


def _called(provider: str, model: str) -> CalledModel:
    from serving.backends.target import Capabilities
    from serving.gateway.snapshot import CalledModel

    return CalledModel(provider, model, "small", Capabilities())


@lru_cache(maxsize=1)
def _now() -> datetime:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youman.settings")
    django.setup()
    from django.utils import timezone

    return timezone.now()
