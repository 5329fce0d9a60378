"""Fits a revision model whose token scorer is a network: three networks (one for use, one without each half), then the
table, the rates and the ranker as for any revision model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from humanize.revision.hashing import Hasher
from humanize.revision.model import RevisionModel
from training.trainers.neural import graph
from training.trainers.neural.keeping import Kept
from training.trainers.neural.learner import Plan, State, TokenScorer
from training.trainers.neural.loop import Stage, fit
from training.trainers.neural.shape import Shape, Weights, initial
from training.trainers.neural.strips import Row, Strip, Strips, row_of
from training.trainers.revision.fitting import Found, Settings, anchors, find_candidates, fit_rank
from training.trainers.revision.graph import with_features, with_ranks
from training.trainers.revision.language import count_grams, language_table
from training.trainers.revision.nodes import Builder
from training.trainers.revision.pairs import HALVES, Aligned
from training.trainers.revision.session import OneGraph
from training.trainers.revision.trees import Forest, Growth

Make = Callable[[Shape, Weights, Plan], TokenScorer[Strip]]
Language = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class NeuralSettings:
    """The hyperparameters."""

    shape: Shape
    plan: Plan
    rank: Growth
    language_bits: int
    least_good: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything that is served but the thresholds. ``learner`` holds the weights in the framework that made them."""

    model: RevisionModel
    weights: State
    learner: TokenScorer[Strip]
    language: Language
    rank: Forest
    settings: NeuralSettings

    def with_thresholds(self, thresholds: tuple[float, ...]) -> RevisionModel:
        return replace(self.model, thresholds=thresholds)

    def graph(self) -> bytes:
        build = Builder()
        return with_ranks(build, self.language, graph.scores(build, self.settings.shape, self.weights), self.rank)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Split:
    """The rows of the pairs to fit, and of those that say when to stop."""

    train: list[Row]
    dev: list[Row]
    hasher: Hasher
    words: tuple[str, ...]


def split(pairs: Sequence[Aligned], dev: Sequence[Aligned], settings: NeuralSettings) -> Split:
    words = anchors(pairs)
    hasher = Hasher(frozenset(words))
    rows, others = (
        [row_of(one, hasher, settings.shape.bits, settings.plan.light) for one in part] for part in (pairs, dev)
    )
    return Split(rows, others, hasher, words)


def steps_of(data: Split, settings: NeuralSettings) -> int:
    each = (-(-_strips(rows, data, settings).parts // settings.plan.accumulate) for _, rows in _stages(data))
    return settings.plan.epochs * sum(each) + settings.rank.trees


def _strips(rows: Sequence[Row], data: Split, settings: NeuralSettings) -> Strips:
    return Strips(rows, data.dev, settings.shape, settings.plan)


def fit_all(
    name: str, pairs: Sequence[Aligned], data: Split, settings: NeuralSettings, make: Make, kept: Kept
) -> Fitted:
    start, made = 0, dict[str, State]()
    for title, rows in _stages(data):
        learner = _learner(rows, settings, make)
        stage = Stage(title, learner, _strips(rows, data, settings), settings.plan, start)
        made[title] = fit(stage, kept)
        start = stage.end
    counts = count_grams(pairs, data.hasher, settings.language_bits)
    found = find_candidates(name, pairs, _settings(settings), data.words)
    sessions = [
        _session(settings.shape, made[f"without-{half}"], np.delete(counts, half, axis=0)) for half in range(HALVES)
    ]
    rank = fit_rank(found, sessions, settings.rank, kept)
    learner = _learner(data.train, settings, make, made["whole"])
    return Fitted(found.model, made["whole"], learner, language_table(counts), rank, settings)


def _stages(data: Split) -> list[tuple[str, list[Row]]]:
    """The one for use first: its curves are the job's."""
    halves = [(f"without-{half}", [row for row in data.train if row.half != half]) for half in range(HALVES)]
    return [("whole", data.train), *((title, rows or data.train) for title, rows in halves)]


def _learner(
    rows: Sequence[Row], settings: NeuralSettings, make: Make, weights: State | None = None
) -> TokenScorer[Strip]:
    dense, labels = [row.dense for row in rows], [row.labels for row in rows]
    begin = weights or initial(settings.shape, dense, labels, settings.plan.seed)
    return make(settings.shape, begin, settings.plan)  # type: ignore[arg-type]


def _session(shape: Shape, weights: State, counts: NDArray[np.float64]) -> OneGraph:
    build = Builder()
    scores = graph.scores(build, shape, weights)  # type: ignore[arg-type]
    return OneGraph(with_features(build, language_table(counts), scores))


def _settings(settings: NeuralSettings) -> Settings:
    return Settings(bits=settings.shape.bits, language_bits=settings.language_bits, rank=settings.rank)


__all__ = ["Fitted", "Found", "NeuralSettings", "Split", "fit_all", "split", "steps_of"]
