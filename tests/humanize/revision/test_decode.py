"""The best edits that do not touch, over a threshold."""

from __future__ import annotations

import numpy as np
import pytest

from humanize.revision.arrays import ScoresError, check_scores
from humanize.revision.candidates import CandidateEdit
from humanize.revision.decode import decode
from humanize.revision.model import ModelError, RevisionModel, read_model
from humanize.revision.rates import Rate
from humanize.revision.table import Swap, is_refused, table_of
from humanize.text.edits import TextEdit


def _one(start: int, end: int, after: str = "x") -> CandidateEdit:
    return CandidateEdit(TextEdit(start, end, "b" * (end - start), after, "why", "model/swap"), "swap", start, end)


def test_the_surer_of_two_that_overlap_is_taken() -> None:
    chosen = decode([_one(0, 5), _one(3, 8), _one(9, 12)], [0.6, 0.9, 0.7], 0.5, 100)
    assert [(one.edit.start, one.confidence) for one in chosen] == [(3, 0.9), (9, 0.7)]


def test_edits_that_would_touch_are_not_both_taken() -> None:
    assert [one.edit.start for one in decode([_one(0, 5), _one(5, 8)], [0.6, 0.9], 0.5, 100)] == [5]


def test_a_higher_threshold_only_drops_edits() -> None:
    found, sure = [_one(0, 2), _one(4, 6), _one(8, 10)], [0.3, 0.6, 0.9]
    assert [len(decode(found, sure, threshold, 100)) for threshold in (0.2, 0.5, 0.95)] == [3, 2, 0]


def test_all_edits_together_never_make_a_text_much_shorter() -> None:
    found = [_one(0, 8), _one(20, 27), _one(40, 48)]
    assert [one.edit.start for one in decode(found, [0.9, 0.8, 0.7], 0.5, 100)] == [0, 20]


def test_equal_confidence_is_decided_by_place() -> None:
    assert [one.edit.start for one in decode([_one(3, 8), _one(0, 5)], [0.7, 0.7], 0.5, 100)] == [0]


@pytest.mark.parametrize(
    "answer",
    [
        {"where": np.zeros(3)},
        {"where": np.zeros(2), "rank": np.zeros(1)},
        {"where": np.zeros(3), "rank": np.zeros(2)},
        {"where": np.zeros(3), "rank": np.array([np.nan])},
    ],
)
def test_an_answer_that_does_not_fit_is_refused(answer: dict[str, np.ndarray]) -> None:
    with pytest.raises(ScoresError):
        check_scores(answer, 3, 1)


MODEL = RevisionModel(
    "ours", 12, 10, ("the", "of"), table_of([Swap(("utilize",), ("use",), 3.0, 5.0, 6.0, 0.7, 0.1)]),
    {"utilize > use": Rate(2.0, 4.0)}, (0.9, 0.8, 0.7, 0.6, 0.5), {"seed": 1},
)  # fmt: skip


def test_the_configuration_survives_the_file() -> None:
    again = read_model(MODEL.to_json())
    assert again == MODEL
    assert again.to_json() == MODEL.to_json()


@pytest.mark.parametrize(
    ("find", "put", "detail"),
    [
        (b'"format": 1', b'"format": 3', "revision.json has format 3; this version reads 1 and 2"),
        (b'"format": 1', b'"format": 2', "revision.json is damaged: 'window'"),
        (b'"bits": 12', b'"bits": 40', "bits must be from 8 to 24, not 40"),
        (b"0.9,", b"1.9,", "thresholds must be five numbers from 0 to 1, one per level"),
        (b'"name"', b'"nome"', "revision.json is damaged: 'name'"),
    ],
)
def test_a_damaged_configuration_is_named(find: bytes, put: bytes, detail: str) -> None:
    with pytest.raises(ModelError) as error:
        read_model(MODEL.to_json().replace(find, put))
    assert str(error.value) == detail


def test_what_a_reader_ruled_out_stays_out() -> None:
    assert is_refused(["impact"], ["affect"])
    assert is_refused(["crucial"], ["vital"])
    assert not is_refused(["utilize"], ["use"])
