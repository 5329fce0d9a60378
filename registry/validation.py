"""Validation of input from people and programs, shared by the API, commands, imports and the upper apps."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeGuard

from django.utils.dateparse import parse_datetime

from registry.contracts import GateCheck, GateResult, Json, Metric, Threshold
from registry.models.artifacts import ArtifactKind
from youman.core.errors import InvalidInput

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_ALIAS = re.compile(r"[a-z][a-z0-9._-]{0,49}")
_TAG = re.compile(r"[^\s\x00-\x1f]{1,64}")
_FILE = re.compile(r"[\w][\w .()+@=-]{0,150}(?:/[\w][\w .()+@=-]{0,150}){0,3}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_HASH = re.compile(r"[0-9A-Za-z:_-]{0,64}")
_SURROGATE = re.compile("[\ud800-\udfff\x00]")
_NO_TIME = "Write the time as ISO 8601 with an offset, such as 2026-11-24T12:00:00Z"
_JSON_LIMIT = 256 * 1024
_MOST_TAGS = 30
_MOST_METRICS = 200
CARD_SECTIONS = ("purpose", "data", "consent", "training", "limits", "cost", "license", "language")


def check_name(value: str) -> str:
    """Return a valid name of a model. Raises InvalidInput."""
    if not _NAME.fullmatch(value) or value.endswith("."):
        raise InvalidInput(
            "A model's name has 1 to 100 letters, digits, dots, dashes or underscores, a letter or digit first"
        )
    return value


def check_alias(value: str) -> str:
    """Return a valid name of an alias. Raises InvalidInput."""
    if not _ALIAS.fullmatch(value):
        raise InvalidInput(
            "An alias has 1 to 50 lower-case letters, digits, dots, dashes or underscores and starts with a letter"
        )
    return value


def check_artifact_name(value: str) -> str:
    """Return a relative path of at most four plain parts that never leads out of its folder. Raises InvalidInput."""
    if len(value) > 200 or not _FILE.fullmatch(value) or ".." in value:
        raise InvalidInput(
            "An artifact's name is a plain file name such as model.safetensors, in at most 3 nested folders"
        )
    return value


def check_artifact_type(value: str) -> str:
    """Return a known artifact type. Raises InvalidInput."""
    if value not in ArtifactKind.values:
        raise InvalidInput(f"An artifact's type is one of {', '.join(ArtifactKind.values)}")
    return value


def check_sha256(value: str) -> str:
    """Return a SHA-256 in lower-case hexadecimal, or an empty text. Raises InvalidInput."""
    if value and not _SHA256.fullmatch(value):
        raise InvalidInput("A SHA-256 is written as 64 lower-case hexadecimal digits")
    return value


def check_dataset_hash(value: str) -> str:
    """Return the hash of a dataset, up to 64 characters. Raises InvalidInput."""
    if not _HASH.fullmatch(value):
        raise InvalidInput("A dataset's hash has at most 64 letters and digits")
    return value


def check_text(value: str, name: str, max_length: int = 20_000) -> str:
    """Return the text without surrounding white space.

    Raises InvalidInput when it is too long or cannot be stored.
    """
    if _SURROGATE.search(value):
        raise InvalidInput(f"{name} contains characters that cannot be stored (NUL or half a surrogate pair)")
    if len(value) > max_length:
        raise InvalidInput(f"{name} may have at most {max_length:,} characters")
    return value.strip()


def check_tag(value: str) -> str:
    """Return a valid tag. Raises InvalidInput."""
    if not _TAG.fullmatch(value):
        raise InvalidInput("A tag has 1 to 64 characters without spaces")
    return value


def check_tags(tags: Iterable[str]) -> str:
    """Return the tags as they are stored: ` a b `, each once, in alphabetical order. Raises InvalidInput."""
    wanted = sorted(set(tags))
    if len(wanted) > _MOST_TAGS or any(not _TAG.fullmatch(check_text(tag, "A tag")) for tag in wanted):
        raise InvalidInput(f"Up to {_MOST_TAGS} tags of 1 to 64 characters without spaces are allowed")
    joined = " ".join(wanted)
    if len(joined) > 900:
        raise InvalidInput("Tags may total at most 900 characters")
    return f" {joined} " if joined else ""


def check_json(value: Json, name: str) -> dict[str, Any]:
    """Return an object that every database can store: finite numbers, no NUL, up to 256 KiB. Raises InvalidInput."""
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is not plain JSON with finite numbers") from error
    if len(text) > _JSON_LIMIT:
        raise InvalidInput(f"{name} is larger than {_JSON_LIMIT // 1024} KiB; store it as an artifact")
    if "\\u0000" in text:
        raise InvalidInput(f"{name} contains a NUL character; remove it")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise InvalidInput(f"{name} is not a JSON object")
    return found


def check_card(card: Mapping[str, str]) -> dict[str, str]:
    """Return the sections of a model card. Raises InvalidInput for an unknown section."""
    unknown = sorted(set(card) - set(CARD_SECTIONS))
    if unknown:
        raise InvalidInput(f"Unknown card section: {', '.join(unknown)[:200]}; use {', '.join(CARD_SECTIONS)}")
    return {name: check_text(str(text), f"card.{name}") for name, text in card.items()}


def metrics_from(value: Mapping[str, object]) -> tuple[Metric, ...]:
    """Parse `{name: number}` or `{name: {value, low, high, n}}`. Raises InvalidInput."""
    if len(value) > _MOST_METRICS:
        raise InvalidInput(f"Up to {_MOST_METRICS} metrics are allowed")
    return tuple(_metric(name, one) for name, one in value.items())


def _metric(name: str, value: object) -> Metric:
    if not isinstance(name, str) or not _NAME.fullmatch(name.replace("@", "-").replace("/", "-")):
        raise InvalidInput(f"{str(name)[:50]!r} is not a metric name; use letters, digits, dots and dashes")
    given = value if isinstance(value, Mapping) else {"value": value}
    if set(given) - {"value", "low", "high", "n"}:
        raise InvalidInput(f"Metric {name}: unknown field; use value, low, high and n")
    numbers = {key: given.get(key) for key in ("value", "low", "high")}
    if not _finite(numbers["value"]) or any(one is not None and not _finite(one) for one in numbers.values()):
        raise InvalidInput(f"Metric {name}: value, low and high must be finite numbers")
    count = given.get("n")
    if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 0):
        raise InvalidInput(f"Metric {name}: n must be a whole number, 0 or more")
    return Metric(name, numbers["value"], numbers["low"], numbers["high"], count)  # type: ignore[arg-type]  # numbers, as just checked


def _finite(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def metrics_json(metrics: Iterable[Metric]) -> dict[str, dict[str, float | int | None]]:
    """Return metrics as they are stored: `{name: {value, low, high, n}}`, without unknown values."""
    found = {one.name: {"value": one.value, "low": one.low, "high": one.high, "n": one.n} for one in metrics}
    return {name: {key: value for key, value in one.items() if value is not None} for name, one in found.items()}


def gate_from(value: object) -> GateResult | None:
    """Parse `{checks: [{name, passed, detail}]}`; None stays None. Raises InvalidInput."""
    if value is None:
        return None
    checks = value.get("checks") if isinstance(value, Mapping) else None
    if not isinstance(checks, list) or not checks or len(checks) > 100:
        raise InvalidInput("A gate result holds 1 to 100 checks: {checks: [{name, passed, detail}]}")
    return GateResult(tuple(_gate_check(one) for one in checks))


def _gate_check(value: object) -> GateCheck:
    if not isinstance(value, Mapping) or not value.get("name") or not isinstance(value.get("passed"), bool):
        raise InvalidInput("Each check of a gate has a name and passed: true or false")
    name = check_text(str(value["name"]), "A check's name", 100)
    return GateCheck(name, value["passed"], check_text(str(value.get("detail") or ""), "A check's detail", 500))


def gate_json(gate: GateResult | None) -> dict[str, object] | None:
    """Return a gate result as it is stored: `{passed, checks: [{name, passed, detail}]}`."""
    if gate is None:
        return None
    checks = [{"name": one.name, "passed": one.passed, "detail": one.detail} for one in gate.checks]
    return {"passed": gate.passed, "checks": checks}


def thresholds_from(value: Iterable[object]) -> tuple[Threshold, ...]:
    """Parse `[{metric, bound, value, relative}]`. Raises InvalidInput."""
    return tuple(_threshold(one) for one in value)


def _threshold(value: object) -> Threshold:
    if not isinstance(value, Mapping) or set(value) - {"metric", "bound", "value", "relative"}:
        raise InvalidInput("A threshold is {metric, bound, value, relative}")
    bound, number = value.get("bound"), value.get("value")
    if bound not in (">=", "<=") or not _finite(number):  # a set would fail for a list
        raise InvalidInput("A threshold's bound is >= or <=, and its value a finite number")
    metric = check_text(str(value.get("metric") or ""), "A threshold's metric", 100)
    if not metric:
        raise InvalidInput("A threshold must name its metric")
    return Threshold(metric, bound, float(number), bool(value.get("relative", False)))


def moment(text: str) -> datetime:
    """Parse a time with its offset and return it in UTC. Raises InvalidInput."""
    try:
        found = parse_datetime(text)
        if found is not None and found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(_NO_TIME) from error
    raise InvalidInput(_NO_TIME)
