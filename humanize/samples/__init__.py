"""Invented drafts in the style of machines: for the demo, the editor's "try a sample" and the tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    title: str
    text: str


def samples() -> tuple[Sample, ...]:
    """Return all samples, ordered by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.md")))


def read(name: str) -> Sample:
    """Return the sample of this name. Raises KeyError if it does not exist."""
    return {sample.name: sample for sample in samples()}[name]


def _read(path: Path) -> Sample:
    text = path.read_text(encoding="utf-8")
    return Sample(path.stem, text.splitlines()[0].lstrip("# "), text)
