"""The gain of a way of rewriting, by the judge that reports and never ranks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.support.data import modern_drafts, pair_rows
from benchmarks.support.report import Figure, judged, reported
from humanize.judging.reporter import rises


@dataclass(frozen=True, slots=True)
class GainTargets:
    """The least share of the editor's gain, in percent, by source, and the most percent of changed texts that lose."""

    lamp: float
    l2r: float
    worse: float
    drafts_2026: float | None = None


def judge_gain(rewrite: Callable[[str], str], targets: GainTargets) -> tuple[list[Figure], str]:
    """Return how much better rewritten drafts read, as a share of what an editor gained on the same drafts.

    The drafts are those of dev (professionals' edits, human originals) and those of 2026 that shape no rule, whose
    editor was a model. Also returns the share of changed texts that read worse, and a note with the gains in logits.
    """
    sets = {
        "lamp": (_pairs("lamp"), targets.lamp),
        "l2r": (_pairs("l2r"), targets.l2r),
        "2026": ({one.draft: one.rewrite for one in modern_drafts("dev")}, targets.drafts_2026),
    }
    figures, notes, changed = list[Figure](), list[str](), list[np.ndarray]()
    for name, (rows, target) in sets.items():
        results = [rewrite(text) for text in rows]
        ours, editors = rises(list(rows), results), rises(list(rows), list(rows.values()))
        share = 100 * float(ours.mean() / editors.mean())
        figures.append(
            reported(f"gain_{name}", share, "%") if target is None else judged(f"gain_{name}", share, "%", "≥", target)
        )
        changed.append(ours[ours != 0])
        worse = 100 * float((changed[-1] < 0).mean()) if len(changed[-1]) else 0.0
        notes.append(
            f"{name}: {ours.mean():+.3f} ours, {editors.mean():+.3f} by its editor, {len(ours)} drafts, "
            f"{len(changed[-1])} changed, of these {worse:.1f} % worse"
        )
    every = np.concatenate(changed)
    lost = 100 * float((every < 0).mean()) if len(every) else 0.0
    figures.append(judged("worse", lost, "%", "≤", targets.worse))
    return figures, f"gain by the reporting judge, in logits: {'; '.join(notes)}"


def _pairs(source: str) -> dict[str, str]:
    return {row["ai_text"]: row["target_text"] for row in pair_rows("dev") if row["source"] == source}
