"""Fits the whole revision model from aligned pairs: scorer, trees for where, table, rates, trees for which.

Whatever a later stage sees of a pair comes from models that have not: two halves take turns.
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
from training.trainers.revision.candidate_labels import LabelledCandidates, label_candidates, rates, untouched
from training.trainers.revision.graph import RANK_FEATURES, WHERE_FEATURES, Tables, context_graph, rank_graph
from training.trainers.revision.language import count_grams, language_table
from training.trainers.revision.linear import LinearScorer, LinearSettings, fit
from training.trainers.revision.pairs import HALVES, Aligned
from training.trainers.revision.session import GraphSession
from training.trainers.revision.stages import Stages
from training.trainers.revision.trees import Forest, TreeSettings, forest_from, grow

ANCHORS = 400
LIGHT_SHARE = 0.3  # a draft of which less was changed was edited, not written anew

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
    """Everything that is served but the thresholds."""

    model: RevisionModel
    tables: Tables
    where: Forest
    rank: Forest
    settings: FitSettings

    def with_thresholds(self, thresholds: tuple[float, ...]) -> RevisionModel:
        return replace(self.model, thresholds=thresholds)


def anchors(pairs: Sequence[Aligned]) -> tuple[str, ...]:
    """The words found in most drafts: they keep their form where others are replaced by their ending."""
    found = Counter(word for pair in pairs for word in set(pair.draft.tokens.words))
    return tuple(word for word, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:ANCHORS])


def fit_all(
    name: str, pairs: Sequence[Aligned], settings: FitSettings, stages: Stages, base: BaseModel | None = None
) -> FittedModel:
    words = base.anchors if base else anchors(pairs)
    hasher = Hasher(frozenset(words))
    tables, apart = _scorers(pairs, hasher, settings, stages, base)
    where = _fit_where(pairs, hasher, apart, settings, stages)
    found = find_candidates(name, pairs, settings, words)
    sessions = [GraphSession(rank_graph(tables, where)) for tables in apart]
    rank = fit_rank(found, sessions, settings.rank, stages)
    return FittedModel(found.model, tables, where, rank, settings)


@dataclass(frozen=True, slots=True)
class Found:
    """The model's table and rates, what a pair of each half may be judged by, and the candidates with their worth."""

    model: RevisionModel
    apart: tuple[RevisionModel, ...]
    judged: tuple[LabelledCandidates, ...]


def find_candidates(name: str, pairs: Sequence[Aligned], settings: FitSettings, words: tuple[str, ...]) -> Found:
    """Whatever scores the tokens, the candidates come from here."""
    halves = replacement_mining.count(pairs)
    table = replacement_mining.mine(halves)
    judged = _judge(pairs, replacement_mining.mined_apart(halves, table))
    whole, rates_apart = rates(judged)
    model = RevisionModel(name, settings.bits, settings.language_bits, words, table, whole, (0.5,) * 5)
    parted = tuple(
        RevisionModel(name, settings.bits, settings.language_bits, words, table, one, model.thresholds)
        for one in rates_apart
    )
    return Found(model, parted, (*judged, *_people(pairs, table)))


