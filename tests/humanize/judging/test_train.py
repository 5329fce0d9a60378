from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks.support.data import folder as data_folder
from humanize.judging.design import WORDS
from humanize.judging.loader import SHIPPED, load_judge
from humanize.judging.reporter.syntax import tag_of, tags
from humanize.judging.train.__main__ import half_of, read_examples
from humanize.judging.train.fit import (
    Example,
    accuracy,
    calibrate,
    first_part,
    fit,
    folds,
    level_lengths,
    prepare,
    select,
)
from humanize.judging.train.pack import files, write
from tests.training.trainers.drafts import pair


def examples(count: int = 120) -> list[Example]:
    chance = random.Random(1)
    return [Example(*pair(chance), f"document {number // 2}") for number in range(count)]


def test_training_twice_gives_the_same_bytes_and_a_judge_that_learnt(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        material = prepare(WORDS, examples())
        penalty, margins = select(material)
        assert accuracy(margins, material.weights) > 0.95
        made.append(files(WORDS, fit(material, penalty), calibrate(margins, material.weights)))
    assert made[0] == made[1]
    write(tmp_path, *made[0][:2])
    judge = load_judge(tmp_path)
    assert judge.version == made[0][2]
    assert all(judge.compare(one.draft, one.edited).margin > 0 for one in examples(20))


def test_shortened_and_lengthened_texts_weigh_the_same() -> None:
    pairs = [Example("one two three", "one", "a"), Example("one two", "one", "b"), Example("one", "one two", "c", 0.5)]
    assert [one.weight for one in level_lengths(pairs)] == [0.625, 0.625, 1.25]
    assert level_lengths(pairs[:2]) == pairs[:2]


def test_a_part_ends_with_a_sentence() -> None:
    text = "First we go. Then we stay a while. Then we leave."
    assert list(first_part(text)) == ["First we go. Then we stay a while."]
    assert list(first_part("no sentence ends here")) == []


def test_all_rows_of_a_document_share_a_fold() -> None:
    fold = folds(["a", "b", "a", "c", "\ud800"])
    assert fold[0] == fold[2]
    assert set(fold.tolist()) <= set(range(5))


def test_the_band_leaves_the_verdicts_that_are_right() -> None:
    margins = np.array([3.0, 2.0, -1.0, 4.0, 0.5, 5.0])
    found = calibrate(margins, np.ones(6))
    assert found.band == pytest.approx(found.slope * 1.0, abs=1e-3)
    assert calibrate(-np.ones(4), np.ones(4)).band > 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She didn't go, but he went.", ["¶", "he", "short", "'t", "base", ",", "but", "he", "past", "."]),
        ("We met Ada in 1950 — twice…", ["¶", "I", "past", "Name", "in", "0", "-", "word", "."]),
        ("One.\n\n“Two?”", ["¶", "one", ".", "¶", '"', "short", "?", '"']),
    ],
)
def test_a_text_is_tagged_by_classes_endings_and_marks(text: str, expected: list[str]) -> None:
    assert tags(text) == expected


def test_the_class_of_a_content_word_comes_from_its_ending() -> None:
    assert [tag_of(word) for word in ("quickly", "painting", "statement", "famous", "gardens", "stone")] == [
        "ly", "ing", "tion", "ous", "s", "word",
    ]  # fmt: skip


@pytest.mark.data
def test_no_document_teaches_both_judges() -> None:
    groups = [{one.group for one in read_examples(data_folder(), half)} for half in (0, 1)]
    assert groups[0] & groups[1] == set()
    assert {half_of(group) for group in groups[1]} == {1}


@pytest.mark.data
def test_the_shipped_ranker_is_the_one_that_the_program_trains(tmp_path: Path) -> None:
    from humanize.judging.train.__main__ import train

    train(WORDS, read_examples(data_folder(), 0), tmp_path)
    for name in ("judge.json", "judge.npz"):
        assert (tmp_path / name).read_bytes() == (SHIPPED / name).read_bytes()
