"""Trainers and the gate's judge run in a bare container: no Django, no web client, no database driver."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.waiting import HANG_S

HEAVY = ("django", "celery", "psycopg", "rest_framework", "openai", "torch", "tensorflow", "serving", "registry")


@pytest.mark.parametrize(
    "module",
    [
        *(f"training.trainers.{name}" for name in ("revision_linear", "detector", "revision_torch", "seq2seq_torch")),
        *("training.trainers.revision_tensorflow", "training.trainers.neural.job"),
        *("training.evaluation.revision", "training.evaluation.language_model"),
    ],
)
def test_what_a_trainer_imports_is_pure(module: str) -> None:
    program = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=HANG_S)
    assert done.stdout.strip() == "[]"
