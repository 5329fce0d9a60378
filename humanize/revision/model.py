"""What a revision model is besides its graph: `revision.json`, checked when read. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from humanize.revision.hashing import Hasher
from humanize.revision.rates import Rate, Rates
from humanize.revision.table import Table, read_rows

CONFIG, GRAPH = "revision.json", "model.onnx"
FORMAT = 1
_BITS = range(8, 25)


class ModelError(ValueError):
    """`revision.json` is damaged or of another format."""


@dataclass(frozen=True)
class RevisionModel:
    """``thresholds`` has the least confidence of an edit for each of the levels 1 to 5."""

    name: str
    bits: int
    language_bits: int
    anchors: tuple[str, ...]
    table: Table
    rates: Rates
    thresholds: tuple[float, ...]
    about: Mapping[str, object] = field(default_factory=dict)

    @cached_property
    def hasher(self) -> Hasher:
        return Hasher(frozenset(self.anchors))

    def to_json(self) -> bytes:
        body = {
            "format": FORMAT,
            "name": self.name,
            "bits": self.bits,
            "language_bits": self.language_bits,
            "anchors": list(self.anchors),
            "table": self.table.rows(),
            "rates": {key: [rate.good, rate.seen] for key, rate in sorted(self.rates.items())},
            "thresholds": list(self.thresholds),
            "about": dict(self.about),
        }
        return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def read_model(data: bytes) -> RevisionModel:
    """Raises ModelError that names what is wrong."""
    try:
        body = json.loads(data)
        if body["format"] != FORMAT:
            raise ModelError(f"revision.json has format {body['format']!r}; this version reads {FORMAT}")
        model = RevisionModel(
            name=str(body["name"]),
            bits=_bits(body["bits"]),
            language_bits=_bits(body["language_bits"]),
            anchors=tuple(map(str, body["anchors"])),
            table=read_rows(body["table"]),
            rates={str(key): Rate(float(good), float(seen)) for key, (good, seen) in body["rates"].items()},
            thresholds=_thresholds(body["thresholds"]),
            about=dict(body["about"]),
        )
    except ModelError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(f"revision.json is damaged: {error}") from error
    return model


def _bits(value: int) -> int:
    if value not in _BITS:
        raise ModelError(f"bits must be from {_BITS.start} to {_BITS.stop - 1}, not {value!r}")
    return value


def _thresholds(values: Sequence[float]) -> tuple[float, ...]:
    found = tuple(map(float, values))
    if len(found) != 5 or not all(0.0 <= value <= 1.0 for value in found):
        raise ModelError("thresholds must be five numbers from 0 to 1, one a level")
    return found
