"""Draws random edits of a model on pairs/dev for a person to read: `python -m benchmarks.editor.sample MODEL`.

`--own` leaves out the edits of rules that the model chose, which are read with the rules; the model's own remain. The
sample goes to `var/bench/editor_sample.txt` and is not kept. The verdicts are kept in `verdicts.csv` next to this file:
for each number the proposal, the verdict (`sign` or `refuse`) and the reason, without the sentence.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from benchmarks.support.data import pair_rows
from humanize.options import RewriteOptions
from humanize.pipeline.verification import keep_verified
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from training.evaluation.revision import BOLD, USUAL, LoadedModel, load_model

OUT = Path("var") / "bench"


def edits_of(loaded: LoadedModel, text: str, level: int) -> list[tuple[str, str]]:
    """Return a key that equal edits share, and the line to read, for each edit that passed verification."""
    document = segment(text, "text")
    protected = protected_spans(document)
    options = RewriteOptions(level=level, language="en", format="text")
    kept = keep_verified(document, loaded.edits(document, protected, options), protected, "en")
    lines = []
    for edit in kept.edits:
        left, right = text[max(0, edit.start - 110) : edit.start], text[edit.end : edit.end + 90]
        shown = f"{left}[-{edit.before}-]{{+{edit.after}+}}{right}".replace("\n", " ")
        lines.append(
            (f"{edit.source}|{edit.before}|{right[:30]}", f"{edit.source} | {edit.before} > {edit.after} | {shown}")
        )
    return lines


def sample(loaded: LoadedModel, count: int, seed: int, *, own: bool = False) -> list[str]:
    """Draw from all of dev, at levels 5 and 3 by turns; a change in the same words counts once."""
    chance = random.Random(seed)
    texts = [row["ai_text"] for row in pair_rows("dev")]
    chance.shuffle(texts)
    found: dict[str, str] = {}
    for number, text in enumerate(texts):
        for key, line in edits_of(loaded, text, USUAL if number % 2 else BOLD):
            if not (own and key.startswith("rules/")):
                found.setdefault(key, line)
    return chance.sample(list(found.values()), min(count, len(found)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--own", action="store_true")
    options = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    lines = sample(load_model(options.model), options.count, options.seed, own=options.own)
    path = OUT / "editor_sample.txt"
    path.write_text("\n".join(f"{n} {line}" for n, line in enumerate(lines, 1)) + "\n", encoding="utf-8")
    print(f"{len(lines)} edits in {path}")


if __name__ == "__main__":
    main()
