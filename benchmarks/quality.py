"""Measures what a rewriter does to real texts. Reads no data itself, so that every benchmark and test may use it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.text.edits import Edit
from humanize.text.protect import protected_spans
from humanize.text.segment import Document, segment

WORD = re.compile(r"\b\w+(?:['’\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One text, its edits and its result."""

    source: Document
    result: str
    edits: tuple[Edit, ...]
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
    by_rule: dict[str, int] = field(default_factory=dict)

    @property
    def markers_cut(self) -> float:
        return 1 - self.markers_after / max(1, self.markers_before)

    @property
    def edits_per_100_words(self) -> float:
        return 100 * self.edits / max(1, self.words)

    @property
    def sentences_touched(self) -> float:
        return self.touched / max(1, self.texts)


def rewritten(text: str, level: int, strategy: str = "auto") -> Rewritten:
    document = segment(text, "text")
    options = RewriteOptions(level=level, strategy=strategy)  # type: ignore[arg-type]
    edits = rewrite(document, protected_spans(document), options).edits
    return Rewritten(document, applied(text, edits), edits, *touched_sentences(document, edits))


def touched_sentences(document: Document, edits: Sequence[Edit]) -> tuple[int, int]:
    sentences = [s for block in document.blocks for s in block.sentences]
    touched = sum(any(e.start < s.end and s.start < max(e.end, e.start + 1) for e in edits) for s in sentences)
    return touched, len(sentences)


def applied(text: str, edits: Sequence[Edit]) -> str:
    out, at = [], 0
    for edit in edits:
        out += [text[at : edit.start], edit.after]
        at = edit.end
    return "".join([*out, text[at:]])


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
        sums.length_out += not (0.85 <= ratio <= 1.15 and same_shape)
        for edit in done.edits:
            sums.by_rule[edit.source] = sums.by_rule.get(edit.source, 0) + 1
    return sums
