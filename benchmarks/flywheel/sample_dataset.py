"""A small frozen dataset for the toy trainer."""

from __future__ import annotations

from tests.training.sample_pairs import dataset


def create() -> str:
    """Freeze the dataset and return its id."""
    return str(dataset("bench").pk)
