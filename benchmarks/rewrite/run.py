"""Rewrites the dev split at every level, counts what was cut, lost and spoilt, and lets a peer do the same.

Prints no sentence and writes none.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from benchmarks.rewrite import independent, peer, speed
from benchmarks.rewrite.effect import measure_effect, rewritten
from benchmarks.support import data, verdicts
from benchmarks.support.gains import GainTargets, judge_gain
from benchmarks.support.measures import FAULTS, LOST, WORD, marker_patterns, markers, touched_sentences
from benchmarks.support.report import Figure, judged, publish, reported
from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.scoring import FLAG_THRESHOLD, score
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.similarity import similarity
from humanize.text.verify import verify

LEVELS = (1, 2, 3, 4, 5)
PEER_SAMPLE, PEER_SEED = 60, 20


@dataclass(slots=True)
class Sums:
    """Sums over texts at one level."""

    texts: int = 0
    words: int = 0
    edits: int = 0
    lost: int = 0
    new_faults: int = 0
    length_out: int = 0
    similarity: float = 0.0
    touched: float = 0.0
    markers: tuple[int, int] = (0, 0)
    likeness: list[tuple[float, float]] = field(default_factory=list)

    @property
    def markers_cut(self) -> float:
        return 100 * (1 - self.markers[1] / max(1, self.markers[0]))

    @property
    def flag_drop(self) -> float:
        """Percentage points of the texts long enough for a verdict."""
        before = sum(old >= FLAG_THRESHOLD for old, _ in self.likeness)
        after = sum(new >= FLAG_THRESHOLD for _, new in self.likeness)
        return 100 * (before - after) / max(1, len(self.likeness))

    @property
    def means(self) -> tuple[float, float]:
        """Of the detector, before and after."""
        count = max(1, len(self.likeness))
        return sum(old for old, _ in self.likeness) / count, sum(new for _, new in self.likeness) / count

    @property
    def shares(self) -> tuple[float, float, float]:
        """Edits per 100 words, percentage of sentences touched (mean over texts), percentage of length or shape out."""
        texts = max(1, self.texts)
        return 100 * self.edits / max(1, self.words), 100 * self.touched / texts, 100 * self.length_out / texts


@dataclass(frozen=True, slots=True)
class Measured:
    """One text and its rewrite by anyone; likeness is None where the detector gives no verdict."""

    before: str
    after: str
    likeness: tuple[float | None, float | None]
    similarity: float


def run(folder: Path) -> Path:
    """Measure and publish. Raises SystemExit where the data set is missing."""
    texts = data.texts_of("dev")
    patterns = marker_patterns(data.lexicon())
    machine, nested = measure(texts.machine, patterns, LEVELS)
    human, _ = measure(texts.human, patterns, (3, 5))
    speeds = speed.measure()
    sample = random.Random(PEER_SEED).sample(texts.machine, PEER_SAMPLE)
    other, other_speed = by_peer(sample, patterns, folder)
    ours, _ = measure(sample, patterns, (1, 3, 5))
    gains, gain_note = judge_gain(rewritten, GainTargets(lamp=20, l2r=30, drafts_2026=25, worse=8))
    effects, effect_note = measure_effect()
    figures = [
        *_speeds(speeds, other_speed),
        *_quality(machine, other),
        judged("human_edits_per_100w", human[3].shares[0], "", "≤", 1.0),
        judged("length_out", machine[3].shares[2], "%", "≤", 1.0),
        reported("length_out_l5", machine[5].shares[2], "%"),
        judged("signable", 100 * verdicts.last_draw_share(verdicts.RULES), "%", "≥", 97.0),
        judged("pointless", 100 * verdicts.last_draw_pointless(verdicts.RULES), "%", "≤", 10.0),
        *gains,
        *effects,
    ]
    notes = [
        f"{machine[3].texts} AI texts ({machine[3].words} words) and {human[3].texts} human texts, the whole dev split",
        *(_level_note(level, machine[level]) for level in LEVELS),
        f"levels nest on {nested} of {machine[3].texts} texts",
        f"human texts at level 5: {human[5].shares[0]:.2f} edits per 100 words; "
        f"detector {human[3].means[0]:.3f} before, {human[3].means[1]:.3f} after level 3",
        f"peer: texthumanize {peer.VERSION} on {len(sample)} of the texts (seed {PEER_SEED}); on the same: "
        f"ours {_short(ours[5])}; peer {_short(other)}",
        gain_note,
        *effect_note,
        _verdict_note(),
    ]
    return publish("rewrite", figures, notes, folder)


def measure(texts: Sequence[str], patterns: Sequence[object], levels: Sequence[int]) -> tuple[dict[int, Sums], int]:
    """The sums by level, and on how many texts every level covers what the one below changed."""
    sums = {level: Sums() for level in levels}
    nested = 0
    for text in texts:
        done = {level: rewrite.rewrite_text(text, RewriteOptions(level=level)) for level in levels}
        for level, one in done.items():
            likeness = (one.before.ai_likeness, one.after.ai_likeness)
            add(sums[level], Measured(text, one.result, likeness, one.measures.similarity), patterns)
            document = segment(text, one.options.format)
            touched, sentences = touched_sentences(document, one.edits)
            sums[level].edits += len(one.edits)
            sums[level].touched += touched / max(1, sentences)
        covered = [{at for e in one.edits for at in range(e.start, e.end)} for one in done.values()]
        nested += all(low <= high for low, high in pairwise(covered))
    return sums, nested


def add(sums: Sums, one: Measured, patterns: Sequence[object]) -> None:
    """Count one rewrite, by the product's verification and by the independent counter: each hit of either counts."""
    words = len(WORD.findall(one.before))
    ratio = len(WORD.findall(one.after)) / max(1, words)
    document = segment(one.before)
    checks = [f.check for f in verify(document, one.after, protected=protected_spans(document))]
    sums.texts += 1
    sums.words += words
    sums.similarity += one.similarity
    sums.length_out += not (0.85 <= ratio <= 1.15 and _paragraphs(one.before) == _paragraphs(one.after))
    changed = independent.changed_facts(one.before, one.after)
    kept = sum(count for (kind, _), count in changed.items() if kind in KEPT)
    sums.lost += max(sum(check in LOST for check in checks), kept)
    slips = independent.new_slips(one.before, one.after)
    sums.new_faults += max(sum(check in FAULTS for check in checks), slips.total())
    old, new = markers(one.before, patterns), markers(one.after, patterns)  # type: ignore[arg-type]
    sums.markers = (sums.markers[0] + old, sums.markers[1] + new)
    before, after = one.likeness
    if before is not None and after is not None:
        sums.likeness.append((before, after))


