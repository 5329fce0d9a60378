"""Word pieces in windows: where our tokens stand among them, and what is said where they cannot be read."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from humanize.revision.model import ModelError, RevisionModel, read_model
from humanize.revision.table import Table
from humanize.revision.tokens import tokens_of
from humanize.revision.word_pieces import Frame, Pieces, frame_of

FRAME = Frame(12, (1,), (2,), 0)
PLAIN = RevisionModel("tiny", 12, 12, (), Table({}), {}, (0.5,) * 5)
WITH_WINDOW = json.dumps(json.loads(PLAIN.to_json()) | {"format": 2, "window": FRAME.as_dict()}).encode()


def test_without_the_package_the_fix_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(
        ModelError, match="reads word pieces and needs the package tokenizers; install it with: pip install tokenizers"
    ):
        read_model(WITH_WINDOW, b"{}")


def test_a_folder_without_its_tokenizer_is_refused() -> None:
    with pytest.raises(ModelError, match=r"its folder lacks tokenizer\.json; fetch the folder again"):
        read_model(WITH_WINDOW)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"length": 5}, "a window of 5 pieces with padding 0 is not valid"),
        ({"pad": -1}, "a window of 12 pieces with padding -1 is not valid"),
    ],
)
def test_a_window_without_room_is_no_window(wrong: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        frame_of(FRAME.as_dict() | wrong)


@pytest.fixture
def pieces() -> Pieces:
    """Every letter is one."""
    letters = {letter: number for number, letter in enumerate("?_|.abcdefghijklmnopqrstuvwxyz")}
    tokenizer = {
        "version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "WhitespaceSplit"},
        "model": {"type": "BPE", "vocab": letters, "merges": [], "unk_token": "?"},
    }  # fmt: skip
    return Pieces(json.dumps(tokenizer).encode(), FRAME)


@pytest.mark.torch
def test_a_token_is_where_its_first_piece_is_and_white_space_where_the_next_one_begins(pieces: Pieces) -> None:
    read = pieces.arrays(tokens_of("ab c.  de"))
    assert read["ids"].tolist() == [[1, 4, 5, 6, 3, 7, 8, 2]]
    assert read["mask"].tolist() == [[1] * 8]
    assert read["place"].tolist() == [1, 3, 3, 4, 5, 5]


@pytest.mark.torch
def test_a_long_text_is_read_in_windows_and_each_piece_away_from_their_edges(pieces: Pieces) -> None:
    text = " ".join("abcdefghijklmnopqrstuvwxyz")
    read = pieces.arrays(tokens_of(text))
    ids, place = np.asarray(read["ids"]), np.asarray(read["place"])
    assert ids.shape == (3, 12)
    assert ids[:, 0].tolist() == [1, 1, 1]
    assert ids[:, 1].tolist() == [4, 12, 20]
    assert ids.ravel()[place[::2]].tolist() == list(range(4, 30))
    inside = place[::2] % 12
    assert set(inside[1:-1].tolist()) <= set(range(2, 12))


@pytest.mark.torch
@pytest.mark.parametrize("text", [" ", "\n\n", "x", "a\ud800b"])
def test_texts_of_next_to_nothing_are_read(pieces: Pieces, text: str) -> None:
    tokens = tokens_of(text)
    read = pieces.arrays(tokens)
    assert read["place"].shape == (len(tokens),)
    assert int(np.asarray(read["place"]).max(initial=0)) < np.asarray(read["ids"]).size
