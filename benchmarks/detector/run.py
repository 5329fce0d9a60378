"""Measures the shipped detector on texts that trained nothing: `python -m benchmarks detector`.

The texts are the dev split and the drafts of 2026 with odd numbers, each scored as in the product: its prose alone. The
peer is the lexicon of markers, one number per text, which anybody can count.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from benchmarks.support.data import detector_rows, drafts_2026
from benchmarks.support.report import judged, publish, reported
from humanize.scoring import MIN_WORDS, promised_rate, score, shipped_detector
from humanize.scoring.markers import per_1000
from humanize.scoring.prose import Prose, prose_of
from humanize.scoring.tokens import tokenise, words_of
from humanize.scoring.train.corpus import LEAST_WORDS
from humanize.scoring.train.human_rates import genre_of, wilson

_COMPARABLE = (MIN_WORDS, 320)  # words of prose: the drafts of 2026 have up to 300
_ROUNDS = 3


@dataclass(frozen=True)
class ScoredText:
    """A text with its label (1 is AI) and subject; what is computed of it is kept."""

    text: str
    label: int
    domain: str

    @cached_property
    def prose(self) -> Prose:
        return prose_of(self.text)

    @cached_property
    def tokens(self) -> list[str]:
        return tokenise(self.prose.text)

    @cached_property
    def words(self) -> int:
        return len(words_of(self.tokens))

    @cached_property
    def likeness(self) -> float:
        """The AI-likeness whatever the length; pages show it from 60 words on."""
        return shipped_detector().likeness(self.prose.text, self.tokens)

    @cached_property
    def markers(self) -> float:
        return per_1000(self.tokens, self.words)

    @property
    def flagged(self) -> bool:
        return self.likeness >= shipped_detector().flag_threshold


def run(folder: Path) -> Path:
    """Measure and publish. Raises SystemExit without the data set."""
    dev = [ScoredText(row.text, int(row.machine), row.domain) for row in detector_rows("dev")]
    drafts = [ScoredText(row.draft, 1, row.genre) for row in drafts_2026(odd=True)]
    rewrites = [ScoredText(row.rewrite, 1, row.genre) for row in drafts_2026(odd=True)]
    there = [one for one in dev if one.words >= LEAST_WORDS]
    long = [one for one in dev if one.words >= MIN_WORDS]
    people = [one for one in long if one.label == 0]
    low, high = _COMPARABLE
    comparable = [one for one in people if one.words <= high]
    today = [one for one in drafts if low <= one.words <= high]
    beyond, notes = _beyond_promise(people)
    figures = [
        judged("auroc_dev", _auroc(there), "", "≥", 0.96, _auroc(there, _markers)),
        reported("auroc_dev_60", _auroc(long), ""),
        judged("auroc_2026", _auroc([*comparable, *today]), "", "≥", 0.96, _auroc([*comparable, *today], _markers)),
        reported("drafts_2026_flagged", _flagged(today), "%"),
        reported("rewrites_2026_flagged", _flagged([one for one in rewrites if one.words >= low]), "%"),
        reported("ai_flagged", _flagged([one for one in long if one.label == 1]), "%"),
        reported("human_flagged", _flagged(people), "%"),
        judged("false_positives_beyond_promise", len(beyond), "genres", "=", 0),
        reported("worst_genre", _worst(people), "%"),
        judged("words_per_s", _words_per_s([one.text for one in dev]), "words/s", "≥", 150_000),
        reported("left_out_dev", _left_out(dev), "%"),
        reported("left_out_2026", _left_out(drafts), "%"),
    ]
    return publish(
        "detector",
        figures,
        [
            f"detector {shipped_detector().version}; {len(there)} dev texts of {LEAST_WORDS} words of prose or more",
            f"2026: {len(today)} of {len(drafts)} drafts with odd numbers, those with {low} to {high} words of prose, "
            f"against all {len(comparable)} human dev texts of that length, of whatever kind; interval of the AUROC "
            f"{_interval([*comparable, *today])}",
            "peer: markers per 1,000 words",
            "words per second of processor time, whole texts, all scores, best of three",
            *notes,
        ],
        folder,
    )


def _auroc(texts: Sequence[ScoredText], value: Callable[[ScoredText], float] | None = None) -> float:
    labels = [one.label for one in texts]
    return float(roc_auc_score(labels, [value(one) if value else one.likeness for one in texts]))


def _markers(one: ScoredText) -> float:
    return one.markers


def _interval(texts: Sequence[ScoredText]) -> str:
    """Return the 95 % bootstrap interval over texts of either label."""
    labels, values = np.array([one.label for one in texts]), np.array([one.likeness for one in texts])
    sides: list[NDArray[np.intp]] = [np.flatnonzero(labels == label) for label in (0, 1)]
    random = np.random.default_rng(0)
    drawn = []
    for _ in range(1_000):
        rows = np.concatenate([random.choice(side, len(side)) for side in sides])
        drawn.append(roc_auc_score(labels[rows], values[rows]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{low:.3f} to {high:.3f}"


def _flagged(texts: Sequence[ScoredText]) -> float:
    return 100 * sum(one.flagged for one in texts) / len(texts)


def _by_genre(people: Sequence[ScoredText]) -> dict[str, list[ScoredText]]:
    genres: dict[str, list[ScoredText]] = {}
    for one in people:
        genres.setdefault(genre_of(one.domain), []).append(one)
    return genres


def _worst(people: Sequence[ScoredText]) -> float:
    return max(_flagged(texts) for texts in _by_genre(people).values())


def _beyond_promise(people: Sequence[ScoredText]) -> tuple[list[str], list[str]]:
    """Return the genres of which more human texts reach a band than the page says, and a line for each genre.

    A genre without a promise of its own is compared with nothing: the page says that its rate is not known. That of an
    unknown genre is compared with every genre.
    """
    detector = shipped_detector()
    beyond, notes = list[str](), list[str]()
    for genre, texts in sorted(_by_genre(people).items()):
        for band in [band for band in detector.bands if band.threshold > 0.0]:
            reached = sum(one.likeness >= band.threshold for one in texts)
            promises = [promised_rate(band.name, detector.human_rates, name) for name in (genre, None)]
            if any(promise is not None and reached > promise * len(texts) for promise in promises):
                beyond.append(genre)
            low, high = (100 * end for end in wilson(reached, len(texts)))
            notes.append(
                f"{genre}, {band.name}: {reached} of {len(texts)} human texts ({low:.1f} to {high:.1f} %), "
                f"the page says up to {_percent(promises[0])}, and up to {_percent(promises[1])} if it does not know "
                "the genre"
            )
    return sorted(set(beyond)), notes


def _percent(share: float | None) -> str:
    return "nothing" if share is None else f"{100 * share:.1f} %"


def _words_per_s(texts: Sequence[str]) -> float:
    """Return the best of three runs, in processor time: others may use the machine as well."""

    def seconds() -> float:
        started = time.process_time()
        for text in texts:
            score(text)
        return time.process_time() - started

    return round(sum(len(text.split()) for text in texts) / min(seconds() for _ in range(_ROUNDS)))


def _left_out(texts: Sequence[ScoredText]) -> float:
    counts = Counter[str]()
    for one in texts:
        counts.update(one.prose.left_out)
    total = sum(len(one.text.split()) for one in texts)
    return 100 * counts.total() / total
