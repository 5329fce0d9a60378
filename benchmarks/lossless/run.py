"""Measures what is lost silently, one function for each figure: `python -m benchmarks lossless`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.lossless.foreign_deletes import foreign_deletes
from benchmarks.lossless.kills import answers_without_row, idempotent_doubles
from benchmarks.lossless.word_files import docx_words_lost
from benchmarks.lossless.zero_costs import certain_zero_costs
from benchmarks.support.report import Figure, publish

Measured = tuple[Figure, str]  # a figure, and a sentence on what it was measured with

# A new figure is a function here, and its name in the docstring of the folder.
MEASURES: tuple[Callable[[], Measured], ...] = (
    docx_words_lost, idempotent_doubles, answers_without_row, foreign_deletes, certain_zero_costs,
)  # fmt: skip


def run(folder: Path) -> Path:
    """Measure all figures and publish them. Raises SystemExit where something that they need is missing."""
    measured = [measure() for measure in MEASURES]
    return publish("lossless", [figure for figure, _ in measured], [note for _, note in measured], folder)
