"""Judges a run by its numbers: the remaining time, whether it stalls or diverges. Pure; the caller passes the time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise

from training.contract.output_lines import MetricLine, ProgressLine

_SAMPLES = 60  # only the latest intervals count: the speed of an hour ago tells nothing about now
_LEAST_SAMPLES = 3  # two samples make one interval, which gives no range
_LEAST_APART_S = 0.2  # lines that were read in one call have no times of their own
_LOSSES = frozenset({"loss", "dev_loss", "train_loss"})
_BLOWN_UP = 1_000.0  # a run has diverged when its loss is this many times the best one,
_IN_A_ROW = 5  # in this many consecutive reports


@dataclass(frozen=True, slots=True)
class Eta:
    """The remaining seconds, as a range."""

    low_s: int
    high_s: int


@dataclass(slots=True)
class Pace:
    """The latest steps, each with the time (in seconds) at which it was reported."""

    samples: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=_SAMPLES))

    def add(self, at: float, step: int) -> None:
        if self.samples and step <= self.samples[-1][1]:
            return
        if len(self.samples) > 1 and at - self.samples[-1][0] < _LEAST_APART_S:
            self.samples[-1] = (self.samples[-1][0], step)  # read in one call: together they are one sample
        else:
            self.samples.append((at, step))

    def eta(self, steps: int) -> Eta | None:
        """Estimate the remaining time from the fast and the slow fifth of the latest intervals.

        Returns None while there are too few samples.
        """
        if len(self.samples) < _LEAST_SAMPLES or not steps:
            return None
        points = list(self.samples)
        rates = sorted((later[1] - sooner[1]) / max(later[0] - sooner[0], 1e-6) for sooner, later in pairwise(points))
        mean = (points[-1][1] - points[0][1]) / max(points[-1][0] - points[0][0], 1e-6)
        quick, slow = rates[len(rates) * 4 // 5], rates[len(rates) // 5]
        left = max(0, steps - points[-1][1])
        low = left / max(quick, mean)
        # The whole run is hardly as slow as its slowest fifth, so the range reaches only half-way there.
        high = left / max(min(slow, mean), mean / 4)
        return Eta(round(min(low, left / mean)), round(max((high + left / mean) / 2, left / mean)))


@dataclass(slots=True)
class ProgressWatch:
    """Takes the reports of a run. `detail` says why it has diverged; `warning` says what may be going wrong.

    `stall_s` is the time without progress after which the run counts as stalled; `last_report_at` is in seconds.
    """

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
        """Check a metric for divergence.

        A loss is recognised by the end of its key: `loss`, `dev_loss`, `first/loss`. Each has its own best value.
        """
        if report.key.rpartition("/")[2] not in _LOSSES:
            return
        if report.value is None:
            self.is_diverged, self.detail = True, f"{report.key} is not finite at step {report.step:,}"
            return
        best = self.best.get(report.key, report.value)
        if abs(report.value) > _BLOWN_UP * max(abs(best), 1e-9):
            self.blow_ups += 1
            self.warning = f"{report.key} is {report.value:.3g}; the best value was {best:.3g}"
        else:
            self.blow_ups = 0
        self.best[report.key] = min(best, report.value)
        if self.blow_ups >= _IN_A_ROW:
            self.is_diverged, self.detail = True, f"{self.warning}: training diverges, lower the learning rate"

    def is_stalled(self, now: float) -> bool:
        quiet = now - self.last_report_at
        if quiet > self.stall_s / 2:
            self.warning = f"no progress for {quiet:.0f} s; the job is stopped after {self.stall_s:.0f} s"
        return quiet > self.stall_s
