"""Arrays: shapes, the same in every process, and nothing that a hostile text can break."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.pipeline.revision_engine import prepare
from humanize.revision import token_features
from humanize.revision.hashed_ngrams import Hasher, shape
from humanize.revision.ranker_features import GRAMS, gram_rows
from humanize.revision.tokens import tokens_of

HASHER = Hasher(frozenset({"the", "of"}))


def test_tokens_are_words_marks_and_white_space_with_their_places() -> None:
    tokens = tokens_of("It’s  over. Go!")
    assert tokens.words == ["it's", " ", "over", ".", " ", "go", "!"]
    assert [tokens.text[a:b] for a, b in zip(tokens.starts, tokens.ends, strict=True)] == [
        "It’s", "  ", "over", ".", " ", "Go", "!",
    ]  # fmt: skip
    assert tokens.sentence.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_buckets_do_not_depend_on_the_process() -> None:
    program = (
        "from humanize.revision import token_features; from humanize.revision.hashed_ngrams import Hasher;"
        "from humanize.revision.tokens import tokens_of;"
        "print(int(token_features.grams(tokens_of('We saw it.'), Hasher(frozenset()), 16).sum()))"
    )
    here = int(token_features.grams(tokens_of("We saw it."), Hasher(frozenset()), 16).sum())
    there = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(there.stdout) == here


def test_a_space_is_described_by_its_neighbours_and_differs_from_them() -> None:
    rows = token_features.grams(tokens_of("red car red car"), HASHER, 20)
    assert (rows[0] == rows[1]).sum() == 0
    assert rows.shape == (7, token_features.TEMPLATES)


def test_the_rules_edits_and_protected_spans_are_seen() -> None:
    draft = prepare("Furthermore, we utilize the shed at 14 Mill Lane.")
    columns = token_features.dense(draft.tokens, draft.protected, draft.signals)
    assert columns.shape == (len(draft.tokens), token_features.DENSE)
    number = draft.tokens.words.index("14")
    assert (columns[number, 12], columns[0, 12]) == (1.0, 0.0)
    assert columns[draft.tokens.words.index("utilize"), 13] == 1.0


def test_short_texts_give_all_their_n_grams_and_zeros_after() -> None:
    rows = gram_rows([["a", "b", "c"], ["a"]], HASHER, 10)
    assert rows.shape == (2, GRAMS)
    assert [(row > 0).sum() for row in rows] == [6, 1]
    assert rows[0, 0] == rows[1, 0]


def test_a_rare_word_is_known_by_its_ending() -> None:
    assert [shape(word) for word in ("unbolting", "fixation", "cat", "palimpsest")] == ["-ing", "-tion", "-S", "-est"]


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_gives_finite_arrays(text: str) -> None:
    draft = prepare(text)
    if len(draft.tokens):
        assert np.isfinite(token_features.dense(draft.tokens, draft.protected, draft.signals)).all()
        rows = token_features.grams(draft.tokens, HASHER, 12)
        assert rows.min() >= 0
        assert rows.max() < 2**12
