"""What is lost or doubled when web, worker and database are killed under load: one run of `tests.chaos`."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from benchmarks.support.data import ROOT
from benchmarks.support.report import Figure, judged

KILLS, MINUTES = 110, 6


@dataclass(frozen=True, slots=True)
class _Run:
    doubles: int
    answers_without_row: int
    note: str


def idempotent_doubles() -> tuple[Figure, str]:
    """Texts that one Idempotency-Key made more than once."""
    return judged("idempotent_doubles", _run().doubles, "", "=", 0), _run().note


def answers_without_row() -> tuple[Figure, str]:
    """Answers that the vendor would bill and the ledger has neither exactly nor as an estimate."""
    return judged("answers_without_row", _run().answers_without_row, "", "=", 0), _run().note


@cache
def _run() -> _Run:
    """A process of its own, since it sets Django up for an installation of its own."""
    command = [sys.executable, "-m", "tests.chaos", "--kills", str(KILLS), "--minutes", str(MINUTES), "--json"]
    done = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)  # it exits with 1 when any invariant is broken, and prints all the same
    return _Run(found["idempotent_doubles"], found["answers_without_row"], found["summary"])
