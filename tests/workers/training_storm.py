"""Every kind of death, ten times each: `python -m tests.workers.training_storm [--times 10] [KIND …]`.

The tests of `test_training_kills.py` do the killing and the judging, three of each in every run of the tests; this runs
them kind by kind, as often as is asked, and prints a table. About ten minutes with ten.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

KINDS = {
    "trainer": "killed_trainer",
    "supervisor": "killed_supervisor",
    "worker": "killed_worker",
    "cancel": "cancel_is_answered",
    "database": "database_that_stops",
    "disk": "full_disk",
}
_FILE = Path(__file__).with_name("test_training_kills.py")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.workers.training_storm", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="all of them when left out")
    parser.add_argument("--times", type=int, default=10, help="how often each")
    asked = parser.parse_args()
    print(f"{'what dies':12}{'times':>6}  {'ends well':10}{'seconds':>8}", flush=True)
    held = [_storm(kind, asked.times) for kind in asked.kinds or KINDS]
    return 0 if all(held) else 1


def _storm(kind: str, times: int) -> bool:
    """One process of pytest a kind: with -rs, so that what was skipped is not taken for what held."""
    started = time.monotonic()
    command = [sys.executable, "-m", "tests", str(_FILE), "-k", KINDS[kind], "-rs"]
    done = subprocess.run(
        command, env=os.environ | {"KILLS": str(times)}, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = done.stdout.decode(errors="replace")
    outcome = "skipped" if "SKIPPED" in said else "yes" if done.returncode == 0 else "NO"
    print(f"{kind:12}{times:6}  {outcome:10}{time.monotonic() - started:8.0f}", flush=True)
    if outcome != "yes":
        print(said[-4_000:], flush=True)
    return outcome != "NO"


if __name__ == "__main__":
    sys.exit(main())
