"""The graph computes the same as the framework: trees, neighbours, means, and the ranker's features of a span."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from humanize.revision.ranker_features import FACTS, GRAMS
from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.revision.graph import (
    RANK_FEATURES,
    WHERE_FEATURES,
    Tables,
    context_graph,
    rank_graph,
    whole_graph,
)  # fmt: skip
from training.trainers.revision.session import GraphSession
from training.trainers.revision.trees import Forest, TreeSettings, forest_from, grow

BITS = 8
CHANCE = np.random.default_rng(0)
N, M = 40, 5


def _tables() -> Tables:
    draw = CHANCE.normal(size=(2, 1 << BITS, 2)).astype(np.float16)
    return Tables(draw[0], np.array([0.5, -0.5], dtype=np.float32), draw[1])


def _forest(width: int) -> Forest:
    rows = CHANCE.normal(size=(800, width)).astype(np.float32)
    return grow(rows, (rows[:, 0] + rows[:, 3] > 0).astype(np.uint8), TreeSettings(10, 7, 0.2, 10, 0))


def _scored(graph: bytes, fed: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(value, dtype=np.float32) for name, value in GraphSession(graph).score(fed).items()}


def _tokens(count: int = N) -> dict[str, np.ndarray]:
    return {
        "grams": CHANCE.integers(0, 1 << BITS, (count, TEMPLATES)).astype(np.int32),
        "dense": CHANCE.normal(size=(count, DENSE)).astype(np.float32),
        "sentence": np.sort(CHANCE.integers(0, min(4, count), count)),
    }


def _candidates(count: int = M) -> dict[str, np.ndarray]:
    return {
        "span": np.array([(n, n + 1 + n % 3) for n in range(count)], dtype=np.int64).reshape(-1, 2),
        "gone": CHANCE.integers(0, 1 << BITS, (count, GRAMS)).astype(np.int32),
        "came": CHANCE.integers(0, 1 << BITS, (count, GRAMS)).astype(np.int32),
        "facts": CHANCE.normal(size=(count, FACTS)).astype(np.float32),
    }


def test_context_is_what_numpy_makes_of_it() -> None:
    tables, fed = _tables(), _tokens()
    found = GraphSession(context_graph(tables)).features(fed)
    scores = tables.scorer.astype(np.float32)[fed["grams"]].sum(axis=1) + tables.bias
    mean = np.array([scores[fed["sentence"] == number].mean(axis=0) for number in fed["sentence"]])
    assert found.shape == (N, WHERE_FEATURES)
    np.testing.assert_allclose(found[:, :2], scores, atol=1e-5)
    np.testing.assert_allclose(found[4:, 2], scores[:-4, 0], atol=1e-5)
    np.testing.assert_allclose(found[:4, 2], np.zeros(4), atol=1e-6)
    np.testing.assert_allclose(found[:, 14:16], mean, atol=1e-5)
    np.testing.assert_allclose(found[:, 17:19], np.tile(scores.mean(axis=0), (N, 1)), atol=1e-5)
    np.testing.assert_allclose(found[20, 20], scores[14:27, 0].mean(), atol=1e-5)
    np.testing.assert_allclose(found[:, 22:], fed["dense"], atol=0)


def test_trees_say_what_scikit_learn_says() -> None:
    rows = CHANCE.normal(size=(2000, WHERE_FEATURES)).astype(np.float32)
    labels = (rows[:, 0] * rows[:, 1] > 0.1).astype(np.uint8)
    model = HistGradientBoostingClassifier(
        max_iter=30, learning_rate=0.1, max_leaf_nodes=15, min_samples_leaf=20, l2_regularization=1.0,
        early_stopping=False, random_state=0,
    ).fit(rows, labels)  # fmt: skip
    forest = grow(rows, labels, TreeSettings(30, 15, 0.1, 20, 0))
    again = forest_from(forest.arrays())
    tables, fed = _tables(), _tokens()
    where = _scored(rank_graph(tables, again), fed | _candidates(0))["where"]
    features = GraphSession(context_graph(tables)).features(fed)
    np.testing.assert_allclose(where, model.predict_proba(features)[:, 1], atol=1e-5)


def test_the_ranker_sees_the_scores_of_its_span() -> None:
    tables, fed, found = _tables(), _tokens(), _candidates()
    answer = _scored(rank_graph(tables, _forest(WHERE_FEATURES)), fed | found)
    spans = [answer["where"][first:last].mean() for first, last in found["span"]]
    language = tables.language.astype(np.float32)
    np.testing.assert_allclose(answer["features"][:, FACTS], spans, atol=1e-5)
    change = language[found["came"]].sum(axis=1) - language[found["gone"]].sum(axis=1)
    np.testing.assert_allclose(answer["features"][:, -2:], change, atol=1e-3)
    assert answer["features"].shape == (M, RANK_FEATURES)


@pytest.mark.parametrize(("tokens", "found"), [(1, 0), (1, 1), (N, M)])
def test_texts_of_any_length_are_scored(tokens: int, found: int) -> None:
    graph = whole_graph(_tables(), _forest(WHERE_FEATURES), _forest(RANK_FEATURES))
    fed = _candidates(found)
    fed["span"] = np.minimum(fed["span"], tokens)
    fed["span"][:, 0] = np.minimum(fed["span"][:, 0], tokens - 1)
    answer = _scored(graph, _tokens(tokens) | fed)
    assert (answer["where"].shape, answer["rank"].shape) == ((tokens,), (found,))
    assert ((answer["where"] >= 0) & (answer["where"] <= 1)).all()
