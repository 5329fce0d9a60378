"""Reads the labelled texts. The data stays outside the repository, and no sentence of it may be added to it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from humanize.scoring.tokens import is_word, tokenise


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One text as tokens. `label` is 1 for AI and 0 for human; texts with the same `group` come from one document."""

    tokens: tuple[str, ...]
    words: int
    label: int
    source: str
    model: str
    domain: str
    group: str


def read_samples(data: Path, split: str) -> list[CorpusText]:
    """Read the samples of a split, "train" or "dev". Raises FileNotFoundError if the data is missing."""
    samples: list[CorpusText] = []
    with gzip.open(data / "detector" / f"{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            tokens = tuple(tokenise(row["text"]))
            words = sum(1 for token in tokens if is_word(token))
            about = (row["source"], row["model"], row["domain"], row["group"])
            samples.append(CorpusText(tokens, words, row["label"], *about))
    return samples
