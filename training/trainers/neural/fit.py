"""Fits a revision model whose token scorer is a network.

It fits three networks (one for use, one without each half), then the table, the rates and the ranker as for any
revision model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic

import numpy as np
from numpy.typing import NDArray

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.model import RevisionModel
from training.trainers.neural.checkpoints import CheckpointStore
from training.trainers.neural.design import Design, R
from training.trainers.neural.loop import FitStage, fit
from training.trainers.neural.protocols import P, State, TokenScorer, TrainingPlan
from training.trainers.neural.shape import Shape
from training.trainers.revision.fit import FitSettings, MinedCandidates, anchors, find_candidates, fit_rank
from training.trainers.revision.graph import with_features, with_ranks
from training.trainers.revision.language import count_grams, language_table
from training.trainers.revision.nodes import Builder
from training.trainers.revision.pairs import HALVES, AlignedPair
from training.trainers.revision.session import GraphSession
from training.trainers.revision.trees import Forest, TreeSettings

Language = NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class NeuralSettings:
    """The hyperparameters."""

    shape: Shape
    plan: TrainingPlan
    rank: TreeSettings
    language_bits: int
    least_good: float


@dataclass(frozen=True, slots=True)
class FittedNetworks(Generic[R, P]):
    """Everything that is served except the thresholds. ``learner`` holds the weights in their framework."""

    model: RevisionModel
    weights: State
    design: Design[R, P]
    learner: TokenScorer[P]
    language: Language
    rank: Forest
    settings: NeuralSettings

    def with_thresholds(self, thresholds: tuple[float, ...]) -> RevisionModel:
        return replace(self.model, thresholds=thresholds)

    def graph(self) -> bytes:
        build = Builder()
        scores = self.design.scores(build, self.weights)
        return with_ranks(build, self.language, scores, self.rank, self.design.inputs())


@dataclass(frozen=True, slots=True)
class TrainingHalves(Generic[R]):
    """The rows of the pairs to fit, and of the pairs that decide when to stop."""

    train: list[R]
    dev: list[R]
    hasher: Hasher
    words: tuple[str, ...]


def split_halves(pairs: Sequence[AlignedPair], dev: Sequence[AlignedPair], design: Design[R, P]) -> TrainingHalves[R]:
    words = anchors(pairs)
    hasher = Hasher(frozenset(words))
    rows, others = ([design.row(pair, hasher) for pair in part] for part in (pairs, dev))
    return TrainingHalves(rows, others, hasher, words)


def steps_of(data: TrainingHalves[R], design: Design[R, P], settings: NeuralSettings) -> int:
    each = (-(-design.data(rows, data.dev).parts // settings.plan.accumulate) for _, rows in _stages(data))
    return settings.plan.epochs * sum(each) + settings.rank.trees


def fit_all(
    name: str,
    pairs: Sequence[AlignedPair],
    data: TrainingHalves[R],
    settings: NeuralSettings,
    design: Design[R, P],
    checkpoints: CheckpointStore,
) -> FittedNetworks[R, P]:
    """Fit all networks and the ranker. Finished stages and the current one are saved in `checkpoints`."""
    start, weights = 0, dict[str, State]()
    for title, rows in _stages(data):
        stage = FitStage(title, design.learner(rows), design.data(rows, data.dev), settings.plan, start)
        weights[title] = fit(stage, checkpoints)
        start = stage.end
    counts = count_grams(pairs, data.hasher, settings.language_bits)
    mined = _with_pieces(find_candidates(name, pairs, _settings(settings), data.words), design)
    sessions = [_session(design, weights[f"without-{half}"], np.delete(counts, half, axis=0)) for half in range(HALVES)]
    rank = fit_rank(mined, sessions, settings.rank, checkpoints)
    learner = design.learner(data.train, weights["whole"])
    return FittedNetworks(mined.model, weights["whole"], design, learner, language_table(counts), rank, settings)


def _stages(data: TrainingHalves[R]) -> list[tuple[str, list[R]]]:
    """Return the stages. The network for use comes first, because its curves are those of the job."""
    halves = [(f"without-{half}", [row for row in data.train if row.half != half]) for half in range(HALVES)]
    return [("whole", data.train), *((title, rows or data.train) for title, rows in halves)]


def _with_pieces(mined: MinedCandidates, design: Design[R, P]) -> MinedCandidates:
    """Make the models split texts into the same word pieces as the network."""
    half_models = tuple(replace(model, pieces=design.pieces) for model in mined.half_models)
    return replace(mined, model=replace(mined.model, pieces=design.pieces), half_models=half_models)


def _session(design: Design[R, P], weights: State, counts: NDArray[np.float64]) -> GraphSession:
    build = Builder()
    return GraphSession(with_features(build, language_table(counts), design.scores(build, weights), design.inputs()))


def _settings(settings: NeuralSettings) -> FitSettings:
    return FitSettings(bits=settings.shape.bits, language_bits=settings.language_bits, rank=settings.rank)


__all__ = ["FittedNetworks", "NeuralSettings", "TrainingHalves", "fit_all", "split_halves", "steps_of"]
