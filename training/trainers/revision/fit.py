"""Fits the whole revision model from aligned pairs: scorer, trees for where, table, rates, trees for which.

The pairs are divided into two halves: what a later stage learns about a pair comes from models fitted without its half.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from humanize.pipeline.revision_engine import PreparedText, prepare
from humanize.revision import token_features
from humanize.revision.arrays import arrays_of
from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.model import RevisionModel
from humanize.revision.table import Table
from training.trainers.revision import replacement_mining
from training.trainers.revision.base import BaseModel
from training.trainers.revision.candidate_labels import LabelledCandidates, label_candidates, label_untouched, rates
from training.trainers.revision.graph import RANK_FEATURES, WHERE_FEATURES, Tables, context_graph, rank_graph
from training.trainers.revision.language import count_grams, language_table
from training.trainers.revision.linear import LinearScorer, LinearSettings, fit
from training.trainers.revision.pairs import HALVES, AlignedPair
from training.trainers.revision.session import GraphSession
from training.trainers.revision.stages import Stages
from training.trainers.revision.trees import Forest, TreeSettings, forest_from, grow

ANCHORS = 400
LIGHT_SHARE = 0.3  # a draft of which a smaller share was changed was edited and not written anew

WHERE, RANK = TreeSettings(250, 63, 0.08, 100, 0), TreeSettings(150, 15, 0.06, 40, 0)


@dataclass(frozen=True, slots=True)
class FitSettings:
    """The hyperparameters."""

    bits: int = 21
    language_bits: int = 20
    penalty: float = 10.0
    rounds: int = 20
    where: TreeSettings = WHERE
    rank: TreeSettings = RANK
    rows: int = 2_000_000
    least_good: float = 0.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class FittedModel:
    """Everything that is served except the thresholds."""

    model: RevisionModel
    tables: Tables
    where: Forest
    rank: Forest
    settings: FitSettings

    def with_thresholds(self, thresholds: tuple[float, ...]) -> RevisionModel:
        return replace(self.model, thresholds=thresholds)


def anchors(pairs: Sequence[AlignedPair]) -> tuple[str, ...]:
    """Return the words that occur in most drafts. They keep their form; other words are reduced to their endings."""
    counts = Counter(word for pair in pairs for word in set(pair.draft.tokens.words))
    return tuple(word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:ANCHORS])


def fit_all(
    name: str, pairs: Sequence[AlignedPair], settings: FitSettings, stages: Stages, base: BaseModel | None = None
) -> FittedModel:
    """Fit all stages. With a base, the scorers for use start from its weights."""
    words = base.anchors if base else anchors(pairs)
    hasher = Hasher(frozenset(words))
    tables, apart = _scorers(pairs, hasher, settings, stages, base)
    where = _fit_where(pairs, hasher, apart, settings, stages)
    mined = find_candidates(name, pairs, settings, words)
    sessions = [GraphSession(rank_graph(tables, where)) for tables in apart]
    rank = fit_rank(mined, sessions, settings.rank, stages)
    return FittedModel(mined.model, tables, where, rank, settings)


@dataclass(frozen=True, slots=True)
class MinedCandidates:
    """The model with its table and rates, the models that were mined without each half, and the labelled candidates."""

    model: RevisionModel
    half_models: tuple[RevisionModel, ...]
    labelled: tuple[LabelledCandidates, ...]


def find_candidates(
    name: str, pairs: Sequence[AlignedPair], settings: FitSettings, words: tuple[str, ...]
) -> MinedCandidates:
    """Mine the replacements and label the candidates of all pairs. This does not depend on the token scorer."""
    halves = replacement_mining.count(pairs)
    table = replacement_mining.mine(halves)
    labelled = _label(pairs, replacement_mining.mine_without_each_half(halves, table))
    whole, rates_apart = rates(labelled)
    model = RevisionModel(name, settings.bits, settings.language_bits, words, table, whole, (0.5,) * 5)
    half_models = tuple(
        RevisionModel(name, settings.bits, settings.language_bits, words, table, half_rates, model.thresholds)
        for half_rates in rates_apart
    )
    return MinedCandidates(model, half_models, (*labelled, *_people(pairs, table)))


def _scorers(
    pairs: Sequence[AlignedPair], hasher: Hasher, settings: FitSettings, stages: Stages, base: BaseModel | None
) -> tuple[Tables, tuple[Tables, ...]]:
    """Return the tables for use and, for each half, the tables fitted without it."""
    rows = np.concatenate([token_features.grams(pair.draft.tokens, hasher, settings.bits) for pair in pairs])
    gone = np.concatenate([pair.gone for pair in pairs])
    sizes = [len(pair.gone) for pair in pairs]
    half = np.repeat([pair.half for pair in pairs], sizes)
    light = np.repeat([pair.share_changed < LIGHT_SHARE for pair in pairs], sizes)
    counts = count_grams(pairs, hasher, settings.language_bits)
    linear_settings = LinearSettings(settings.bits, settings.penalty, settings.rounds)

    def scorer(title: str, keep: NDArray[np.bool_], start: LinearScorer | None) -> LinearScorer:
        def make(on_round: Callable[[int, float], None]) -> dict[str, NDArray[np.generic]]:
            return _arrays(fit(rows[keep], gone[keep], linear_settings, on_round, start))

        arrays = stages.fit_linear(title, settings.rounds, make)
        return LinearScorer(arrays["weights"].astype(np.float32), float(arrays["bias"]))

    def tables(
        title: str,
        keep: NDArray[np.bool_],
        parts: NDArray[np.float64],
        starts: Sequence[LinearScorer | None] = (None, None),
    ) -> Tables:
        lightly = keep & light if (keep & light).any() else keep
        both = [scorer(f"{title}-all", keep, starts[0]), scorer(f"{title}-light", lightly, starts[1])]
        weights = np.stack([linear.weights for linear in both], axis=1).astype(np.float16)
        return Tables(weights, np.array([linear.bias for linear in both], dtype=np.float32), language_table(parts))

    apart = tuple(tables(f"without-{out}", half != out, np.delete(counts, out, axis=0)) for out in range(HALVES))
    everything = np.ones(len(gone), dtype=bool)
    return tables("whole", everything, counts, base.scorers if base else (None, None)), apart


def _arrays(linear: LinearScorer) -> dict[str, NDArray[np.generic]]:
    return {"weights": linear.weights, "bias": np.array(linear.bias)}


def _fit_where(
    pairs: Sequence[AlignedPair], hasher: Hasher, apart: Sequence[Tables], settings: FitSettings, stages: Stages
) -> Forest:
    def make(on_progress: Callable[[int], None]) -> dict[str, NDArray[np.generic]]:
        rows, gone = _where_rows(pairs, hasher, apart, settings)
        return grow(rows, gone, settings.where, on_progress=on_progress).arrays()

    return forest_from(stages.grow_trees("where", settings.where.trees, make))


def _where_rows(
    pairs: Sequence[AlignedPair], hasher: Hasher, apart: Sequence[Tables], settings: FitSettings
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Return features and labels of all tokens of lightly edited drafts, and of a sample of the other tokens."""
    chance = np.random.default_rng(settings.seed)
    light = [pair.share_changed < LIGHT_SHARE for pair in pairs]
    lights = sum(len(pair.gone) for pair, is_light in zip(pairs, light, strict=True) if is_light)
    others = sum(len(pair.gone) for pair in pairs) - lights
    share = min(1.0, max(0.1, (settings.rows - lights) / max(1, others)))
    sessions = [GraphSession(context_graph(tables)) for tables in apart]
    rows, labels = [], []
    for pair, whole in zip(pairs, light, strict=True):
        keep = np.flatnonzero(chance.random(len(pair.gone)) < (1.0 if whole else share))
        draft = pair.draft
        fed = {
            "grams": token_features.grams(draft.tokens, hasher, settings.bits),
            "dense": token_features.dense(draft.tokens, draft.protected, draft.signals),
            "sentence": draft.tokens.sentence - draft.tokens.sentence[0],
        }
        rows.append(sessions[pair.half].features(fed)[keep])
        labels.append(pair.gone[keep])
    return np.concatenate(rows).reshape(-1, WHERE_FEATURES), np.concatenate(labels)


