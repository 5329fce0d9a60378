"""What a reader notices: texts that come back untouched, tells that are left, registers that differ, a second run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rewrite import wrong_edits
from benchmarks.support.data import folder, modern_drafts, pair_rows, texts_of
from benchmarks.support.measures import WORD
from benchmarks.support.report import Figure, judged
from humanize.facts.check import check
from humanize.facts.findings import Answer
from humanize.options import Register, RewriteOptions
from humanize.pipeline.rewrite import rewrite_text

DRAFTS = Path(__file__).parent / "register_drafts.jsonl"
REGISTERS: tuple[Register, ...] = ("casual", "professional", "academic")
_LARGEST = 10
_NOISE = 0.95  # a tell that falls below this share of people's rate was cut too far


def rewritten(text: str, level: int = 5, strategy: Register | None = None) -> str:
    return rewrite_text(text, RewriteOptions(level=level, strategy=strategy or "auto")).result


def measure_effect() -> tuple[list[Figure], list[str]]:
    """Return the figures and notes. Raises SystemExit where the data set is missing."""
    texts, modern = texts_of("dev").machine, [one.draft for one in modern_drafts("dev")]
    results = {text: rewritten(text) for text in (*texts, *modern)}
    tells, notes = measure_tells()
    kinds = wrong_edits.measure(wrong_edits.cases())
    notes += [f"wrong edits, {kind.kind}: {', '.join(kind.failed)}" for kind in kinds if kind.failed]
    figures = [
        judged("untouched_l3", _untouched(texts), "%", "≤", 20),
        judged("untouched_2026_l3", _untouched(modern), "%", "≤", 10),
        *tells,
        judged("second_run", _share(rewritten(result) != result for result in results.values()), "%", "≤", 2),
        judged("registers", _share(_differ(draft) for draft in register_drafts()), "%", "≥", 80),
        judged("wrong_edits", sum(kind.passed for kind in kinds), "cases", "=", sum(kind.total for kind in kinds)),
        judged("facts_refused", sum(map(_is_refused, results, results.values())), "texts", "=", 0),
    ]
    return figures, notes


def register_drafts() -> list[str]:
    """Return the drafts of our own by which registers are compared."""
    return [json.loads(line)["text"] for line in DRAFTS.read_text(encoding="utf-8").splitlines()]


def _differ(draft: str) -> bool:
    """Whether each register gives a text of its own."""
    return len({rewritten(draft, strategy=register) for register in REGISTERS}) == len(REGISTERS)


def _untouched(texts: Sequence[str]) -> float:
    return _share(rewritten(text, 3) == text for text in texts)


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return 100 * sum(values) / max(1, len(values))


def _is_refused(source: str, result: str) -> bool:
    return source != result and check(source, result).answer == Answer.REFUSED


@dataclass(frozen=True, slots=True)
class Tell:
    """How often a tell occurs in 1,000 words of drafts, of rewritten drafts, and of people's versions of them."""

    name: str
    before: float
    after: float
    people: float

    @property
    def gap(self) -> float:
        return self.before - self.people

    @property
    def closed(self) -> float:
        return (self.before - self.after) / self.gap

    @property
    def is_overshot(self) -> bool:
        return self.after < min(self.before, self.people) * _NOISE


def measure_tells() -> tuple[list[Figure], list[str]]:
    """Return how far the gap between drafts and people is closed, tell by tell.

    `tells_closed` is the mean over the ten tells with the largest gaps; `tells_overshot` counts those that fell further
    than to people's rate, or that people use more often than models and that fell nevertheless.
    """
    path = folder() / "lexicon" / "tells_v1.json"
    patterns = {name: re.compile(found) for name, found in json.loads(path.read_text(encoding="utf-8")).items()}
    rows = {row["ai_text"]: row["target_text"] for row in pair_rows("dev") if row["source"] in {"l2r", "lamp"}}
    sides = [list(rows), [rewritten(text) for text in rows], list(rows.values())]
    words = [sum(len(WORD.findall(text)) for text in side) for side in sides]
    tells = []
    for name, pattern in patterns.items():
        counts = [sum(len(pattern.findall(text)) for text in side) for side in sides]
        tells.append(Tell(name, *(1000 * count / total for count, total in zip(counts, words, strict=True))))
    tells.sort(key=lambda tell: -tell.gap)
    largest = tells[:_LARGEST]
    figures = [
        judged("tells_closed", 100 * sum(tell.closed for tell in largest) / len(largest), "%", "≥", 50),
        judged("tells_overshot", sum(tell.is_overshot for tell in tells), "tells", "=", 0),
    ]
    notes = [
        f"{tell.name}: {tell.before:.2f} → {tell.after:.2f} per 1,000 words, people {tell.people:.2f}"
        + (" (overshot)" if tell.is_overshot else "")
        for tell in tells
    ]
    return figures, notes
