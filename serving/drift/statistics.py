"""Statistics of drift: whether inputs or outcomes have changed. Pure functions from counts to figures with a verdict.

Inputs are compared by the population stability index (PSI) over bins, smoothed so that empty bins stay finite; shares
by a one-sided test of two proportions; acceptance over answers (see `deployments.acceptance`). Too few calls give no
figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from serving.deployments.acceptance import AcceptanceStats, acceptance_gap

MIN_CALLS, MIN_ANSWERS = 200, 50
PSI = 0.25  # the usual threshold between a small change and one that matters
SURE = 3.0  # standard errors, or one false alarm in a thousand: it is tested every day for every deployment
DROP, RISE = 0.05, 0.05  # smaller changes do not matter, however certain they are
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DriftFigure:
    """`value` and `threshold` are a PSI, or the change of a share (0 to 1); `sentence` explains them."""

    name: str
    value: float
    threshold: float
    drifted: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftWindow:
    """Counts of the calls of some days: bins by feature, failed calls, and what writers kept."""

    calls: int
    features: Mapping[str, Counts]
    failed: int
    acceptance: AcceptanceStats


def psi(reference: Counts, recent: Counts) -> float:
    """Return the population stability index: symmetric, 0 for equal shares. Half a call is added to each bin."""
    bins = sorted({*reference, *recent})
    before = sum(reference.values()) + len(bins) / 2
    after = sum(recent.values()) + len(bins) / 2
    shares = [((reference.get(one, 0) + 0.5) / before, (recent.get(one, 0) + 0.5) / after) for one in bins]
    return sum((new - old) * math.log(new / old) for old, new in shares)


def figures(reference: DriftWindow, recent: DriftWindow) -> tuple[DriftFigure, ...]:
    """Return the figures that there are enough calls for; () for two windows with too few."""
    found: list[DriftFigure] = []
    if min(reference.calls, recent.calls) >= MIN_CALLS:
        found += [
            _moved(name, before, after)
            for name, after in recent.features.items()
            if (before := reference.features.get(name, {}))
            and min(sum(before.values()), sum(after.values())) >= MIN_CALLS
        ]
        found.append(_failing(reference, recent))
    if min(reference.acceptance.answers, recent.acceptance.answers) >= MIN_ANSWERS:
        found.append(_acceptance(reference.acceptance, recent.acceptance))
    return tuple(found)


def _moved(name: str, before: Counts, after: Counts) -> DriftFigure:
    value = round(psi(before, after), 4)
    most = max(after, key=lambda one: after[one] / max(1, sum(after.values())) - _share(before, one), default="")
    sentence = (
        f"{name}: {most or 'nothing'} is {_share(after, most):.0%} of what comes in, {_share(before, most):.0%} before"
    )
    return DriftFigure(name, value, PSI, value >= PSI, sentence)


def _share(counts: Counts, one: str) -> float:
    return counts.get(one, 0) / max(1, sum(counts.values()))


def _failing(reference: DriftWindow, recent: DriftWindow) -> DriftFigure:
    before, after = reference.failed / reference.calls, recent.failed / recent.calls
    both = (reference.failed + recent.failed) / (reference.calls + recent.calls)
    error = math.sqrt(both * (1 - both) * (1 / reference.calls + 1 / recent.calls))
    rise = after - before
    drifted = rise >= RISE and error > 0 and rise / error >= SURE
    return DriftFigure("failures", round(rise, 4), RISE, drifted, f"{after:.1%} of the calls fail, {before:.1%} before")


def _acceptance(before: AcceptanceStats, after: AcceptanceStats) -> DriftFigure:
    found = acceptance_gap(after, before)
    drifted = found.value <= -DROP and found.z <= -SURE
    sentence = f"Writers keep {after.mean:.1%} of its edits, {before.mean:.1%} before"
    return DriftFigure("acceptance", round(found.value, 4), -DROP, drifted, sentence)
