"""Trainers and evaluators run in a minimal container: without Django, web client and database driver."""

from __future__ import annotations

import subprocess
import sys

from tests.waiting import HANG_S

HEAVY = ("django", "celery", "psycopg", "rest_framework", "openai", "torch", "tensorflow", "serving", "registry")


MODULES = [
    *(
        f"training.trainers.{name}"
        for name in ("revision_linear", "detector", "judge", "revision_torch", "seq2seq_torch")
    ),
    *("training.trainers.revision_tensorflow", "training.trainers.neural.job"),
    *("training.evaluation.revision", "training.evaluation.language_model", "training.evaluation.judge"),
]
_PROGRAM = """
import sys
from importlib import import_module

for module in sys.argv[2:]:
    import_module(module)
    found = [name for name in sys.argv[1].split() if name in sys.modules]
    if found:
        sys.exit(f"{module} imports {', '.join(found)}")
"""


def test_what_a_trainer_imports_is_pure() -> None:
    """Import all modules in one process: if they are pure together, each of them is."""
    command = [sys.executable, "-c", _PROGRAM, " ".join(HEAVY), *MODULES]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=HANG_S)
    assert (done.returncode, done.stderr) == (0, "")
