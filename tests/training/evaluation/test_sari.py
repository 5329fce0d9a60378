"""SARI on examples that are small enough to be computed by hand."""

from __future__ import annotations

import pytest

from training.evaluation.sari import sari


def test_doing_what_the_author_did_is_perfect() -> None:
    assert sari(["a", "b", "c", "d"], ["a", "x", "c", "d"], ["a", "x", "c", "d"]) == pytest.approx(100.0)


def test_leaving_alone_what_the_author_left_alone_is_perfect() -> None:
    text = ["a", "b", "c", "d", "e"]
    assert sari(text, text, text) == pytest.approx(100.0)


def test_one_word_kept_one_lost_worked_out_by_hand() -> None:
    # Source "a b", result "a b", author's "a c".
    # 1-grams: kept {a, b}, should {a}: precision 1/2, recall 1, F1 2/3. b not deleted: 0. c not added: 0.
    # 2-grams: kept {ab}, should keep none: precision 0, recall 1: 0. Deleted none of ab: 0. Added none of ac: 0.
    # 3- and 4-grams: there are none on any side: 1 each, three times.
    expected = 100 * ((2 / 3 + 0 + 0) + (0 + 0 + 0) + 3 + 3) / 12
    assert sari(["a", "b"], ["a", "b"], ["a", "c"]) == pytest.approx(expected)


def test_a_right_deletion_worked_out_by_hand() -> None:
    # Source "a b", result "a", author's "a". Keep 1, delete 1, add 1 for 1-grams; 2-grams: nothing kept of nothing to
    # keep: 1; ab deleted, rightly: 1; nothing to add: 1.
    assert sari(["a", "b"], ["a"], ["a"]) == pytest.approx(100.0)


def test_a_wrong_deletion_costs_what_it_should() -> None:
    # Source and author's "a b", result "a".
    # 1-grams: kept {a} of {a, b}: precision 1, recall 1/2, F1 2/3; deleted b, wrongly: 0; nothing to add: 1.
    # 2-grams: kept none of {ab}: precision 1 (of none), recall 0: 0; deleted ab wrongly: 0; add 1. Rest 3 and 3.
    assert sari(["a", "b"], ["a"], ["a", "b"]) == pytest.approx(100 * ((2 / 3 + 0 + 1) + (0 + 0 + 1) + 3 + 3) / 12)


def test_a_wrong_addition_is_noticed() -> None:
    right = sari(["a", "b"], ["a", "b", "c"], ["a", "b", "c"])
    wrong = sari(["a", "b"], ["a", "b", "d"], ["a", "b", "c"])
    assert right == pytest.approx(100.0)
    assert wrong == pytest.approx(100 * (2 + 2 + 2 + 3) / 12)
