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
    """A text, whether a machine wrote it, and the source and subject that it comes from."""

    text: str
    machine: bool
    source: str
    domain: str


@dataclass(frozen=True, slots=True)
class Draft2026:
    """A draft that a model of 2026 wrote, and what the same model made of it as a careful editor."""

    genre: str
    draft: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class ModernDraft:
    """A draft that a model of 2026 wrote in its default voice, and what a careful editor, a model too, made of it."""

    number: int
    genre: str
    draft: str
    rewrite: str


def modern_drafts(split: str) -> list[ModernDraft]:
    """Return the drafts of 2026 of a split: those with even numbers may shape rules ("train"), the odd ones never.

    Raises SystemExit where the data set is missing.
    """
    path = folder() / "drafts2026" / "pairs.jsonl"
    if not path.exists():
        raise SystemExit(f"{path} is missing; set YOUMAN_DATA to the folder of the data set")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    found = [ModernDraft(row["n"], row["genre"], row["draft"], row["rewrite"]) for row in rows]
    return [one for one in found if (one.number % 2 == 0) == (split == "train")]


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
        yield DetectorRow(str(row["text"]), row["label"] == 1, str(row["source"]), str(row["domain"]))


def drafts_2026(*, odd: bool) -> list[Draft2026]:
    """Return the drafts with odd numbers, which are for tests, or those with even ones, which may train.

    Raises SystemExit where the data set is missing.
    """
    path = folder() / "drafts2026" / "pairs.jsonl"
    if not path.exists():
        raise SystemExit(f"{path} is missing; set YOUMAN_DATA to the folder of the data set")
    rows = [row for row in map(json.loads, path.read_text("utf-8").splitlines()) if row["n"] % 2 == odd]
    return [Draft2026(row["genre"], row["draft"], row["rewrite"]) for row in rows]


def _rows(name: str) -> Iterator[dict[str, object]]:
    path = folder() / name
    if not path.exists():
        raise SystemExit(f"{path} is missing; set YOUMAN_DATA to the folder of the data set")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
