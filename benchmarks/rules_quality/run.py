"""Measures the rules on the shared data: `python -m benchmarks.rules_quality.run [--split train] [--limit N]`.

`--sample 200 --seed 1` writes random edits in context to `var/bench/sample.txt` for a person to read; the verdicts on
them, without the sentences, are kept in `verdicts.csv` next to this file.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.support import data, verdicts
from benchmarks.support.data import ROOT, pair_rows, texts_of
from benchmarks.support.measures import Tally, detector_scores, marker_patterns, rewritten, tally
from benchmarks.support.report import Figure, judged, publish, reported

FOLDER = ROOT / "var" / "bench"
LEVELS = (1, 3, 5)
_LEAST_CUT = {1: 15, 3: 35, 5: 50}  # per cent of the markers, as the benchmark "rewrite" demands


def run(folder: Path, *, split: str = "dev", limit: int | None = None) -> Path:
    """Measure the first `limit` texts of a split (None: all) and publish. Raises SystemExit without the data set."""
    texts, people = texts_of(split).machine[:limit], human_texts(split)[:limit]
    patterns = marker_patterns(data.lexicon())
    scored = detector_scores(texts, LEVELS)
    figures = [
        *(figure for level in LEVELS for figure in _by_level(tally(texts, level, patterns), level)),
        *(_human_edits(tally(people, level, patterns), level) for level in (3, 5)),
        *(reported(f"detector_mean_l{level}", mean, "share") for level, (mean, _) in scored.items()),
        *(reported(f"flagged_l{level}", flagged, "share") for level, (_, flagged) in scored.items()),
        judged("flag_drop_l5", 100 * (scored[0][1] - scored[5][1]), "points", "≥", 8),
        judged("signable", 100 * verdicts.last_draw_share(verdicts.RULES), "%", "≥", 97),
        reported("words_per_s", round(words_per_s(texts)), "words/s"),
    ]
    notes = [f"{len(texts)} texts by machines and {len(people)} by people, of the split {split}; the rules alone"]
    return publish("rules_quality", figures, notes, folder)


def human_texts(split: str) -> tuple[str, ...]:
    """Return what people wrote: the detector's human texts, and what they made of the pairs' drafts."""
    return tuple(dict.fromkeys([*texts_of(split).human, *(row["target_text"] for row in pair_rows(split))]))


def _by_level(sums: Tally, level: int) -> list[Figure]:
    return [
        judged(f"markers_cut_l{level}", 100 * sums.markers_cut, "%", "≥", _LEAST_CUT[level]),
        reported(f"edits_per_100w_l{level}", sums.edits_per_100_words, ""),
        reported(f"sentences_touched_l{level}", 100 * sums.sentences_touched, "%"),
        judged(f"length_out_l{level}", 100 * sums.length_out / sums.texts, "%", "≤", 1),
        judged(f"lost_l{level}", sums.lost, "spans", "=", 0),
        judged(f"new_faults_l{level}", sums.new_faults, "faults", "=", 0),
        judged(f"similarity_l{level}", sums.similarity_mean, "", "≥", 0.95),
    ]


def _human_edits(sums: Tally, level: int) -> Figure:
    name = f"human_edits_per_100w_l{level}"
    if level == 3:
        return judged(name, sums.edits_per_100_words, "", "≤", 1)
    return reported(name, sums.edits_per_100_words, "")


def words_per_s(texts: Sequence[str]) -> float:
    """Return the speed of the rules alone, with segmenting and protecting, on about 2,000 words."""
    long = "\n\n".join(texts[:14])
    rewritten(long, 5)
    start = time.perf_counter()
    for _ in range(10):
        rewritten(long, 5)
    return len(long.split()) * 10 / (time.perf_counter() - start)


def sample(count: int, seed: int) -> list[str]:
    """Draw `count` random edits in context, at levels 1, 3 and 5 by turns, each after its level and rule."""
    chooser = random.Random(seed)
    texts = texts_of("dev").machine + texts_of("train").machine[seed % 4 :: 4]
    lines: list[str] = []
    for number, text in enumerate(chooser.sample(texts, min(900, len(texts)))):
        level = LEVELS[number % len(LEVELS)]
        for edit in rewritten(text, level).edits:
            left, right = text[max(0, edit.start - 110) : edit.start], text[edit.end : edit.end + 90]
            shown = f"{left}[-{edit.before}-]{{+{edit.after}+}}{right}".replace("\n", "⏎")
            lines.append(f"{level} {edit.source} | {shown}")
    return chooser.sample(lines, min(count, len(lines)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rules_quality.run", description=__doc__)
    parser.add_argument("--split", choices=("train", "dev"), default="dev", help="the texts to measure")
    parser.add_argument("--limit", type=int, help="measure only the first N texts")
    parser.add_argument("--sample", type=int, default=0, help="write N edits for reading instead of measuring")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    options = parser.parse_args()
    if not options.sample:
        print(f"wrote {run(FOLDER, split=options.split, limit=options.limit)}")
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = sample(options.sample, options.seed)
    path = FOLDER / "sample.txt"
    path.write_text("\n".join(f"{n} {line}" for n, line in enumerate(lines, 1)), encoding="utf-8")
    print(f"wrote {len(lines)} edits to {path}")


if __name__ == "__main__":
    main()
