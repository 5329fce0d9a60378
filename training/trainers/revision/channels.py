"""The pairs of a job: what to fit on and what to select on. Raises UserError that names the fix."""

from __future__ import annotations

from pathlib import Path

from training.trainers.contract import TrainerJob, UserError
from training.trainers.revision.pairs import AlignedPair, PairsError, align_all, read_pairs

LEAST_PAIRS = 40


def aligned_pairs(job: TrainerJob) -> tuple[list[AlignedPair], list[AlignedPair]]:
    """Return the aligned pairs of the channels train and dev; dev may be empty.

    Raises UserError when train is missing or too small.
    """
    path, dev = job.channel("train"), job.channel("dev")
    if path is None:
        raise UserError("there is no channel train with a pairs.jsonl")
    pairs = _read(path)
    if len(pairs) < LEAST_PAIRS:
        raise UserError(f"{len(pairs)} pairs are too few; give at least {LEAST_PAIRS}")
    return pairs, _read(dev) if dev is not None else []


def _read(path: Path) -> list[AlignedPair]:
    try:
        return list(align_all(read_pairs(path)))
    except PairsError as error:
        raise UserError(str(error)) from error
