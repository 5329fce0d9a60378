"""`python -m tests.training.pairs.pii_recall`: the recall on the seeded corpus, kind by kind.

It measures the project's recognisers, and those together with presidio's if that extra is installed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tests.training.pairs.pii_corpus import Planted, corpus, other_ids
from training.pairs import presidio
from training.pairs.privacy import Finder, findings, findings_with

SEED = 20261124


@dataclass(frozen=True, slots=True)
class Recall:
    """Return the recall by kind; `false` is the number of false findings."""

    by_kind: dict[str, float]
    false: int


def recall(planted: Sequence[Planted], find: Finder) -> Recall:
    there, found, false = Counter[str](), Counter[str](), 0
    for one in planted:
        hits = find(one.text)
        right = [hit for hit in hits if hit.kind == one.kind and hit.value == one.value]
        there[one.kind] += 1
        found[one.kind] += bool(right)
        false += len(hits) - len(right)
    return Recall({kind: found[kind] / there[kind] for kind in sorted(there) if kind}, false)


def all_planted() -> dict[str, list[Planted]]:
    return {"the seeded corpus": corpus(SEED, 150), "ids of five more countries": other_ids(SEED, 40)}


def main() -> None:
    finders = {"own": findings}
    if presidio.is_installed():
        finders["own + presidio"] = lambda text: findings_with(text, presidio.findings)
    for name, planted in all_planted().items():
        for who, find in finders.items():
            got = recall(planted, find)
            shares = ", ".join(f"{kind} {share:.3f}" for kind, share in got.by_kind.items())
            sys.stdout.write(f"{name}, {who}: {shares}; {got.false} false of {len(planted)}\n")


if __name__ == "__main__":
    main()
