"""Measures the rules on the shared data: ``python -m benchmarks.rules_quality [--split dev] [--sample 200 --seed 1]``.

Prints the figures by level and writes them to ``var/bench/rules.json``; ``--sample`` also dumps random edits in context
to ``var/bench/sample.txt`` for reading. Reads sentences, commits none.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.quality import Tally, detector_scores, marker_patterns, rewritten, tally

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("YOUMAN_DATA", ROOT.parent / "shared" / "data"))
OUT = ROOT / "var" / "bench"
LEVELS_READ = (1, 3, 5)


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def ai_texts(split: str) -> list[str]:
    found = [row["text"] for row in rows(f"detector/{split}.jsonl.gz") if int(row["label"]) == 1]
    return list(dict.fromkeys([*found, *(row["ai_text"] for row in rows(f"pairs/{split}.jsonl.gz"))]))


def human_texts(split: str) -> list[str]:
    found = [row["text"] for row in rows(f"detector/{split}.jsonl.gz") if int(row["label"]) == 0]
    return list(dict.fromkeys([*found, *(row["target_text"] for row in rows(f"pairs/{split}.jsonl.gz"))]))


def figures(split: str, limit: int) -> dict[str, float]:
    patterns = marker_patterns(DATA / "lexicon" / "markers_v1.txt")
    texts, people = ai_texts(split)[:limit], human_texts(split)[:limit]
    out: dict[str, float] = {"texts": len(texts), "human_texts": len(people)}
    for level in (1, 3, 5):
        out |= _by_level(tally(texts, level, patterns), level)
    out["human_edits_per_100w"] = tally(people, 3, patterns).edits_per_100_words
    out["human_edits_per_100w_l5"] = tally(people, 5, patterns).edits_per_100_words
    scored = detector_scores(texts, (1, 3, 5))
    for level, (mean, flagged) in scored.items():
        out |= {f"detector_mean_l{level}": mean, f"flagged_l{level}": flagged}
    out["flag_drop_l5"] = 100 * (out["flagged_l0"] - out["flagged_l5"])
    return {key: round(value, 4) for key, value in out.items()}


def _by_level(sums: Tally, level: int) -> dict[str, float]:
    return {
        f"markers_cut_l{level}": sums.markers_cut,
        f"edits_per_100w_l{level}": sums.edits_per_100_words,
        f"sentences_touched_l{level}": sums.sentences_touched,
        f"length_out_l{level}": sums.length_out / sums.texts,
        f"lost_l{level}": sums.lost,
        f"new_faults_l{level}": sums.new_faults,
        f"similarity_l{level}": sums.similarity_mean,
    }


def sample(count: int, seed: int) -> list[str]:
    """``count`` random edits in context, levels 1, 3 and 5 by turns, with level and rule before each."""
    chooser = random.Random(seed)
    texts = ai_texts("dev") + ai_texts("train")[seed % 4 :: 4]
    lines: list[str] = []
    for number, text in enumerate(chooser.sample(texts, min(900, len(texts)))):
        level = LEVELS_READ[number % len(LEVELS_READ)]
        for edit in rewritten(text, level).edits:
            left, right = text[max(0, edit.start - 110) : edit.start], text[edit.end : edit.end + 90]
            shown = f"{left}[-{edit.before}-]{{+{edit.after}+}}{right}".replace("\n", "⏎")
            lines.append(f"{level} {edit.source} | {shown}")
    return chooser.sample(lines, min(count, len(lines)))


def speed(texts: Sequence[str]) -> float:
    """Words a second of the rules alone (segmenting and protecting included) on texts of about 2,000 words."""
    long = "\n\n".join(texts[:14])
    rewritten(long, 5)
    start = time.perf_counter()
    for _ in range(10):
        rewritten(long, 5)
    return len(long.split()) * 10 / (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("train", "dev"), default="dev")
    parser.add_argument("--limit", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    if options.sample:
        lines = sample(options.sample, options.seed)
        (OUT / "sample.txt").write_text("\n".join(f"{n} {line}" for n, line in enumerate(lines, 1)), encoding="utf-8")
        print(f"{len(lines)} edits in {OUT / 'sample.txt'}")
        return
    out = {**figures(options.split, options.limit), "words_per_s": round(speed(ai_texts(options.split)))}
    (OUT / "rules.json").write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")
    for key, value in out.items():
        print(f"{key:28} {value}")


if __name__ == "__main__":
    main()
