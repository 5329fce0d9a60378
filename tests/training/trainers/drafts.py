"""Generated drafts and kept texts of an imagined author, from a seed: enough to train on in seconds."""

from __future__ import annotations

import json
import random
from pathlib import Path

_SUBJECTS = (
    "The museum|Our clinic|The harbour office|This library|The village school|The rowing club|The bakery"
).split("|")
_VERBS = {"utilizes": "uses", "showcases": "shows", "enhances": "improves", "leverages": "uses"}
_THINGS = (
    "a robust plan|a vibrant garden|an innovative archive|a comprehensive list|a groundbreaking tool|a cutting-edge lab"
).split("|")
_CUT = ("robust ", "vibrant ", "comprehensive ", "groundbreaking ", "cutting-edge ")
_ENDS = "for its members|in the old town|with two teachers|every spring|near the river|for new families".split("|")
_PLAIN = (
    "The door sticks in winter.|Anna keeps the keys.|It opened in 1987.|Nobody remembers why.|We walked home."
).split("|")


def pair(chance: random.Random) -> tuple[str, str]:
    draft, kept = [], []
    for _ in range(chance.randint(4, 7)):
        verb, thing = chance.choice(list(_VERBS)), chance.choice(_THINGS)
        subject, end = chance.choice(_SUBJECTS), chance.choice(_ENDS)
        draft.append(f"Furthermore, {subject[0].lower()}{subject[1:]} {verb} {thing} {end}.")
        plain = thing
        for word in _CUT:
            plain = plain.replace(word, "")
        kept.append(f"{subject} {_VERBS[verb]} {plain} {end}.")
        if chance.random() < 0.5:
            same = chance.choice(_PLAIN)
            draft.append(same)
            kept.append(same)
    return " ".join(draft), " ".join(kept)


def write_channel(base: Path, name: str, count: int, seed: int) -> list[tuple[str, str]]:
    chance = random.Random(seed)
    return _write(base, name, [pair(chance) for _ in range(count)])


def write_detector_channel(base: Path, name: str, count: int, seed: int) -> list[tuple[str, str]]:
    """Join one to six drafts, so that there are texts in every band of length."""
    chance = random.Random(seed)
    texts = [[pair(chance) for _ in range(1 + number % 6)] for number in range(count)]
    return _write(base, name, [(" ".join(a for a, _ in parts), " ".join(b for _, b in parts)) for parts in texts])


def _write(base: Path, name: str, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    folder = base / "input" / "data" / name
    folder.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"id": str(n), "original": draft, "humanized": kept}) for n, (draft, kept) in enumerate(pairs)]
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return pairs


def write_hyperparameters(base: Path, **given: object) -> None:
    folder = base / "input" / "config"
    folder.mkdir(parents=True, exist_ok=True)
    body = {key: str(value) for key, value in given.items()}
    (folder / "hyperparameters.json").write_text(json.dumps(body), "utf-8")


SMALL = {
    "bits": 12, "language_bits": 12, "rounds": 8,
    "where_trees": 12, "where_leaves": 7, "rank_trees": 12, "rank_leaves": 4,
}  # fmt: skip
