"""Reads the shared data set; benchmarks say plainly when it is not there."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def folder() -> Path:
    return Path(os.environ.get("YOUMAN_DATA", ROOT.parent / "shared" / "data"))


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts for measuring: by machines and by people, none of which trained anything that ships."""

    machine: tuple[str, ...]
    human: tuple[str, ...]


def dev_texts() -> Texts:
    """The dev split: machine texts of detector and pairs, human texts of the detector's; doubles are dropped."""
    rows = list(_rows("detector/dev.jsonl.gz"))
    pairs = list(_rows("pairs/dev.jsonl.gz"))
    machine = dict.fromkeys([row["text"] for row in rows if row["label"] == 1] + [row["ai_text"] for row in pairs])
    human = dict.fromkeys(row["text"] for row in rows if row["label"] == 0)
    return Texts(tuple(map(str, machine)), tuple(map(str, human)))


def _rows(name: str) -> Iterator[dict[str, object]]:
    path = folder() / name
    if not path.exists():
        raise SystemExit(f"{path} is not there; set YOUMAN_DATA to the folder of the data set")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def pair_rows(split: str) -> Iterator[dict[str, str]]:
    """The pairs of "train" or "dev" as they are."""
    for row in _rows(f"pairs/{split}.jsonl.gz"):
        yield {key: str(value) for key, value in row.items()}


def people_texts() -> tuple[str, ...]:
    """Texts that people wrote on their own, of the detector's dev split."""
    return dev_texts().human


@dataclass(frozen=True, slots=True)
class DetectorRow:
    """A text by a machine or by a person, and the source it is from."""

    text: str
    machine: bool
    source: str


def detector_rows(split: str) -> Iterator[DetectorRow]:
    """The detector's texts of "train" or "dev"."""
    for row in _rows(f"detector/{split}.jsonl.gz"):
        yield DetectorRow(str(row["text"]), row["label"] == 1, str(row["source"]))
