"""Bootstrap intervals: seeded, around the value, narrower with more texts."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.bootstrap import Estimate, estimate, f_half, ratio


def test_the_value_is_that_of_all_texts_and_lies_inside() -> None:
    rows = np.array([[1.0, 2.0], [3.0, 4.0], [0.0, 2.0]])
    found = estimate(rows, ratio, seed=0)
    assert found.value == 0.5
    assert found.low <= 0.5 <= found.high


def test_the_seed_fixes_the_interval() -> None:
    rows = np.random.default_rng(1).random((50, 2))
    assert estimate(rows, ratio, seed=3) == estimate(rows, ratio, seed=3)
    assert estimate(rows, ratio, seed=3) != estimate(rows, ratio, seed=4)


def test_more_texts_narrow_it() -> None:
    chance = np.random.default_rng(1)
    few, many = (estimate(np.column_stack([chance.random(n), np.ones(n)]), ratio, seed=0) for n in (20, 2000))
    assert many.high - many.low < (few.high - few.low) / 5


def test_f_half_worked_out_by_hand() -> None:
    # Precision 1/2, recall 1/4: 1.25 · 1/8 / (1/8 + 1/4) = 0.41667.
    assert float(f_half(np.array([1.0, 2.0, 4.0]))) == pytest.approx(5 / 12)
    assert float(f_half(np.array([0.0, 0.0, 4.0]))) == 0.0


def test_no_texts_give_zeros() -> None:
    assert estimate(np.zeros((0, 2)), ratio, seed=0) == Estimate(0.0, 0.0, 0.0)
