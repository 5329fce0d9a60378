"""Watches a run by its numbers: how long it still takes, whether it stalls or diverges. Pure; the clock is given."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

from training.contract.output_lines import MetricLine, ProgressLine

_SAMPLES = 60  # the latest stretches count: an hour-old speed says nothing of now
_LEAST_SAMPLES = 3  # two make one stretch, of which nothing can be said
_LEAST_APART_S = 0.2  # lines that were read in one gulp have no times of their own
_LOSSES = frozenset({"loss", "dev_loss", "train_loss"})
_BLOWN_UP = 1_000.0  # times the best loss so far, for this many reports in a row
_IN_A_ROW = 5


@dataclass(frozen=True, slots=True)
class Eta:
    """Seconds to the end, as a range."""

    low_s: int
    high_s: int


@dataclass(slots=True)
class Pace:
    """The latest steps and when they were reported."""

    samples: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_SAMPLES))

    def add(self, at: float, step: int) -> None:
        if self.samples and step <= self.samples[-1][1]:
            return
        if len(self.samples) > 1 and at - self.samples[-1][0] < _LEAST_APART_S:
            self.samples[-1] = (self.samples[-1][0], step)  # read in one gulp: together they are one sample
        else:
            self.samples.append((at, step))

    def eta(self, steps: int) -> Eta | None:
        """From the quick and the slow fifth of the latest stretches. None until there is something to go by."""
        if len(self.samples) < _LEAST_SAMPLES or not steps:
            return None
        points = list(self.samples)
        rates = sorted((later[1] - sooner[1]) / max(later[0] - sooner[0], 1e-6) for sooner, later in pairwise(points))
        mean = (points[-1][1] - points[0][1]) / max(points[-1][0] - points[0][0], 1e-6)
        quick, slow = rates[len(rates) * 4 // 5], rates[len(rates) // 5]
        left = max(0, steps - points[-1][1])
        low = left / max(quick, mean)
        # The whole will hardly run as slow as its slowest fifth: the range reaches half-way there.
        high = left / max(min(slow, mean), mean / 4)
        return Eta(round(min(low, left / mean)), round(max((high + left / mean) / 2, left / mean)))


@dataclass(slots=True)
class ProgressWatch:
    """Feeds on reports; `trouble` names what has gone wrong for good, `warning` what may."""

    stall_s: float
    last_report_at: float
    best: dict[str, float] = field(default_factory=dict)
    blow_ups: int = 0
    is_diverged: bool = False
    detail: str = ""
    warning: str = ""

    def add_progress(self, report: ProgressLine, now: float) -> None:
        del report
        self.last_report_at, self.warning = now, ""

    def add_metric(self, report: MetricLine) -> None:
        """A loss is a key that ends in one: `loss`, `dev_loss`, `first/loss`. Each has its own best."""
        if report.key.rpartition("/")[2] not in _LOSSES:
            return
        if report.value is None:
            self.is_diverged, self.detail = True, f"{report.key} is no finite number at step {report.step:,}"
            return
        best = self.best.get(report.key, report.value)
        if abs(report.value) > _BLOWN_UP * max(abs(best), 1e-9):
            self.blow_ups += 1
            self.warning = f"{report.key} is {report.value:.3g}, the best was {best:.3g}"
        else:
            self.blow_ups = 0
        self.best[report.key] = min(best, report.value)
        if self.blow_ups >= _IN_A_ROW:
            self.is_diverged, self.detail = True, f"{self.warning}: it diverges; lower the learning rate"

    def is_stalled(self, now: float) -> bool:
        quiet = now - self.last_report_at
        if quiet > self.stall_s / 2:
            self.warning = f"no progress for {quiet:.0f} s; it is stopped after {self.stall_s:.0f} s"
        return quiet > self.stall_s
