"""The parts of a revision model besides its graph: `revision.json`, checked when it is read. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.rates import Rate, Rates
from humanize.revision.table import Table, read_rows
from humanize.revision.word_pieces import Frame, Pieces, PiecesError, frame_of

CONFIG, GRAPH = "revision.json", "model.onnx"
FORMAT = 1
WITH_PIECES = 2  # the format of a model whose tokens are scored by an encoder of word pieces
_BITS = range(8, 25)


class ModelError(ValueError):
    """`revision.json` is damaged or has an unknown format."""


@dataclass(frozen=True)
class RevisionModel:
    """A revision model without its graph.

    `thresholds` holds the lowest confidence (0 to 1) of an edit for each of the levels 1 to 5. `pieces` is the
    tokenizer if the token scorer is an encoder; without it the scorer reads hashed n-grams.
    """

    name: str
    bits: int
    language_bits: int
    anchors: tuple[str, ...]
    table: Table
    rates: Rates
    thresholds: tuple[float, ...]
    about: Mapping[str, object] = field(default_factory=dict)
    pieces: Pieces | None = None

    @cached_property
    def hasher(self) -> Hasher:
        return Hasher(frozenset(self.anchors))

    def to_json(self) -> bytes:
        body: dict[str, object] = {
            "format": WITH_PIECES if self.pieces else FORMAT,
            "name": self.name,
            "bits": self.bits,
            "language_bits": self.language_bits,
            "anchors": list(self.anchors),
            "table": self.table.rows(),
            "rates": {key: [rate.good, rate.total] for key, rate in sorted(self.rates.items())},
            "thresholds": list(self.thresholds),
            "about": dict(self.about),
        }
        if self.pieces:
            body["window"] = self.pieces.frame.as_dict()
        return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def read_model(data: bytes, tokenizer: bytes | None = None) -> RevisionModel:
    """Read `revision.json`; `tokenizer` is the content of `tokenizer.json`, if any. Raises ModelError saying what is
    wrong."""
    try:
        body = json.loads(data)
        if body["format"] not in {FORMAT, WITH_PIECES}:
            raise ModelError(
                f"revision.json has format {body['format']!r}; this version reads {FORMAT} and {WITH_PIECES}"
            )
        model = RevisionModel(
            name=str(body["name"]),
            bits=_bits(body["bits"]),
            language_bits=_bits(body["language_bits"]),
            anchors=tuple(map(str, body["anchors"])),
            table=read_rows(body["table"]),
            rates={str(key): Rate(float(good), float(seen)) for key, (good, seen) in body["rates"].items()},
            thresholds=_thresholds(body["thresholds"]),
            about=dict(body["about"]),
            pieces=_pieces(frame_of(body["window"]), tokenizer) if body["format"] == WITH_PIECES else None,
        )
    except ModelError:
        raise
    except PiecesError as error:
        raise ModelError(str(error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"revision.json is damaged: {error}") from error
    return model


def _pieces(frame: Frame, tokenizer: bytes | None) -> Pieces:
    if tokenizer is None:
        raise ModelError("the model reads word pieces, but its folder lacks tokenizer.json; fetch the folder again")
    return Pieces(tokenizer, frame)


def _bits(value: int) -> int:
    if value not in _BITS:
        raise ModelError(f"bits must be from {_BITS.start} to {_BITS.stop - 1}, not {value!r}")
    return value


def _thresholds(values: Sequence[float]) -> tuple[float, ...]:
    found = tuple(map(float, values))
    if len(found) != 5 or not all(0.0 <= value <= 1.0 for value in found):
        raise ModelError("thresholds must be five numbers from 0 to 1, one per level")
    return found
