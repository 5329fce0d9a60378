"""Imports 100,000 pairs with `manage.py import_pairs` into a private PostgreSQL, then 10,000 with the quality score.

The pairs are combined from sentences of the shared pairs (from a small grammar where those are missing); one in ten is
a near duplicate of the one before it.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.support import data
from benchmarks.support.report import Figure, judged, publish
from benchmarks.support.servers import manage, private_installation, run_inside

PAIRS = 100_000
SCORED = 10_000
_NEAR_EVERY = 10
_CHANGED = 0.05  # of a near duplicate's words
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_RATE = re.compile(r"([\d,]+) pairs/s")
_NOUNS = (
    "bridge harbour orchard clerk kettle ladder meadow parcel quarry ribbon stable tunnel violin wagon yard".split()
)
_VERBS = "carries follows mends paints returns shelters teaches visits weighs guards".split()
_JOINS = "and then|so that|although|because|while|unless|before|after".split("|")


@dataclass(frozen=True, slots=True)
class Rates:
    """Pairs per second, and how near duplicates were clustered.

    `near_found` is the share of the planted near duplicates that share a cluster with their original. `clusters` is the
    number of clusters for each original: below 1, since combined texts share sentences.
    """

    plain: float
    scored: float
    near_found: float
    clusters: float
    words: float
    source: str


def run(folder: Path) -> Path:
    """Measure in an installation of its own, and publish."""
    with ExitStack() as stack:
        environment = private_installation(stack)
        rates = measure(environment, Path(environment["YOUMAN_VAR"]))
    return publish("pair_import", figures(rates), [note(rates)], folder)


def measure(environment: Mapping[str, str], folder: Path, pairs: int = PAIRS, scored: int = SCORED) -> Rates:
    """Import both files into a migrated installation; the files are written to `folder`."""
    rand = random.Random(20261124)
    sentences, source = _sentences(rand)
    whole, part = folder / "whole.jsonl", folder / "part.jsonl"
    words = _write(whole, pairs, sentences, rand)
    _write(part, scored, sentences, rand)
    plain = _import(environment, whole, "--no-scores")
    shares = run_inside(environment, "benchmarks.pair_import.clusters.shares", str(whole))[-1]
    near_found, clusters = map(float, shares.split())
    return Rates(plain, _import(environment, part), near_found, clusters, words, source)


def figures(rates: Rates) -> list[Figure]:
    return [
        judged("import_pairs_per_s", rates.plain, "pairs/s", "≥", PAIRS / 300),
        judged("import_scored_per_s", rates.scored, "pairs/s", "≥", 0),
        judged("near_found", rates.near_found, "share", "≥", 0.95),
    ]


def note(rates: Rates) -> str:
    return (
        f"imports: {PAIRS:,} pairs without scores, {SCORED:,} with them, {rates.words:.0f} words in a draft "
        f"({rates.source}), fsync off; near_found: planted near duplicates (5 % of the words changed) in the cluster "
        f"of their original; {rates.clusters:.3f} clusters for each original"
    )


def _import(environment: Mapping[str, str], path: Path, *options: str) -> float:
    said = manage(environment, "import_pairs", str(path), *options)
    found = _RATE.search(said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1].replace(",", ""))


def _sentences(rand: random.Random) -> tuple[list[tuple[str, str]], str]:
    """Return sentences of drafts with what people made of them, and a word on where they come from."""
    if not (data.folder() / "pairs" / "train.jsonl.gz").exists():
        return [_made_up(rand) for _ in range(60_000)], "a small grammar"
    found = []
    for row in data.pair_rows("train"):
        found += list(zip(_SENTENCE.split(row["ai_text"]), _SENTENCE.split(row["target_text"]), strict=False))
    return found, "sentences of the shared pairs, combined anew"


def _made_up(rand: random.Random) -> tuple[str, str]:
    def clause() -> str:
        return (
            f"the {rand.choice(_NOUNS)} {rand.choice(_VERBS)} the {rand.choice(_NOUNS)} {rand.randrange(9_999)} times"
        )

    plain = f"{clause()} {rand.choice(_JOINS)} {clause()}"
    return f"It is worth noting that {plain}.", f"{plain[0].upper()}{plain[1:]}."


def _pairs(count: int, sentences: list[tuple[str, str]], rand: random.Random) -> Iterator[tuple[str, str, bool]]:
    last: tuple[str, str] | None = None
    for number in range(count):
        if last is not None and number % _NEAR_EVERY == 0:
            yield _changed(last[0], rand), _changed(last[1], rand), True
            continue
        chosen = rand.sample(sentences, rand.randrange(4, 9))
        last = " ".join(one for one, _ in chosen), " ".join(one for _, one in chosen)
        yield *last, False


def _changed(text: str, rand: random.Random) -> str:
    return " ".join(rand.choice(_NOUNS) if rand.random() < _CHANGED else word for word in text.split())


def _write(path: Path, count: int, sentences: list[tuple[str, str]], rand: random.Random) -> float:
    """Write the file and return the average number of words in a draft."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        for original, humanized, is_near in _pairs(count, sentences, rand):
            words += len(original.split())
            file.write(json.dumps({"original": original, "humanized": humanized, "near": is_near}) + "\n")
    return words / count
