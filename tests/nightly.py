"""What is too long for every change: `make test-nightly`, or `python -m tests.nightly [STEP …]`.

* `examples`: the everyday lane with property tests that look for new examples instead of repeating theirs.
* `busy`: the everyday lane together with a busy process for each core, which reveals what depends on the clock.
* `storm`: every kind of death of a training job ten times (`tests.workers.training_storm`).
* `chaos`: a hundred kills of web, worker and database under load (`tests.chaos`).
* `growth`: the pages about training data at a thousand rows and at a million (`benchmarks.growth`).

Prints a line a step; the output of each is in var/nightly/. Exits with 1 when one failed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from youman.core.runtime import child_process

FOLDER = Path(os.environ.get("YOUMAN_VAR", "var")) / "nightly"


@dataclass(frozen=True)
class Step:
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_beside_busy_cores: bool = False


STEPS = {
    "examples": Step(("make", "test"), {"HYPOTHESIS_PROFILE": "nightly"}),
    "busy": Step(("make", "test"), is_beside_busy_cores=True),
    "storm": Step((sys.executable, "-m", "tests.workers.training_storm", "--times", "10")),
    "chaos": Step((sys.executable, "-m", "tests.chaos", "--kills", "120", "--minutes", "10")),
    "time": Step((sys.executable, "-m", "tests", "tests/benchmarks/test_growth_of_time.py"), {"WHOLE_GROWTH": "1"}),
    "growth": Step((sys.executable, "-m", "benchmarks.growth")),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.nightly", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", nargs="*", choices=[*STEPS, []], help="all of them when left out")
    asked = parser.parse_args().steps or list(STEPS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"{'step':12}{'passed':>8}{'minutes':>9}  output", flush=True)
    passed = [_passes(name) for name in asked]
    return 0 if all(passed) else 1


def _passes(name: str) -> bool:
    step, log, started = STEPS[name], FOLDER / f"{name}.log", time.monotonic()
    with log.open("wb") as output, busy_cores(os.cpu_count() or 1 if step.is_beside_busy_cores else 0):
        done = subprocess.run(
            step.command, env=os.environ | step.environment, check=False, stdout=output, stderr=subprocess.STDOUT
        )
    passed = done.returncode == 0
    print(f"{name:12}{'yes' if passed else 'NO':>8}{(time.monotonic() - started) / 60:9.1f}  {log}", flush=True)
    return passed


@contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """So many processes that only compute."""
    children = [child_process.spawn([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            child_process.stop(child)


if __name__ == "__main__":
    sys.exit(main())
