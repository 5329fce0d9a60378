"""What the toy trainer's model is when nothing disturbs it: a number that depends on every step, in order."""

from __future__ import annotations

import hashlib

from training.models import TrainingJob


def undisturbed(row: TrainingJob, steps: int) -> int:
    pairs = row.dataset.counts["split"]["train"]
    state = 0
    for step in range(1, steps + 1):
        digest = hashlib.sha256(f"{state} {step} {row.hyperparameters['seed']} {pairs}".encode()).digest()
        state = int.from_bytes(digest[:6], "big")
    return state
