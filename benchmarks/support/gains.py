"""The gain of a way of rewriting, by the judge that reports and never ranks."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.support.data import pair_rows
from benchmarks.support.report import Figure, reported
from humanize.judging.reporter.gain import gain

SOURCES = (("lamp", "judge_gain", "judge_worse"), ("l2r", "judge_gain_l2r", "judge_worse_l2r"))


def judge_gain(rewrite: Callable[[str], str]) -> tuple[list[Figure], str]:
    """Return how much better the rewritten dev drafts read, as a share of what people gained on the same drafts.

    By professionals' edits and by human originals, each with the share of texts that read worse; and a note with the
    gains in logits.
    """
    figures, notes = list[Figure](), list[str]()
    for source, gained, worse in SOURCES:
        rows = {row["ai_text"]: row["target_text"] for row in pair_rows("dev") if row["source"] == source}
        ours = gain(list(rows), [rewrite(text) for text in rows])
        human = gain(list(rows), list(rows.values()))
        figures += [reported(gained, 100 * ours.share_of(human), "%"), reported(worse, 100 * ours.worse, "%")]
        notes.append(
            f"{source}: {ours.mean:+.3f} ours, {human.mean:+.3f} by people ({100 * human.worse:.1f} % worse), "
            f"{ours.texts} drafts"
        )
    return figures, f"gain by the reporting judge, in logits: {'; '.join(notes)}"
