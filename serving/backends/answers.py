"""What came back with HTTP 200, checked alike for every vendor: an answer that is none is a typed failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from serving.backends.base import (
    BackendError,
    BadOutputError,
    ContextError,
    FilterError,
    RefusedError,
    RewriteRequest,
    RewriteResult,
    TruncatedError,
    Usage,
)
from serving.backends.failures import estimated
from serving.backends.target import Target

Json = Mapping[str, object]
STOP, LENGTH, FILTERED, REFUSED, CONTEXT = "stop", "length", "filter", "refused", "context"


@dataclass(frozen=True, slots=True)
class Came:
    """An answer as its vendor's module read it; `finish` is one of the words above, empty when none was sent."""

    text: str
    finish: str
    usage: Usage
    model: str
    service_tier: str = ""


def checked(target: Target, came: Came, request: RewriteRequest) -> RewriteResult:
    """Raises the failure that the answer is; the usage goes with it, since the vendor bills it all the same."""
    found = _failure(target, came)
    usage = estimated(request, came.text) if came.usage.estimated else came.usage
    if found is not None:
        found.usage, found.model = usage, came.model
        raise found
    return RewriteResult(model=came.model, text=came.text, usage=usage, service_tier=came.service_tier)


def _failure(target: Target, came: Came) -> BackendError | None:
    name = target.name
    if came.finish == FILTERED:
        return FilterError(f"The vendor of {name} filtered the request")
    if came.finish == REFUSED:
        return RefusedError(f"{name} refused to rewrite this text")
    if came.finish == CONTEXT:
        return ContextError(f"The text is too long for {name}")
    if came.finish == LENGTH:
        return TruncatedError(f"{name} stopped before the end of its answer")
    if not came.text.strip():
        return BadOutputError(f"{name} sent an empty answer")
    return None


def parsed(target: Target, body: str | bytes) -> Json:
    """The body as a JSON object. Raises BadOutputError."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise not_json(target) from error
    if not isinstance(found, dict):
        raise BadOutputError(f"{target.name} sent JSON that is no answer", model=target.model)
    return found


def not_json(target: Target) -> BadOutputError:
    return BadOutputError(f"{target.name} sent something that is not JSON", model=target.model)


def part(value: object, *path: str | int) -> object:
    """The value at a path through objects and lists, or None where there is nothing."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, Mapping) else None
        else:
            value = value[step] if isinstance(value, list) and len(value) > step else None
    return value


def text_at(value: object, *path: str | int) -> str:
    found = part(value, *path)
    return found if isinstance(found, str) else ""


def count_at(value: object, *path: str | int) -> int:
    """A number of tokens; 0 where the vendor sent none or nonsense."""
    found = part(value, *path)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0
