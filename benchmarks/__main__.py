"""Measure one question, or all of them: print a table and write var/bench/NAME.json. `list` says what there is."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path

from benchmarks.support.questions import questions, table

FOLDER = Path(os.environ.get("YOUMAN_VAR", "var")) / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", help="a benchmark, or list; without a name, all of them")
    name = parser.parse_args().name
    found = questions()
    if name == "list":
        print(table(found))
        return 0
    known = [one.name for one in found]
    if name is not None and name not in known:
        print(f"There is no benchmark {name!r}. Choose one of: {', '.join(known)}, list.", file=sys.stderr)
        return 2
    for one in [name] if name else [one.name for one in found if not one.part_of]:
        print(f"wrote {importlib.import_module(f'benchmarks.{one}.run').run(FOLDER)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
