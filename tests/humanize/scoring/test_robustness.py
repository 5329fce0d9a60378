from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.scoring import score, sentence_scores

TEXT = (
    'The council said it would "look again" at the plan - a plan nobody asked for - before the end of May. Residents '
    "weren't sure what that meant. Some had written letters; others had simply stopped turning up to the meetings, "
    "which run late and rarely settle anything. It's a small town. People remember who voted for what, and the "
    "bakery on the corner keeps a list. By June there'll be a new draft, and then we'll see whether anyone reads it."
)


@given(st.text(max_size=2000))
def test_any_text_gives_bounded_scores(text: str) -> None:
    result = score(text)
    assert result.ai_likeness is None or 0.0 <= result.ai_likeness <= 1.0
    assert -50.0 <= (result.readability or 0.0) <= 121.22
    assert all(math.isfinite(v) and v >= 0 for v in (result.burstiness, result.lexical_diversity or 0.0))
    assert 0.0 <= (result.markers_per_1000 or 0.0) <= 1000.0


@given(st.lists(st.sampled_from(["word", "crucial", ".", ",", "é", "７", "ß", "ﬁ", "'", "\u0301", "😀"]), max_size=300))
def test_the_same_text_always_scores_the_same(pieces: list[str]) -> None:
    text = " ".join(pieces)
    assert score(text) == score(text)


@pytest.mark.parametrize(
    "variant",
    [
        TEXT.replace('"look again"', "“look again”").replace("'", "’"),
        TEXT.replace(" - ", " — "),
        TEXT.replace(" - ", "—"),
        TEXT.replace(" ", "\u00a0").replace(". ", ".\n\n"),
        TEXT.replace("council", "**council**").replace("letters", "_letters_"),
        TEXT.replace("bakery", "[bakery](https://example.org/bread)"),
        TEXT.replace("plan", "pl\u200ban"),
    ],
)
def test_typography_does_not_move_any_score(variant: str) -> None:
    assert score(variant) == score(TEXT)


@pytest.mark.parametrize(
    ("unit", "times"),
    [
        ("a", 1_000_000),
        (".,;!", 25_000),
        ("😀", 100_000),
        ("- ", 100_000),
        ("[", 100_000),
        ("](", 50_000),
        ("<a", 50_000),
    ],
)
@pytest.mark.parametrize("tail", ["", " end"])
def test_hostile_texts_are_scored_in_time(unit: str, times: int, tail: str) -> None:
    assert growth(unit, times, tail) < 1.6


@pytest.mark.parametrize("unit", ["'", "a'", "1,", "\n", " ", "# ", "e\u0301", "http://", "-", "word ", "word. "])
def test_endless_repetition_is_scored_in_time(unit: str) -> None:
    assert growth(unit, 100_000) < 1.6


def growth(unit: str, times: int, tail: str = "") -> float:
    """The power of the length with which this process's time grows: 1 is linear, 2 is quadratic.

    The least of three looks, since a busy machine now and then stretches one of them.
    """
    short, long = unit * (times // 8) + tail, unit * times + tail
    found: list[float] = []
    while not found or (min(found) >= 1.6 and len(found) < 3):
        found.append(math.log(process_time(long) / process_time(short), 8))
    return min(found)


def process_time(text: str) -> float:
    started = time.process_time()
    score(text)
    sentence_scores(text)
    return max(time.process_time() - started, 0.001)


def test_59_words_get_no_verdict_and_60_do() -> None:
    words = TEXT.replace("- ", "").split()
    assert score(" ".join(words[:59])).ai_likeness is None
    assert score(" ".join(words[:60])).ai_likeness is not None