def _scorers(
    pairs: Sequence[Aligned], hasher: Hasher, settings: FitSettings, stages: Stages, base: BaseModel | None
) -> tuple[Tables, tuple[Tables, ...]]:
    """The tables for use, and for each half those made without it."""
    rows = np.concatenate([token_features.grams(pair.draft.tokens, hasher, settings.bits) for pair in pairs])
    gone = np.concatenate([pair.gone for pair in pairs])
    sizes = [len(pair.gone) for pair in pairs]
    half = np.repeat([pair.half for pair in pairs], sizes)
    light = np.repeat([pair.share_changed < LIGHT_SHARE for pair in pairs], sizes)
    counts = count_grams(pairs, hasher, settings.language_bits)
    how = LinearSettings(settings.bits, settings.penalty, settings.rounds)

    def scorer(title: str, keep: NDArray[np.bool_], start: LinearScorer | None) -> LinearScorer:
        def made(told: Callable[[int, float], None]) -> dict[str, NDArray[np.generic]]:
            return _arrays(fit(rows[keep], gone[keep], how, told, start))

        arrays = stages.linear(title, settings.rounds, made)
        return LinearScorer(arrays["weights"].astype(np.float32), float(arrays["bias"]))

    def tables(
        title: str,
        keep: NDArray[np.bool_],
        parts: NDArray[np.float64],
        starts: Sequence[LinearScorer | None] = (None, None),
    ) -> Tables:
        lightly = keep & light if (keep & light).any() else keep
        both = [scorer(f"{title}-all", keep, starts[0]), scorer(f"{title}-light", lightly, starts[1])]
        weights = np.stack([one.weights for one in both], axis=1).astype(np.float16)
        return Tables(weights, np.array([one.bias for one in both], dtype=np.float32), language_table(parts))

    apart = tuple(tables(f"without-{out}", half != out, np.delete(counts, out, axis=0)) for out in range(HALVES))
    everything = np.ones(len(gone), dtype=bool)
    return tables("whole", everything, counts, base.scorers if base else (None, None)), apart


def _arrays(linear: LinearScorer) -> dict[str, NDArray[np.generic]]:
    return {"weights": linear.weights, "bias": np.array(linear.bias)}


def _fit_where(
    pairs: Sequence[Aligned], hasher: Hasher, apart: Sequence[Tables], settings: FitSettings, stages: Stages
) -> Forest:
    def made(told: Callable[[int], None]) -> dict[str, NDArray[np.generic]]:
        rows, gone = _where_rows(pairs, hasher, apart, settings)
        return grow(rows, gone, settings.where, told=told).arrays()

    return forest_from(stages.trees("where", settings.where.trees, made))


def _where_rows(
    pairs: Sequence[Aligned], hasher: Hasher, apart: Sequence[Tables], settings: FitSettings
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """All tokens of lightly edited drafts, and as many of the others as there is room for."""
    chance = np.random.default_rng(settings.seed)
    light = [pair.share_changed < LIGHT_SHARE for pair in pairs]
    lights = sum(len(pair.gone) for pair, one in zip(pairs, light, strict=True) if one)
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


def _judge(pairs: Sequence[Aligned], tables: Sequence[Table]) -> list[LabelledCandidates]:
    return [label_candidates(pair, tables[pair.half]) for pair in pairs]


def _people(pairs: Sequence[Aligned], table: Table) -> Iterator[LabelledCandidates]:
    """Each kept text once: where a person has been, nothing needs changing."""
    seen: set[str] = set()
    for pair in pairs:
        text = pair.kept_text
        if text not in seen:
            seen.add(text)
            draft: PreparedText = prepare(text)
            if len(draft.tokens):
                yield untouched(draft, table, pair.half)


def fit_rank(found: Found, sessions: Sequence[GraphSession], growth: TreeSettings, stages: Stages) -> Forest:
    """``sessions`` give, for each half, the features that a scorer made without it computes."""

    def made(told: Callable[[int], None]) -> dict[str, NDArray[np.generic]]:
        rows, good = _rank_rows(found, sessions)
        # A half-good candidate is good and bad, each at half its weight.
        doubled = np.concatenate([rows, rows])
        labels = np.repeat(np.array([1, 0], dtype=np.uint8), len(rows))
        weights = np.concatenate([good, 1.0 - good]).astype(np.float32)
        kept = weights > 0
        return grow(doubled[kept], labels[kept], growth, weights[kept], told).arrays()

    return forest_from(stages.trees("rank", growth.trees, made))


def _rank_rows(found: Found, sessions: Sequence[GraphSession]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, good = [np.zeros((0, RANK_FEATURES), dtype=np.float32)], [np.zeros(0, dtype=np.float32)]
    for one in found.judged:
        if one.found:
            draft = one.draft
            fed = arrays_of(found.apart[one.half], draft.tokens, one.found, draft.protected, draft.signals)
            rows.append(sessions[one.half].features(fed))
            good.append(one.good)
    return np.concatenate(rows), np.concatenate(good)
