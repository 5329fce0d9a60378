"""Training pairs written for this project, for the demo and for tests without other data. Pure and seeded."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_EDITED, _PLAIN = 3, 6  # sentences per paragraph: an editor leaves most of a text alone


@dataclass(frozen=True, slots=True)
class SamplePair:
    """A paragraph as a model would draft it and as an editor left it."""

    original: str
    humanized: str


def sample_pairs(count: int, *, seed: int = 0) -> Iterator[SamplePair]:
    """Yield paragraphs composed from a bank of sentences; the same seed gives the same pairs."""
    edited = [line.split("\t") for line in (_HERE / "sentences.tsv").read_text(encoding="utf-8").splitlines()]
    plain = [[line, line] for line in (_HERE / "plain.txt").read_text(encoding="utf-8").splitlines()]
    chance = random.Random(seed)  # noqa: S311  # it protects no secret
    for _ in range(count):
        chosen = chance.sample(edited, _EDITED) + chance.sample(plain, _PLAIN)
        chance.shuffle(chosen)
        yield SamplePair(" ".join(draft for draft, _ in chosen), " ".join(edited for _, edited in chosen))
