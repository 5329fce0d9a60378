"""Kill web, worker and database under load, and look whether anything was lost, doubled or charged twice.

Starts a private PostgreSQL, Redis and vendor, two web processes and a worker, and clients that send texts, batches and
models with Idempotency-Keys and send each again until it is answered. Kills by `kill -9` at moments drawn by chance and
starts again what was killed. Then waits until all is quiet and checks what must hold. Prints a line for each invariant
and exits with 1 when one is broken. The same seed draws the same moments; what is under way in them differs.
"""

from __future__ import annotations

import argparse
import json
import sys

from tests.chaos.run import run


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=6.0, help="how long the kills take; quiet comes after")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of the table")
    asked = parser.parse_args()
    report = run(kills=asked.kills, seed=asked.seed, minutes=asked.minutes, clients=asked.clients)
    print(json.dumps(report.figures) if asked.json else report.table)
    return 0 if report.is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
