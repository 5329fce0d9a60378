from __future__ import annotations

import json

import pytest

from humanize.pipeline.trace import AttemptRecord, sentence, steps_of


def step(candidate: str, outcome: str, reason: str = "made 2 edits", **more: str) -> dict[str, str]:
    return {"candidate": candidate, "outcome": outcome, "reason": reason} | more


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ([], ""),
        ([step("small", "chosen")], ""),
        ([step("rules", "answered")], "The built-in rules rewrote this."),
        ([step("gpt", "answered", cost="0.0012")], "gpt rewrote this for $0.0012."),
        ([step("gpt", "answered", cost="0.00001")], "gpt rewrote this for less than $0.0001."),
        (
            [step("gpt", "answered", "made 1 edit (from the cache)", cost="0")],
            "gpt rewrote this, from the cache, at no cost.",
        ),
        (
            [step("gpt", "failed", "it did not answer in time", cost="0"), step("rules", "answered")],
            "The built-in rules rewrote this, at no cost; before that, gpt was asked: it did not answer in time.",
        ),
        (
            [
                step("a", "failed", "its vendor was overloaded", cost="0"),
                step("b", "failed", "it declined", cost="0.002"),
                step("c", "answered", cost="0.001"),
                step("rules", "answered"),
            ],
            "c and the built-in rules rewrote this for $0.0030; before that, a was asked: its vendor was overloaded "
            "and b was asked: it declined.",
        ),
    ],
)
def test_the_trace_in_one_sentence(route: list[dict[str, str]], expected: str) -> None:
    assert sentence(route) == expected


def test_the_tries_of_all_parts_are_told_together() -> None:
    tries = [
        AttemptRecord("gpt", "failed", "it did not answer in time", "timeout"),
        AttemptRecord("big", "answered", "made 3 edits", "", "0.002", 1, 3, ("i1",)),
        AttemptRecord("gpt", "answered", "made 1 edit", "retried", "0.001", 2, 1, ("i2", "i3")),
        AttemptRecord("gpt", "answered", "made 2 edits", "cached", "0", 0, 2, ("i4",)),
    ]
    assert steps_of(tries, 3) == [
        {"candidate": "gpt", "outcome": "failed", "reason": "it did not answer in time, in 1 of 3 parts"},
        {"candidate": "big", "outcome": "answered", "reason": "made 3 edits, in 1 of 3 parts", "cost": "0.002"},
        {
            "candidate": "gpt",
            "outcome": "answered",
            "reason": "made 3 edits (1 from the cache, 1 after a second question), in 2 of 3 parts",
            "cost": "0.001",
        },
    ]


def test_a_try_goes_through_json_unchanged() -> None:
    one = AttemptRecord(
        "gpt", "answered", "made 3 edits", "mended", "0.002", 1, 3, ("01a20c5d-e56f-7546-a328-f87777455574",)
    )
    assert AttemptRecord.from_json(json.loads(json.dumps(one.to_json()))) == one
    assert str(one.answered_by) == one.invocations[0]
