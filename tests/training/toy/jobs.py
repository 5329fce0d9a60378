"""Helpers for jobs of the toy trainer: their checkpoints, releasing them, and the model that they must produce."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from training.contract import paths
from training.models import TrainingJob


def checkpoints(row: TrainingJob) -> Path:
    return paths.job_folder(row.pk) / "ml" / "checkpoints"


def let_go(row: TrainingJob) -> None:
    """Let the trainer that waits at `hold_at` continue, and every later one of the job too."""
    with suppress(FileNotFoundError):  # its files do not exist yet or any more
        (checkpoints(row) / "go").touch()


def has_had_two_trainers(row: TrainingJob) -> bool:
    """Return whether two trainers of the job were ever alive at once."""
    return (checkpoints(row) / "two-trainers").exists()


def expected_state(row: TrainingJob, steps: int) -> int:
    """Return the model of an undisturbed job: a number that depends on every step, in order."""
    pairs = row.dataset.counts["split"]["train"]
    state = 0
    for step in range(1, steps + 1):
        digest = hashlib.sha256(f"{state} {step} {row.hyperparameters['seed']} {pairs}".encode()).digest()
        state = int.from_bytes(digest[:6], "big")
    return state
