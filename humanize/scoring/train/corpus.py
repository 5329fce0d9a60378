"""Reads the labelled texts. The data stays outside the repository, and no sentence of it may be added to it.

Of every text only the prose is read, as in use.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from humanize.scoring.prose import Prose, prose_of
from humanize.scoring.tokens import is_word, tokenise

LEAST_WORDS = 30
DRAFTS, DRAFT_PARTS = "drafts2026", "drafts2026 part"
# There are 60 drafts of 2026 among 12,000 texts; these weights separate held-out drafts best of those tried.
_DRAFT_WEIGHT, _PART_WEIGHT = 100.0, 30.0
_LONGEST_PART = 3  # paragraphs


@dataclass(frozen=True, slots=True)
class CorpusText:
    """The prose of one text as tokens, with the number of its words.

    `label` is 1 for AI and 0 for human; texts with the same `group` come from one document; `weight` is how many texts
    this one counts for in training.
    """

    tokens: tuple[str, ...]
    words: int
    label: int
    source: str
    model: str
    domain: str
    group: str
    weight: float = 1.0


def read_samples(data: Path, split: str) -> list[CorpusText]:
    """Read the texts of a split, "train" or "dev", that have 30 or more words of prose.

    Raises FileNotFoundError if the data is missing.
    """
    samples: list[CorpusText] = []
    with gzip.open(data / "detector" / f"{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            about = (row["source"], row["model"], row["domain"], row["group"])
            samples.append(_text(prose_of(row["text"]).text, row["label"], *about))
    return [sample for sample in samples if sample.words >= LEAST_WORDS]


def read_drafts(data: Path, remainder: int) -> list[CorpusText]:
    """Read the drafts of 2026 whose number leaves this remainder by 2: 0 for training, 1 for tests.

    Their rewrites are left out: a machine wrote them as well, but to read like a person's, so they are neither class.
    """
    found = (_draft(row, prose.text, DRAFTS, _DRAFT_WEIGHT) for row, prose in _drafts(data, remainder))
    return [sample for sample in found if sample.words >= LEAST_WORDS]


def read_draft_parts(data: Path) -> list[CorpusText]:
    """Read one to three paragraphs in a row of the drafts for training, as texts of their own, to learn more from few.

    They belong to the group of their draft. They train, and are never measured.
    """
    found = (
        _draft(row, part, DRAFT_PARTS, _PART_WEIGHT) for row, prose in _drafts(data, 0) for part in _parts(row, prose)
    )
    return [sample for sample in found if sample.words >= LEAST_WORDS]


def _drafts(data: Path, remainder: int) -> Iterator[tuple[dict[str, str], Prose]]:
    with (data / "drafts2026" / "pairs.jsonl").open(encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["n"] % 2 == remainder]
    for row in rows:
        yield row, prose_of(row["draft"])


def _parts(row: dict[str, str], prose: Prose) -> Iterator[str]:
    for first in range(len(prose.spans)):
        for last in range(first + 1, min(first + _LONGEST_PART, len(prose.spans)) + 1):
            yield "\n".join(row["draft"][span.start : span.end] for span in prose.spans[first:last])


def _draft(row: dict[str, str], text: str, source: str, weight: float) -> CorpusText:
    return _text(text, 1, source, "2026", row["genre"], f"{DRAFTS}/{row['n']}", weight)


def _text(prose: str, label: int, source: str, model: str, domain: str, group: str, weight: float = 1.0) -> CorpusText:
    tokens = tuple(tokenise(prose))
    words = sum(1 for token in tokens if is_word(token))
    return CorpusText(tokens, words, label, source, model, domain, group, weight)
