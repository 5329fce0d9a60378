"""A text as somebody else's encoder reads it: word pieces in windows, and where among them each of our tokens stands.

The tokenizer is the encoder's own, as `tokenizer.json`; the package `tokenizers` runs it, without which every other
model works. Pure.
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
_LONE = re.compile("[\ud800-\udfff]")  # half a character: the package refuses a text with one
_SHARED = 4  # windows have this part of their pieces in common: none stands at an edge of all it is in


class PiecesError(ValueError):
    """The tokenizer cannot be run; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A window: ``length`` pieces, of which ``head`` and ``tail`` belong to the encoder; ``pad`` fills up."""

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
    """Raises ValueError, KeyError or TypeError for what is no frame."""
    head, tail = (tuple(int(one) for one in body[name]) for name in ("head", "tail"))
    found = Frame(int(body["length"]), head, tail, int(body["pad"]))
    if found.room < _SHARED or found.pad < 0:
        raise ValueError(f"{found.length} pieces, padded with {found.pad}, are no window")
    return found


class Pieces:
    """May be called from many threads."""

    def __init__(self, tokenizer: bytes, frame: Frame) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise PiecesError("the model reads word pieces and needs tokenizers: pip install tokenizers") from error
        self.frame = frame
        self._tokenizer = Tokenizer.from_str(tokenizer.decode("utf-8"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def arrays(self, tokens: Tokens) -> dict[str, NDArray[np.generic]]:
        """``ids`` and ``mask`` [windows, length]; ``place`` [n] counts through the rows of ``ids``.

        A token is where its first piece is; white space, and what has no piece, where the next one begins.
        """
        text = _LONE.sub("\ufffd", tokens.text)  # of the same length, so that places hold
        read = self._tokenizer.encode(text, add_special_tokens=False)
        ids, mask, starts = _windows(np.array(read.ids, dtype=np.int64), self.frame)
        ends = np.maximum.accumulate(np.array([end for _, end in read.offsets], dtype=np.int64))
        first = np.searchsorted(ends, np.array(tokens.starts, dtype=np.int64), side="right")
        piece = np.minimum(first, max(len(ends) - 1, 0))
        return {"ids": ids, "mask": mask, "place": _places(piece, starts, ids.shape[1], self.frame)}


def _step(frame: Frame) -> int:
    return frame.room - frame.room // _SHARED


def _windows(pieces: NDArray[np.int64], frame: Frame) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The windows, which of their places hold something, and the piece that each begins with."""
    count = 1 + max(0, -(-(len(pieces) - frame.room) // _step(frame)))
    starts = np.arange(count, dtype=np.int64) * _step(frame)
    rows = [np.array([*frame.head, *pieces[at : at + frame.room], *frame.tail], dtype=np.int64) for at in starts]
    width = max(1, max(map(len, rows)))
    ids, mask = np.full((count, width), frame.pad, dtype=np.int64), np.zeros((count, width), dtype=np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)], mask[number, : len(row)] = row, 1
    return ids, mask, starts


def _places(piece: NDArray[np.int64], starts: NDArray[np.int64], width: int, frame: Frame) -> NDArray[np.int64]:
    """A piece is read in the window in whose middle it stands."""
    half = frame.room // _SHARED // 2
    window = np.clip((piece - half) // _step(frame), 0, len(starts) - 1)
    inside = np.minimum(len(frame.head) + piece - starts[window], width - 1)
    return np.asarray(window * width + inside, dtype=np.int64)
