"""Measures what keeps people out and the house up: `python -m benchmarks hardening`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.hardening.attacks import attacks
from benchmarks.hardening.growth import measure
from benchmarks.hardening.restarts import RESTARTS, redis_restarts_survived
from benchmarks.hardening.starts import false_unavailable
from benchmarks.support.report import judged, publish, reported

LEAST_CASES = 500
LEAST_OF_A_LINE = 10
GROWTH = 1.15
GROWTH_SHARE = 101  # of all combinations of patterns, passes and atoms, which take many hours


def run(folder: Path) -> Path:
    """Measure and publish: every attack, the growth of time, restarts of Redis, and the first answers of a server."""
    found, growth = attacks(), measure(share=GROWTH_SHARE)
    survived, _ = redis_restarts_survived()
    wrong, asked = false_unavailable()
    thin = sorted(line for line, count in found.cases.items() if count < LEAST_OF_A_LINE)
    figures = [
        judged("attack_cases", found.cases.total(), "cases", "≥", LEAST_CASES),
        judged("attacks_through", found.through.total(), "cases", "=", 0),
        judged("slowest_growth", growth.exponent, "exponent", "≤", GROWTH),
        judged("redis_restarts_survived", survived, f"of {RESTARTS}", "=", RESTARTS),
        judged("false_unavailable", wrong, f"of {asked}", "=", 0),
        *(reported(f"attacks_{line}", count, "cases") for line, count in sorted(found.cases.items())),
    ]
    notes = [
        f"the slowest growth: {growth.name} on {growth.atom!r}, {growth.seconds:.2f} s for the longest text",
        f"lines with fewer than {LEAST_OF_A_LINE} cases: {', '.join(thin) or 'none'}",
        f"lines with a case that came through: {', '.join(sorted(+found.through)) or 'none'}",
    ]
    return publish("hardening", figures, notes, folder)
