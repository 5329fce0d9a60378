"""Reads a judge from its folder: a manifest and the weights, whose hash the manifest names."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from humanize.judging.design import WORDS, Design
from humanize.judging.judge import Judge, JudgeError, unpack

MANIFEST, ARRAYS = "judge.json", "judge.npz"
SHIPPED = Path(__file__).parent / "weights"


@lru_cache(maxsize=1)
def shipped_judge() -> Judge:
    """Return the shipped ranker; it is read and checked once per process. Raises JudgeError if it is damaged."""
    return load_judge(SHIPPED)


def load_judge(folder: Path, *, design: Design = WORDS, version: str = "") -> Judge:
    """Read the judge in `folder`. `version` replaces the version in its manifest, unless it is empty.

    Raises JudgeError if a file is missing, damaged or of another design.
    """
    try:
        raw, manifest = (folder / ARRAYS).read_bytes(), (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise JudgeError(f"A file of the judge cannot be read: {error}") from error
    return unpack(raw, manifest, design, version=version)