# Negations and exclamation marks may go with the form of a sentence; `lost` does not count them.
KEPT = frozenset({"number", "url", "email", "quote", "code", "citation", "placeholder", "tag", "link", "name"})


def by_peer(texts: Sequence[str], patterns: Sequence[object], folder: Path) -> tuple[Sums, float]:
    """Return the peer's sums and its words per second."""
    done = peer.rewrite(texts, folder / "peer")
    sums = Sums()
    for text, result in zip(texts, done.results, strict=True):
        likeness = (score(text).ai_likeness, score(result).ai_likeness)
        add(sums, Measured(text, result, likeness, similarity(text, result)), patterns)
    return sums, sum(len(text.split()) for text in texts) / done.seconds


def _paragraphs(text: str) -> int:
    return sum(bool(block.strip()) for block in text.replace("\r\n", "\n").split("\n\n"))


def _speeds(found: speed.Speed, other: float) -> list[Figure]:
    return [
        judged("words_per_s", found.words_per_s, "words/s", "≥", 20_000, other),
        judged("book_seconds", found.book_seconds, "s", "≤", 60),
        judged("book_mb", found.book_mb, "MB", "≤", 400),
        judged("api_p50_ms", found.api_p50_ms, "ms", "≤", 40),
        judged("api_rps_16", found.api_rps_16, "requests/s", "≥", 60),
    ]


def _quality(sums: dict[int, Sums], other: Sums) -> list[Figure]:
    asked = (1, 3, 5)
    return [
        judged("lost", sum(sums[level].lost for level in asked), "spans", "=", 0, other.lost),
        judged("new_faults", sum(sums[level].new_faults for level in asked), "faults", "=", 0, other.new_faults),
        judged("similarity_l3", sums[3].similarity / sums[3].texts, "", "≥", 0.95, other.similarity / other.texts),
        judged("markers_cut_l1", sums[1].markers_cut, "%", "≥", 15, other.markers_cut),
        judged("markers_cut_l3", sums[3].markers_cut, "%", "≥", 35, other.markers_cut),
        judged("markers_cut_l5", sums[5].markers_cut, "%", "≥", 50, other.markers_cut),
        Figure("flag_drop_l5", sums[5].flag_drop, "points", "–", None, other.flag_drop),
    ]


def _verdict_note() -> str:
    read = [
        f"{name}: {len(draw) - draw.count('no')} of {len(draw)} signed, {draw.count('pointless')} of these pointless"
        for name, draw in verdicts.by_draw(verdicts.RULES).items()
    ]
    return f"edits read in context, draw by draw (the rules behind refusals are mended after each): {', '.join(read)}"


def _level_note(level: int, sums: Sums) -> str:
    edits, touched, _ = sums.shares
    return (
        f"level {level}: detector mean {sums.means[0]:.3f} → {sums.means[1]:.3f}, flagged −{sums.flag_drop:.1f}, "
        f"markers −{sums.markers_cut:.1f} %, {edits:.2f} edits per 100 words, {touched:.1f} % of sentences, "
        f"similarity {sums.similarity / max(1, sums.texts):.3f}, lost {sums.lost}, new faults {sums.new_faults}"
    )


def _short(sums: Sums) -> str:
    return (
        f"markers −{sums.markers_cut:.0f} %, flagged −{sums.flag_drop:.0f} points, lost {sums.lost}, "
        f"new faults {sums.new_faults}, similarity {sums.similarity / max(1, sums.texts):.3f}"
    )
