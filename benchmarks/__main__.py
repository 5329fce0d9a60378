"""`python -m benchmarks [NAME]`: run one benchmark or all that stand, print tables, write var/bench/NAME.json."""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

NAMES = ("rewrite", "gateway", "router", "registry", "editor", "flywheel")
FOLDER = Path(os.environ.get("YOUMAN_VAR", "var")) / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="all of them without a name")
    chosen = parser.parse_args().name
    for name in [chosen] if chosen else NAMES:
        print(f"wrote {importlib.import_module(f'benchmarks.{name}').run(FOLDER)}")


if __name__ == "__main__":
    main()