def _label(pairs: Sequence[AlignedPair], tables: Sequence[Table]) -> list[LabelledCandidates]:
    return [label_candidates(pair, tables[pair.half]) for pair in pairs]


def _people(pairs: Sequence[AlignedPair], table: Table) -> Iterator[LabelledCandidates]:
    """Yield each kept text once, without good candidates: a text that a person wrote needs no changes."""
    seen: set[str] = set()
    for pair in pairs:
        text = pair.kept_text
        if text not in seen:
            seen.add(text)
            draft: PreparedText = prepare(text)
            if len(draft.tokens):
                yield label_untouched(draft, table, pair.half)


def fit_rank(mined: MinedCandidates, sessions: Sequence[GraphSession], growth: TreeSettings, stages: Stages) -> Forest:
    """Fit the ranker. For each half, ``sessions`` compute the features with the scorer that was fitted without it."""

    def make(on_progress: Callable[[int], None]) -> dict[str, NDArray[np.generic]]:
        rows, worth = _rank_rows(mined, sessions)
        # A candidate that is half good counts as good and as bad, each with half its weight.
        doubled = np.concatenate([rows, rows])
        labels = np.repeat(np.array([1, 0], dtype=np.uint8), len(rows))
        weights = np.concatenate([worth, 1.0 - worth]).astype(np.float32)
        used = weights > 0
        return grow(doubled[used], labels[used], growth, weights[used], on_progress).arrays()

    return forest_from(stages.grow_trees("rank", growth.trees, make))


def _rank_rows(
    mined: MinedCandidates, sessions: Sequence[GraphSession]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, worth = [np.zeros((0, RANK_FEATURES), dtype=np.float32)], [np.zeros(0, dtype=np.float32)]
    for text in mined.labelled:
        if text.candidates:
            model, draft = mined.half_models[text.half], text.draft
            fed = arrays_of(model, draft.tokens, text.candidates, draft.protected, draft.signals)
            rows.append(sessions[text.half].features(fed))
            worth.append(text.worth)
    return np.concatenate(rows), np.concatenate(worth)
