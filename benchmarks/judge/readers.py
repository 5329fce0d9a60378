"""The 100 pairs of which readers said which side reads better, without knowing which side is which.

`python -m benchmarks.judge.readers` prints the pairs with their sides shuffled and hidden. With `--record FILE` the
answers, one "number A", "number B" or "number =" on each line, become `preferences.jsonl`: ids and preferences alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.support.data import folder as data_folder
from benchmarks.support.data import pair_rows
from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import rewrite_text

PREFERENCES = Path(__file__).parent / "preferences.jsonl"
SEED = 2026
BY_EDITORS, BY_AUTHORS, BY_RULES = 30, 20, 26  # the rest are a large model's free rewrites
_SHORT = 40, 130  # words of a side
_LEAST_CHANGED = 0.04  # by the rules, since nobody prefers one of two equal texts


@dataclass(frozen=True, slots=True)
class ReaderPair:
    """A draft and a rewrite. `id` names the row and who rewrote it."""

    id: str
    draft: str
    rewrite: str

    @property
    def digest(self) -> str:
        """Return the beginning of a hash of both texts: a preference is for these words and no others."""
        return hashlib.sha256(f"{self.draft}\0{self.rewrite}".encode()).hexdigest()[:12]


def reader_pairs() -> list[ReaderPair]:
    """Return the pairs in the order in which they are read. Raises SystemExit without the data set."""
    chooser = random.Random(SEED)
    rows = list(pair_rows("dev"))
    editors = [_side(row, "editor") for row in rows if row["source"] == "lamp"]
    authors = [_side(row, "author") for row in rows if row["source"] == "l2r"]
    found = [*_draw(editors, BY_EDITORS, chooser), *_draw(authors, BY_AUTHORS, chooser)]
    found += [*_by_rules(rows, chooser), *_by_model()]
    chooser.shuffle(found)
    return found


def _side(row: dict[str, str], by: str) -> ReaderPair:
    return ReaderPair(f"{row['id']}/{by}", row["ai_text"].strip(), row["target_text"].strip())


def _draw(pairs: list[ReaderPair], count: int, chooser: random.Random) -> list[ReaderPair]:
    """Return so many of the pairs, the shorter half of them."""
    by_length = sorted(pairs, key=lambda pair: len(pair.draft.split()) + len(pair.rewrite.split()))
    fit = [pair for pair in by_length if min(_words(pair)) >= _SHORT[0]]
    return chooser.sample(fit[: max(count, len(fit) // 2)], count)


def _words(pair: ReaderPair) -> tuple[int, int]:
    return len(pair.draft.split()), len(pair.rewrite.split())


def pairs_read(ids: Collection[str]) -> Iterator[ReaderPair]:
    """Yield today's pairs with these ids; of a row that the rules rewrote, each paragraph. Raises SystemExit."""
    for row in pair_rows("dev"):
        for by in ("editor", "author"):
            if f"{row['id']}/{by}" in ids:
                yield _side(row, by)
        if f"{row['id']}/rules" in ids:
            yield from _paragraphs(row)
    yield from (pair for pair in _by_model() if pair.id in ids)


def _by_rules(rows: list[dict[str, str]], chooser: random.Random) -> Iterator[ReaderPair]:
    found = (next(_paragraphs(row), None) for row in chooser.sample(rows, len(rows)))
    yield from islice((pair for pair in found if pair), BY_RULES)


def _paragraphs(row: dict[str, str]) -> Iterator[ReaderPair]:
    """Yield the paragraphs of which the rules change enough to be seen."""
    for paragraph in row["ai_text"].split("\n\n"):
        if _SHORT[0] <= len(paragraph.split()) <= _SHORT[1]:
            done = rewrite_text(paragraph.strip(), RewriteOptions(level=5))
            if done.measures.share_changed >= _LEAST_CHANGED:
                yield ReaderPair(f"{row['id']}/rules", done.source, done.result)


def _by_model() -> Iterator[ReaderPair]:
    """Yield the opening paragraphs of a large model's free rewrites, as many words as fit."""
    with (data_folder() / "llm" / "answers.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            sides = [row[name].strip().split("\n\n") for name in ("draft", "free_rewrite")]
            even = len(sides[0]) == len(sides[1])
            count = 1 if even and min(len(side[0].split()) for side in sides) >= _SHORT[0] else None
            draft, rewrite = ("\n\n".join(side[:count]) for side in sides)
            yield ReaderPair(f"{row['id']}/model", draft, rewrite)


def _is_turned(pair: ReaderPair) -> bool:
    """Return whether the rewrite is shown as A."""
    return random.Random(f"{SEED} {pair.id}").random() < 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, help="file with the answers")
    options = parser.parse_args()
    pairs = reader_pairs()
    if options.record is None:
        for number, pair in enumerate(pairs, 1):
            first, second = (pair.rewrite, pair.draft) if _is_turned(pair) else (pair.draft, pair.rewrite)
            print(f"=== {number}\n--- A\n{first}\n--- B\n{second}\n")
        return
    answers = dict(line.split() for line in options.record.read_text("utf-8").splitlines() if line.strip())
    with PREFERENCES.open("w", encoding="utf-8") as file:
        for number, pair in enumerate(pairs, 1):
            rewrite = "A" if _is_turned(pair) else "B"
            prefers = {"=": "none", rewrite: "rewrite"}.get(answers[str(number)], "draft")
            file.write(json.dumps({"id": pair.id, "texts": pair.digest, "prefers": prefers}) + "\n")


if __name__ == "__main__":
    main()
