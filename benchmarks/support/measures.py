"""Measures what the rules do to real texts. Reads no data itself, so that every benchmark and test may use it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.scoring import FLAG_THRESHOLD, score
from humanize.text.edits import TextEdit, apply
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.similarity import similarity
from humanize.text.spans import Span
from humanize.text.verify import verify

LOST = frozenset({"protected", "numbers"})
FAULTS = frozenset({"doubled_word", "article", "spacing", "case", "brackets", "quotes"})
WORD = re.compile(r"\b\w+(?:['’\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One text, its edits and its result."""

    source: SegmentedText
    result: str
    edits: tuple[TextEdit, ...]
    protected: tuple[Span, ...]
    touched: int
    sentences: int


@dataclass(slots=True)
class Tally:
    """Sums over many texts at one level; shares and rates are properties of it."""

    texts: int = 0
    words: int = 0
    edits: int = 0
    markers_before: int = 0
    markers_after: int = 0
    touched: float = 0.0
    length_out: int = 0
    lost: int = 0
    new_faults: int = 0
    similarity: float = 0.0
    by_rule: dict[str, int] = field(default_factory=dict)

    @property
    def markers_cut(self) -> float:
        return 1 - self.markers_after / max(1, self.markers_before)

    @property
    def similarity_mean(self) -> float:
        return self.similarity / max(1, self.texts)

    @property
    def edits_per_100_words(self) -> float:
        return 100 * self.edits / max(1, self.words)

    @property
    def sentences_touched(self) -> float:
        return self.touched / max(1, self.texts)


def rewritten(text: str, level: int, strategy: str = "auto") -> Rewritten:
    document = segment(text, "text")
    options = RewriteOptions(level=level, strategy=strategy)  # type: ignore[arg-type]
    protected = protected_spans(document)
    edits = rewrite(document, protected, options).edits
    return Rewritten(document, apply(text, edits), edits, protected, *touched_sentences(document, edits))


def touched_sentences(document: SegmentedText, edits: Sequence[TextEdit]) -> tuple[int, int]:
    sentences = [s for block in document.blocks for s in block.sentences]
    touched = sum(any(e.start < s.end and s.start < max(e.end, e.start + 1) for e in edits) for s in sentences)
    return touched, len(sentences)


def marker_patterns(path: Path) -> tuple[re.Pattern[str], ...]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    patterns = []
    for line in lines:
        if line and not line.startswith("#"):
            body = re.escape(line).replace(r"\*", r"\w*").replace("'", "['’]")
            patterns.append(re.compile(rf"(?<!\w){body}" + ("" if line[-1] in "*," else r"(?!\w)"), re.IGNORECASE))
    return tuple(patterns)


def markers(text: str, patterns: Sequence[re.Pattern[str]]) -> int:
    return sum(len(pattern.findall(text)) for pattern in patterns)


def tally(texts: Sequence[str], level: int, patterns: Sequence[re.Pattern[str]]) -> Tally:
    """What ``level`` does to ``texts``."""
    sums = Tally()
    for text in texts:
        done = rewritten(text, level)
        words = len(WORD.findall(text))
        ratio = len(WORD.findall(done.result)) / max(1, words)
        sums.texts += 1
        sums.words += words
        sums.edits += len(done.edits)
        sums.markers_before += markers(text, patterns)
        sums.markers_after += markers(done.result, patterns)
        sums.touched += done.touched / max(1, done.sentences)
        same_shape = text.count("\n\n") == done.result.count("\n\n")
        checks = [failure.check for failure in verify(done.source, done.result, protected=done.protected)]
        sums.lost += sum(check in LOST for check in checks)
        sums.new_faults += sum(check in FAULTS for check in checks)
        sums.similarity += similarity(text, done.result)
        sums.length_out += not (0.85 <= ratio <= 1.15 and same_shape)
        for edit in done.edits:
            sums.by_rule[edit.source] = sums.by_rule.get(edit.source, 0) + 1
    return sums


def detector_scores(texts: Sequence[str], levels: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Mean AI-likeness and share flagged before (level 0) and after each level, over texts long enough to score."""
    before = [(text, likeness(text)) for text in texts]
    scored = [(text, value) for text, value in before if value is not None]
    out = {0: _mean_and_flagged([value for _, value in scored])}
    for level in levels:
        after = [likeness(rewritten(text, level).result) for text, _ in scored]
        out[level] = _mean_and_flagged([value for value in after if value is not None])
    return out


def likeness(text: str) -> float | None:
    return score(text, segment(text, "text")).ai_likeness


def _mean_and_flagged(values: Sequence[float]) -> tuple[float, float]:
    count = max(1, len(values))
    return sum(values) / count, sum(value >= FLAG_THRESHOLD for value in values) / count
