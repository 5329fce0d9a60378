"""Training pairs as aligned tokens, with the rules' proposals and the detector's scores. For trainers only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from humanize.pipeline.revision_engine import PreparedText, prepare
from humanize.revision.tokens import SPACE, fold_all

HALVES = 2


@dataclass(frozen=True, slots=True)
class TokenChange:
    """Tokens ``first`` to ``last`` of the draft became ``after`` (folded words without white space)."""

    first: int
    last: int
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlignedPair:
    """A prepared draft and the tokens of its kept text.

    `gone` [tokens] marks the draft tokens that are not in the kept text. `half` is the half of the pairs to which this
    one belongs. Pairs with the same kept text are in the same half, so that one half can check what the other shows.
    """

    draft: PreparedText
    kept_text: str
    kept_tokens: list[str]
    gone: NDArray[np.uint8]
    changes: tuple[TokenChange, ...]
    half: int

    @property
    def share_changed(self) -> float:
        return float(self.gone.mean()) if len(self.gone) else 0.0


class PairsError(ValueError):
    """The channel holds no usable pairs."""


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return (draft, kept text) of every line. Raises PairsError, which names the line."""
    pairs: list[tuple[str, str]] = []
    # Not splitlines: a text may contain U+2028, which does not end a line of JSON.
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            pairs.append((str(row["original"]), str(row["humanized"])))
        except (ValueError, KeyError, TypeError) as error:
            raise PairsError(f"{path.name}, line {number}: not a pair with original and humanized ({error})") from error
    return pairs


def align_all(pairs: list[tuple[str, str]]) -> Iterator[AlignedPair]:
    for draft, kept in pairs:
        prepared = prepare(draft)
        if len(prepared.tokens):
            yield align(prepared, kept)


def align(prepared: PreparedText, kept: str) -> AlignedPair:
    old, new = prepared.tokens.words, fold_all(kept)
    ranges = [
        (step.src_start, step.src_end, step.dest_start, step.dest_end)
        for step in Indel.opcodes(old, new)
        if step.tag != "equal"
    ]
    gone = np.zeros(len(old), dtype=np.uint8)
    for first, last, _, _ in ranges:
        gone[first:last] = 1
    half = zlib.crc32(kept.encode("utf-8", "surrogatepass")) % HALVES
    return AlignedPair(prepared, kept, new, gone, tuple(_changes(old, new, ranges)), half)


def _changes(old: list[str], new: list[str], ranges: list[tuple[int, int, int, int]]) -> Iterator[TokenChange]:
    """Yield the changes; ranges with only white space between them are one change."""
    joined: list[tuple[int, int, int, int]] = []
    for a, b, c, d in ranges:
        if joined and _blank(old[joined[-1][1] : a]) and _blank(new[joined[-1][3] : c]):
            joined[-1] = (joined[-1][0], b, joined[-1][2], d)
        else:
            joined.append((a, b, c, d))
    for a, b, c, d in joined:
        yield TokenChange(a, b, tuple(word for word in new[c:d] if word != SPACE))


def _blank(words: list[str]) -> bool:
    return all(word == SPACE for word in words)
