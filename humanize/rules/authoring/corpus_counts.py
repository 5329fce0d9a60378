"""Counts, over the paired corpora, what people wrote where a model had written something else. Stores only counts.

`python -m humanize.rules.authoring.corpus_counts` writes two tables next to this file:

* `mined_replacements.csv`: AI phrase → human phrase (empty if deleted), counted on one half of the documents and
  included only if the other half agrees;
* `rule_evidence.csv`: for each rule and each half, how often it fired and in how many of these cases the human text
  lacks the phrase that the rule replaces. `--write` copies the held-out counts into the rules.
"""

from __future__ import annotations

import argparse
import csv
import difflib
import gzip
import json
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

FOLDER = Path(__file__).resolve().parent
PACKS = FOLDER.parent / "packs" / "en"
DATA = Path(os.environ.get("YOUMAN_DATA", FOLDER.parents[3] / "shared" / "data"))
TOKEN = re.compile(r"\w+(?:['’\-]\w+)*|[^\w\s]")
WORD = re.compile(r"[a-z]{3,}")
LEAN = 2.0
WEIGHT = {"l2r": 1.0, "lamp": 3.0, "hart_human_edit": 0.3}


@dataclass(frozen=True, slots=True)
class Pair:
    """An AI text and what a person wrote instead. `held_out` marks the half that is used for checking."""

    ai: str
    human: str
    source: str
    held_out: bool


def pairs(limit: int) -> Iterator[Pair]:
    with gzip.open(DATA / "pairs" / "train.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == limit:
                return
            row = json.loads(line)
            held = zlib.crc32(row["group"].encode()) % 2 == 1
            yield Pair(row["ai_text"], row["target_text"], row["source"], held)


def leaning_words() -> frozenset[str]:
    """Return the words that are at least twice as frequent in AI text, from the shared lexicon."""
    with (DATA / "lexicon" / "l2r_ai_vs_human_ngrams.csv").open(encoding="utf-8") as file:
        return frozenset(
            row["ngram"] for row in csv.DictReader(file) if row["n"] == "1" and float(row["rate_ratio"]) >= LEAN
        )


def swaps(pair: Pair, leaning: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield replaced or deleted phrases of one to four tokens that contain one of the leaning words."""
    ai, human = TOKEN.findall(pair.ai.lower())[:400], TOKEN.findall(pair.human.lower())[:400]
    for tag, a, b, c, d in difflib.SequenceMatcher(None, ai, human, autojunk=False).get_opcodes():
        short = b - a <= 4 and d - c <= 4
        if tag in ("replace", "delete") and short and not leaning.isdisjoint(ai[a:b]):
            yield " ".join(ai[a:b]), " ".join(human[c:d])


def mine_replacements(limit: int) -> list[tuple[str, str, float, float]]:
    leaning = leaning_words()
    counts: dict[bool, Counter[tuple[str, str]]] = {False: Counter(), True: Counter()}
    for pair in pairs(limit):
        for swap in swaps(pair, leaning):
            counts[pair.held_out][swap] += WEIGHT.get(pair.source, 1.0)  # type: ignore[assignment]  # a Counter of shares
    rows = [(ai, human, n, counts[True][ai, human]) for (ai, human), n in counts[False].items() if n >= 3]
    return sorted((row for row in rows if row[3] >= 2), key=lambda row: -row[2] - row[3])


def rule_evidence(limit: int) -> dict[str, dict[str, int]]:
    """Return `learn_gone learn_all held_gone held_all` for each rule, over its firings on AI texts."""
    table: dict[str, dict[str, int]] = {}
    for pair in pairs(limit):
        human = " ".join(TOKEN.findall(pair.human.lower()))
        document = segment(pair.ai, "text")
        for edit in rewrite(document, protected_spans(document), RewriteOptions(level=5)).edits:
            row = table.setdefault(edit.source, dict.fromkeys(("learn_gone", "learn_all", "held_gone", "held_all"), 0))
            half = "held" if pair.held_out else "learn"
            row[f"{half}_all"] += 1
            row[f"{half}_gone"] += " ".join(TOKEN.findall(edit.before.lower())) not in human
    return table


def write_into_packs(table: dict[str, dict[str, int]]) -> None:
    """Write the held-out counts into the `evidence` line of each rule."""
    for path in sorted(PACKS.glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        theme = re.search(r'^theme = "([^"]+)"', text, re.MULTILINE)
        if theme is None:
            continue
        blocks = re.split(r"(?m)^(?=\[\[rule\]\])", text)
        path.write_text("".join(with_evidence(block, theme.group(1), table) for block in blocks), encoding="utf-8")


def with_evidence(block: str, theme: str, table: dict[str, dict[str, int]]) -> str:
    """Return a rule's block of TOML with the counts of that rule, or without `evidence` if there are none."""
    found = re.search(r'^id = "([^"]+)"', block, re.MULTILINE)
    row = table.get(f"rules/{theme}/{found.group(1)}") if found else None
    block = re.sub(r'(?m)^evidence = "[^"]*"\n', "", block)
    if row is None or not row["held_all"]:
        return block
    line = (
        f'evidence = "pairs: people did without it in {row["held_gone"]} of {row["held_all"]} on the held-out half"\n'
    )
    return re.sub(r"(?m)^(reason = .*\n)", lambda m: m.group(1) + line, block, count=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=-1, help="number of pairs to read (default: all)")
    parser.add_argument("--write", action="store_true", help="copy the held-out counts into the packs")
    options = parser.parse_args()
    with (FOLDER / "mined_replacements.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("ai", "human", "learn", "held"), *mine_replacements(options.limit)[:1500]])
    table = rule_evidence(options.limit)
    with (FOLDER / "rule_evidence.csv").open("w", encoding="utf-8", newline="") as file:
        rows = [(rule, *row.values()) for rule, row in sorted(table.items())]
        csv.writer(file).writerows([("rule", "learn_gone", "learn_all", "held_gone", "held_all"), *rows])
    if options.write:
        write_into_packs(table)
    print(f"{len(table)} rules fired; the tables are in {FOLDER}")


if __name__ == "__main__":
    main()
