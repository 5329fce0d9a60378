"""The pairs of a job, for fitting and for selection."""

from __future__ import annotations

from pathlib import Path

from training.trainers.contract import TrainerJob, UserError
from training.trainers.revision.pairs import AlignedPair, PairsError, align_all, read_pairs

LEAST_PAIRS = 40


def aligned_pairs(job: TrainerJob) -> tuple[list[AlignedPair], list[AlignedPair]]:
    """Return the aligned pairs of the channels train and dev; dev may be empty.

    Raises UserError if train is missing, too small or invalid.
    """
    dev = job.channel("dev")
    pairs = list(align_all(draft_pairs(job)))
    if len(pairs) < LEAST_PAIRS:
        raise UserError(f"{len(pairs)} pairs are too few; provide {LEAST_PAIRS} or more")
    return pairs, list(align_all(_read(dev))) if dev is not None else []


def draft_pairs(job: TrainerJob) -> list[tuple[str, str]]:
    """Return (draft, kept text) of every line of the channel train. Raises UserError if it is missing or invalid."""
    path = job.channel("train")
    if path is None:
        raise UserError("the channel train with a pairs.jsonl is missing")
    return _read(path)


def _read(path: Path) -> list[tuple[str, str]]:
    try:
        return read_pairs(path)
    except PairsError as error:
        raise UserError(str(error)) from error
