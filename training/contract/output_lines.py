"""Parses the output of a trainer line by line into checked values. The output is not trusted."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

_KEY = re.compile(r"[A-Za-z0-9_./-]{1,64}")
_MOST_STEP = 2**53
_LINE = 2_000


@dataclass(frozen=True, slots=True)
class ProgressLine:
    epoch: int
    epochs: int
    step: int
    steps: int
    throughput: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One point of a curve; `value` is None for a number that is not finite."""

    key: str
    step: int
    value: float | None


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    step: int


@dataclass(frozen=True, slots=True)
class TextLine:
    """Any other line, stored in the log. `is_note` marks a message that the trainer meant for people."""

    text: str
    is_note: bool = False


Report = ProgressLine | MetricLine | CheckpointLine | TextLine


def parse_line(line: str) -> Report:
    """Parse one line of output. Never raises: a line without a known type belongs to the log."""
    if line.startswith("{") and len(line) <= 10_000:
        try:
            data = json.loads(line)
            if isinstance(data, dict):
                return _report(data) or _log_line(line)
        except (ValueError, RecursionError):
            pass
    return _log_line(line)


def _log_line(line: str) -> TextLine:
    return TextLine(line.replace("\x00", "")[:_LINE])


def _report(data: Mapping[str, object]) -> Report | None:
    match data.get("type"):
        case "metric":
            return parse_metric(data)
        case "progress":
            return _progress(data)
        case "checkpoint":
            step = _whole(data.get("step"))
            return None if step is None else CheckpointLine(step)
        case "note" if isinstance(data.get("message"), str):
            return TextLine(str(data["message"]).replace("\x00", "")[:_LINE], is_note=True)
    return None


def parse_metric(data: Mapping[str, object]) -> MetricLine | None:
    """Return the metric, from a line or from the API; None if the data is not a valid metric."""
    key, step, value = data.get("key"), _whole(data.get("step")), data.get("value")
    if not isinstance(key, str) or not _KEY.fullmatch(key) or step is None:
        return None
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        return None
    return MetricLine(key, step, _finite(value))


def _finite(value: float | None) -> float | None:
    try:
        return float(value) if value is not None and math.isfinite(value) else None
    except OverflowError:
        return None


def _progress(data: Mapping[str, object]) -> ProgressLine | None:
    numbers = [_whole(data.get(name, 0)) for name in ("epoch", "epochs", "step", "steps")]
    if any(number is None for number in numbers):
        return None
    epoch, epochs, step, steps = (number or 0 for number in numbers)
    speed = data.get("throughput")
    throughput = _finite(speed) if isinstance(speed, int | float) and not isinstance(speed, bool) else None
    unit = data.get("unit")
    return ProgressLine(epoch, epochs, step, steps, throughput, unit[:32] if isinstance(unit, str) else "")


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer() and abs(value) < _MOST_STEP:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _MOST_STEP:
        return None
    return value
