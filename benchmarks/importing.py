"""How many pairs a second come in, with the quality score and without, and whether near duplicates are still found.

100,000 pairs put together from sentences of the shared pairs (from a grammar of our own where they are absent), one in
ten a near duplicate of another; on a private PostgreSQL, by `manage.py import_pairs`.
"""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks import data
from benchmarks.speed import _manage
from tests.services import postgres, valkey

PAIRS = 100_000
SCORED = 10_000
_NEAR_EVERY = 10
_CHANGED = 0.05  # of a near duplicate's words
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"])")
_RATE = re.compile(r"([\d,]+) pairs taken in, .*; ([\d,]+) pairs/s")
_FOUND = """
import json
from training.models import TrainingDataPoint
stands = dict(TrainingDataPoint.objects.values_list('original', 'cluster'))
lines = [json.loads(line) for line in open({path!r}, encoding='utf-8')]
near = [(stands.get(a['original']), stands.get(b['original'])) for a, b in zip(lines, lines[1:]) if b.get('near')]
both = [(a, b) for a, b in near if a and b]  # what lost personal data stands there in other words
print(sum(a == b for a, b in both) / len(both))
print(TrainingDataPoint.objects.values('cluster').distinct().count() / (len(lines) - len(near)))
"""
_NOUNS = (
    "bridge harbour orchard clerk kettle ladder meadow parcel quarry ribbon stable tunnel violin wagon yard".split()
)
_VERBS = "carries follows mends paints returns shelters teaches visits weighs guards".split()
_JOINS = "and then|so that|although|because|while|unless|before|after".split("|")


@dataclass(frozen=True, slots=True)
class Rates:
    """Pairs a second; `near_found` is the share of the planted near duplicates that share a cluster with theirs.

    `clusters` is how many there are for each text that is none: below 1 by what the recombined sentences share.
    """

    plain: float
    scored: float
    near_found: float
    clusters: float
    words: float
    source: str


def measure(environment: Mapping[str, str], folder: Path, pairs: int = PAIRS, scored: int = SCORED) -> Rates:
    """Two to five minutes. The database must be migrated."""
    rand = random.Random(20261124)
    sentences, source = _sentences(rand)
    whole, part = folder / "whole.jsonl", folder / "part.jsonl"
    words = _write(whole, pairs, sentences, rand)
    _write(part, scored, sentences, rand)
    plain = _import(environment, whole, "--no-scores")
    found, clusters = map(float, _shell(environment, _FOUND.format(path=str(whole))).split()[-2:])
    return Rates(plain, _import(environment, part), found, clusters, words, source)


def alone() -> None:
    """`python -m benchmarks.importing` prints these alone."""
    with ExitStack() as stack:
        var = stack.enter_context(tempfile.TemporaryDirectory(prefix="youman-bench-"))
        environment = os.environ | {"YOUMAN_VAR": var, "LOG_LEVEL": "WARNING"}
        environment |= {"DATABASE_URL": stack.enter_context(postgres.running())}
        environment |= {"REDIS_URL": stack.enter_context(valkey.running())}
        _manage(environment, "migrate", "--verbosity", "0")
        print(json.dumps(asdict(measure(environment, Path(var)))))


def _shell(environment: Mapping[str, str], script: str) -> str:
    return _manage(dict(environment), "shell", "--no-imports", "-c", script)


def _import(environment: Mapping[str, str], path: Path, *options: str) -> float:
    said = _manage(dict(environment), "import_pairs", str(path), *options)
    found = _RATE.search(said)
    if found is None:
        raise RuntimeError(said)
    return float(found[2].replace(",", ""))


def _sentences(rand: random.Random) -> tuple[list[tuple[str, str]], str]:
    """Sentences of drafts and of what people made of them, place by place."""
    if not (data.folder() / "pairs" / "train.jsonl.gz").exists():
        return [_made_up(rand) for _ in range(60_000)], "a grammar of our own"
    found = []
    for row in data.pair_rows("train"):
        found += list(zip(_SENTENCE.split(row["ai_text"]), _SENTENCE.split(row["target_text"]), strict=False))
    return found, "sentences of the shared pairs, put together anew"


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
    """Returns the words of a draft, on the average."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        for original, humanized, is_near in _pairs(count, sentences, rand):
            words += len(original.split())
            file.write(json.dumps({"original": original, "humanized": humanized, "near": is_near}) + "\n")
    return words / count


if __name__ == "__main__":
    alone()
