"""The simulated month in the flywheel's table: runs `month` in its own process and puts its output into words."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.support.data import ROOT
from benchmarks.support.report import Figure, judged
from benchmarks.support.verdicts import EDITOR, RULES, signed_share

_RULE = (
    "SIMULATED month, real services: an edit that the professional also made (spans meet, the draft comes nearer to "
    f"their text) is accepted; others with the share that a careful reader signed: rules {signed_share(RULES):.3f}, "
    f"own model {signed_share(EDITOR):.3f} and, ASSUMED, the LLMs the same"
)
_LLMS = (
    "SIMULATED LLMs at real prices: the professional's own change to a sentence in 30 % (small) or 40 % (large) of "
    "them, ASSUMED; else what the rules do; faults as in the router's benchmark. PROFESSIONAL tier, level 5"
)


@dataclass(frozen=True, slots=True)
class Month:
    """Weeks as `ledger` read them from the rows, and what happened in between."""

    weeks: Sequence[Mapping[str, float]]
    shares: Sequence[Mapping[str, float]]
    events: Sequence[str]

    def figures(self) -> list[Figure]:
        last = self.weeks[-1]
        return [
            judged("saving_last_week", last["saving"], "share", "≥", 0),
            judged("acceptance_last_week", last["acceptance"], "share", "≥", 0),
        ]

    def notes(self) -> list[str]:
        return [_RULE, _LLMS, *map(_line, self.weeks, self.shares), *self.events]


def month(environment: Mapping[str, str]) -> Month:
    """Run the month; takes about five minutes. A trainer process must run in the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.flywheel.month"],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    weeks = [{key: float(value) for key, value in one.items() if key != "shares"} for one in found["weeks"]]
    return Month(weeks, [one["shares"] for one in found["weeks"]], found["events"])


def _line(one: Mapping[str, float], shares: Mapping[str, float]) -> str:
    """Put one week into a line; money is in dollars."""
    by = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
    return (
        f"week {one['number']:.0f}: {one['words']:,.0f} words in {one['texts']:.0f} texts, ${one['cost']:.4f} "
        f"(always GPT-4o ${one['baseline']:.4f}, {one['saving']:.1%} saved), ${one['per_accepted']:.5f} per 1,000 "
        f"accepted words, {one['acceptance']:.1%} of {one['decided']:.0f} edits accepted, "
        f"{one['kept_per_thousand']:.1f} kept edits per 1,000 words; words by {by}"
    )
