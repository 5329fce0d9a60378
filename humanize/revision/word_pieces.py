"""Word pieces for a pretrained encoder: windows of pieces, and the position of each token of the text among them.

The tokenizer is the encoder's own, read from `tokenizer.json`. The package `tokenizers` runs it; only models with an
encoder need it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanize.revision.tokens import Tokens

TOKENIZER = "tokenizer.json"
_LONE = re.compile("[\ud800-\udfff]")  # half a surrogate pair, which the package refuses
_SHARED = 4  # windows overlap by a quarter, so that every piece is away from the edge of one of them


class PiecesError(ValueError):
    """The tokenizer cannot be run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The layout of a window: `length` pieces, of which `head` and `tail` are the encoder's special ones.

    `pad` is the id of the padding piece.
    """

    length: int
    head: tuple[int, ...]
    tail: tuple[int, ...]
    pad: int

    @property
    def room(self) -> int:
        return self.length - len(self.head) - len(self.tail)

    def as_dict(self) -> dict[str, object]:
        return {"length": self.length, "head": list(self.head), "tail": list(self.tail), "pad": self.pad}


def frame_of(body: Mapping[str, Any]) -> Frame:
    """Read a frame from its dictionary. Raises ValueError, KeyError or TypeError if it is not one."""
    head, tail = (tuple(int(one) for one in body[name]) for name in ("head", "tail"))
    found = Frame(int(body["length"]), head, tail, int(body["pad"]))
    if found.room < _SHARED or found.pad < 0:
        raise ValueError(f"a window of {found.length} pieces with padding {found.pad} is not valid")
    return found


class Pieces:
    """A tokenizer with its frame. It may be called from several threads at once."""

    def __init__(self, tokenizer: bytes, frame: Frame) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise PiecesError(
                "the model reads word pieces and needs the package tokenizers; install it with: pip install tokenizers"
            ) from error
        self.frame = frame
        self._tokenizer = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def arrays(self, tokens: Tokens) -> dict[str, NDArray[np.generic]]:
        """Return `ids` and `mask` as `[windows, length]`, and `place` as `[n]`, which counts through the rows of `ids`.

        The place of a token is that of its first piece. White space and tokens without a piece have the place of the
        next piece.
        """
        text = _LONE.sub("\ufffd", tokens.text)  # the length is unchanged, so offsets stay valid
        read = self._tokenizer.encode(text, add_special_tokens=False)
        ids, mask, starts = _windows(np.array(read.ids, dtype=np.int64), self.frame)
        ends = np.maximum.accumulate(np.array([end for _, end in read.offsets], dtype=np.int64))
        first = np.searchsorted(ends, np.array(tokens.starts, dtype=np.int64), side="right")
        piece = np.minimum(first, max(len(ends) - 1, 0))
        return {"ids": ids, "mask": mask, "place": _places(piece, starts, ids.shape[1], self.frame)}


def _step(frame: Frame) -> int:
    return frame.room - frame.room // _SHARED


def _windows(pieces: NDArray[np.int64], frame: Frame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the windows, the mask of their used places, and the number of the first piece of each."""
    count = 1 + max(0, -(-(len(pieces) - frame.room) // _step(frame)))
    starts = np.arange(count, dtype=np.int64) * _step(frame)
    rows = [np.array([*frame.head, *pieces[at : at + frame.room], *frame.tail], dtype=np.int64) for at in starts]
    width = max(1, max(map(len, rows)))
    ids, mask = np.full((count, width), frame.pad, dtype=np.int64), np.zeros((count, width), dtype=np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)], mask[number, : len(row)] = row, 1
    return ids, mask, starts


def _places(piece: NDArray[np.int64], starts: NDArray[np.int64], width: int, frame: Frame) -> NDArray[np.int64]:
    """Return the place of each piece in the window in which it is closest to the middle."""
    half = frame.room // _SHARED // 2
    window = np.clip((piece - half) // _step(frame), 0, len(starts) - 1)
    inside = np.minimum(len(frame.head) + piece - starts[window], width - 1)
    return np.asarray(window * width + inside, dtype=np.int64)
