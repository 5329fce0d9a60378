"""Reads the shared data set, and stops with a plain message where it is missing."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Return the data set's folder: `YOUMAN_DATA`, or `shared/data` next to the project."""
    return Path(os.environ.get("YOUMAN_DATA", ROOT.parent / "shared" / "data"))


def lexicon() -> Path:
    """Return the list of words and phrases that mark a draft as written by a machine."""
    return folder() / "lexicon" / "markers_v1.txt"


def faults_folder() -> Path:
    """Return the folder of the cases that the product once got wrong; it stands next to the data set's folder."""
    return folder().parent / "faults"


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts written by machines and by people. A dev split trains nothing that ships."""

    machine: tuple[str, ...]
    human: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetectorRow:
    """A text, whether a machine wrote it, and the source that it comes from."""

    text: str
    machine: bool
    source: str


@lru_cache(maxsize=2)
def texts_of(split: str) -> Texts:
    """Return the distinct texts of a split ("train" or "dev").

    Machine texts come from the detector's rows and from the pairs, human texts from the detector's rows alone.
    """
    rows = list(detector_rows(split))
    machine = dict.fromkeys([row.text for row in rows if row.machine])
    machine |= dict.fromkeys(row["ai_text"] for row in pair_rows(split))
    return Texts(tuple(machine), tuple(dict.fromkeys(row.text for row in rows if not row.machine)))


def pair_rows(split: str) -> Iterator[dict[str, str]]:
    """Yield the pairs of "train" or "dev" unchanged. Raises SystemExit where the data set is missing."""
    for row in _rows(f"pairs/{split}.jsonl.gz"):
        yield {key: str(value) for key, value in row.items()}


def detector_rows(split: str) -> Iterator[DetectorRow]:
    """Yield the detector's texts of "train" or "dev". Raises SystemExit where the data set is missing."""
    for row in _rows(f"detector/{split}.jsonl.gz"):
        yield DetectorRow(str(row["text"]), row["label"] == 1, str(row["source"]))


def _rows(name: str) -> Iterator[dict[str, object]]:
    path = folder() / name
    if not path.exists():
        raise SystemExit(f"{path} is missing; set YOUMAN_DATA to the folder of the data set")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
