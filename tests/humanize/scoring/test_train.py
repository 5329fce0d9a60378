from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from humanize.scoring.features import FeatureHasher
from humanize.scoring.linear import unpack
from humanize.scoring.tokens import tokenise
from humanize.scoring.train.__main__ import corpus_of
from humanize.scoring.train.calibrate import bands, calibrate, calibrated_scores
from humanize.scoring.train.corpus import CorpusText
from humanize.scoring.train.fit import FittedModel, fit, folds_of, out_of_fold
from humanize.scoring.train.measure import auroc, brier, calibration_error, threshold_at, tpr_at
from humanize.scoring.train.pack import pack, write

PLAIN = ["we got the bus home", "it rained all day", "she lost her keys again", "the shop was shut", "he fixed it"]
PUFFED = ["moreover the realm evolves", "a robust tapestry unfolds", "it fosters growth", "we embark on journeys"]


def invented(count: int = 240) -> list[CorpusText]:
    dice = random.Random(5)
    samples: list[CorpusText] = []
    for number in range(count):
        label = number % 2
        pool = PUFFED + PLAIN[:2] if label else PLAIN + PUFFED[:1]
        length = dice.choice([20, 35, 70])
        tokens = tuple(tokenise(". ".join(dice.choice(pool) for _ in range(length))))
        domain = f"subject {number % 5}"
        samples.append(CorpusText(tokens, 4 * length, label, "own", "none", domain, f"document {number // 2}"))
    return samples


def trained() -> tuple[FittedModel, bytes]:
    corpus = corpus_of(invented(), FeatureHasher(frozenset({"the", "it"})))
    margins = out_of_fold(corpus)
    model = fit(corpus)
    return model, pack(model, calibrate(margins, corpus.lengths, corpus.labels), ["the", "it"])


def test_training_twice_gives_the_same_bytes() -> None:
    assert trained()[1] == trained()[1]


def test_the_packed_model_scores_as_the_fitted_one(tmp_path: Path) -> None:
    model, raw = trained()
    samples = invented(20)
    expected = model.margins(corpus_of(samples, FeatureHasher(frozenset({"the", "it"}))))
    from hashlib import sha256

    shipped = unpack(raw, sha256(raw).hexdigest())
    assert [shipped.margin(list(sample.tokens)) for sample in samples] == pytest.approx(expected.tolist(), abs=1e-4)


def test_all_texts_of_a_document_share_a_fold() -> None:
    groups = np.array(["a", "b", "a", "c", "b"])
    fold = folds_of(groups)
    assert fold[0] == fold[2]
    assert fold[1] == fold[4]


def test_bands_keep_their_promise_in_every_length() -> None:
    corpus = corpus_of(invented(), FeatureHasher(frozenset()))
    margins = out_of_fold(corpus)
    likeness = calibrated_scores(margins, corpus.lengths, calibrate(margins, corpus.lengths, corpus.labels))
    found = bands(likeness, corpus.lengths, corpus.labels)
    for low, high in ((60, 120), (120, 250), (250, 9999)):
        human = likeness[(corpus.labels == 0) & (corpus.lengths >= low) & (corpus.lengths < high)]
        assert (human >= found[1].threshold).mean() <= 0.05
        assert (human >= found[2].threshold).mean() <= 0.01


def test_the_version_names_the_bytes(tmp_path: Path) -> None:
    corpus = corpus_of(invented(), FeatureHasher(frozenset()))
    table = bands(np.linspace(0, 1, 240), corpus.lengths, corpus.labels)
    assert write(b"one", table, tmp_path) != write(b"two", table, tmp_path)
    assert (tmp_path / "detector.npz").read_bytes() == b"two"


def test_a_threshold_lets_through_no_more_than_promised() -> None:
    human = np.arange(100.0)
    assert (human >= threshold_at(human, 0.05)).sum() == 5
    labels = np.array([0] * 100 + [1] * 4)
    assert tpr_at(labels, np.concatenate([human, [10.0, 96.0, 97.0, 200.0]]), 0.05) == 0.75


def test_figures_of_a_perfect_and_of_an_ignorant_detector() -> None:
    labels = np.array([0, 0, 0, 1])
    assert (auroc(labels, labels.astype(float)), brier(labels, labels.astype(float))) == (1.0, 0.0)
    ignorant = np.full(4, 0.5)
    assert (auroc(labels, ignorant), brier(labels, ignorant)) == (0.5, 0.25)
    assert calibration_error(labels, ignorant) == pytest.approx(0.0)
