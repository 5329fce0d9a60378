"""Jobs of the toy trainer from outside: their checkpoints, letting them go on, the model they must end in."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from training.contract import paths
from training.models import TrainingJob


def checkpoints(row: TrainingJob) -> Path:
    return paths.job_folder(row.pk) / "ml" / "checkpoints"


def let_go(row: TrainingJob) -> None:
    """A trainer that waits at `hold_at` goes on, and so does every later one of the job."""
    with suppress(FileNotFoundError):  # its files are not there yet, or no more
        (checkpoints(row) / "go").touch()


def has_had_two_trainers(row: TrainingJob) -> bool:
    """Whether two trainers of the job were ever alive at once."""
    return (checkpoints(row) / "two-trainers").exists()


def expected_state(row: TrainingJob, steps: int) -> int:
    """The model of a job that nothing disturbed: a number that depends on every step, in order."""
    pairs = row.dataset.counts["split"]["train"]
    state = 0
    for step in range(1, steps + 1):
        digest = hashlib.sha256(f"{state} {step} {row.hyperparameters['seed']} {pairs}".encode()).digest()
        state = int.from_bytes(digest[:6], "big")
    return state
