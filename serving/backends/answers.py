"""Reads what came back with HTTP 200, the same way for every vendor. An unusable answer is a typed failure."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from serving.backends import failures
from serving.backends.base import (
    BackendError,
    BadOutputError,
    ContextError,
    FilterError,
    RefusedError,
    RewriteRequest,
    RewriteResult,
    ServerError,
    TruncatedError,
    Usage,
)
from serving.backends.target import Target

Json = Mapping[str, object]
STOP, LENGTH, FILTERED, REFUSED, CONTEXT, FAILED = "stop", "length", "filter", "refused", "context", "error"
MOST_COUNTED = 10_000_000  # tokens of one call: no model reads or writes so many, so that a higher count is nonsense
_HIDDEN_TYPES = ("thinking", "redacted_thinking", "reasoning", "thought", "tool", "function", "input_json")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Content:
    """The text of an answer. `hidden` counts characters that the vendor bills as output but that are not part of the
    text: reasoning, a refusal, a tool's arguments. `refused` is the text of a refusal."""

    text: str = ""
    hidden: int = 0
    refused: str = ""


@dataclass(slots=True)
class Came:
    """What has arrived of an answer so far. The vendor's module fills it, at once or event by event.

    `finish` is one of the words above, or empty until the vendor sends it. `usage` holds the highest counts that were
    sent; `counted_in` and `counted_out` say which of them are final and not running totals.
    """

    model: str
    text: str = ""
    finish: str = ""
    usage: Usage = field(default_factory=Usage)
    service_tier: str = ""
    hidden: int = 0
    refused: str = ""
    counted_in: bool = False
    counted_out: bool = False

    @property
    def output(self) -> int:
        """The number of characters that the vendor bills as output."""
        return len(self.text) + self.hidden + len(self.refused)

    @property
    def began(self) -> bool:
        return bool(self.output or self.usage.tokens_in or self.usage.tokens_out)

    def add(self, content: Content) -> None:
        self.text += content.text
        self.hidden += content.hidden
        self.refused += content.refused

    def count(self, usage: Usage, *, final_in: bool = True, final_out: bool = True) -> None:
        """Record counts.

        They are running totals: they are not added up, and a later zero does not undo an earlier count.
        """
        kept = usage if usage.tokens_in or usage.tokens_out else self.usage
        most_in = max(usage.tokens_in, self.usage.tokens_in)
        most_out = max(usage.tokens_out, self.usage.tokens_out)
        self.usage = replace(kept, tokens_in=most_in, tokens_out=most_out)
        self.counted_in = self.counted_in or (final_in and usage.tokens_in > 0)
        self.counted_out = self.counted_out or (final_out and usage.tokens_out > 0)


def checked(target: Target, came: Came, request: RewriteRequest) -> RewriteResult:
    """Return a usable answer.

    Raises the failure that the answer amounts to, with its usage, since the vendor bills it anyway.
    """
    found, usage = _failure(target, came), billed_usage(request, came)
    if found is not None:
        found.usage, found.model = usage, came.model
        raise found
    return RewriteResult(model=came.model, text=came.text, usage=usage, service_tier=came.service_tier)


def billed_usage(request: RewriteRequest, came: Came) -> Usage:
    """Return the vendor's counts where they are plausible, otherwise an estimate: neither a prompt nor output has 0
    tokens.
    """
    if came.counted_in and (came.counted_out or not came.output):
        return came.usage
    return _estimated_usage(came, failures.estimate(failures.characters_sent(request), len(request.text), came.output))


def stopped_usage(request: RewriteRequest, came: Came) -> Usage:
    """Estimate an answer that its vendor ended with an error: the prompt, and what arrived."""
    tokens_out = failures.tokens_of(came.output)
    return _estimated_usage(came, replace(prompt_usage(request), tokens_out=tokens_out))


def lost_usage(request: RewriteRequest, came: Came) -> Usage:
    """Estimate an answer whose end never arrived, although the vendor may have written it."""
    guess = failures.estimate(failures.characters_sent(request), len(request.text), came.output)
    return _estimated_usage(replace(came, counted_in=False, counted_out=False), guess)


def prompt_usage(request: RewriteRequest) -> Usage:
    """Estimate a call that the model may have read but did not answer."""
    return Usage(tokens_in=failures.tokens_of(failures.characters_sent(request)), estimated=True)


def _estimated_usage(came: Came, guess: Usage) -> Usage:
    """Use final counts where they exist; a running total is only a minimum."""
    counted = came.usage
    tokens_in = counted.tokens_in if came.counted_in else max(counted.tokens_in, guess.tokens_in)
    tokens_out = counted.tokens_out if came.counted_out else max(counted.tokens_out, guess.tokens_out)
    return replace(counted, tokens_in=tokens_in, tokens_out=tokens_out, estimated=True)


def _failure(target: Target, came: Came) -> BackendError | None:
    name = target.name
    if came.finish == FAILED:
        return ServerError(f"The vendor of {name} failed during its answer")
    if came.finish == FILTERED:
        return FilterError(f"The vendor of {name} filtered the request")
    if came.finish == REFUSED or (came.refused and not came.text.strip()):
        return RefusedError(f"{name} refused to rewrite this text")
    if came.finish == CONTEXT:
        return ContextError(f"The text is too long for {name}")
    if came.finish == LENGTH:
        return TruncatedError(f"{name} stopped before the end of its answer")
    if not came.text.strip():
        return BadOutputError(f"{name} sent an empty answer")
    return None


def parsed(target: Target, body: str | bytes, request: RewriteRequest) -> Json:
    """Parse the body as a JSON object. Raises BadOutputError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise not_json(target, request) from error
    if isinstance(found, list) and len(found) == 1:  # Google wraps an error so
        found = found[0]
    if not isinstance(found, dict):
        raise BadOutputError(
            f"{target.name} sent JSON that is not an answer", model=target.model, usage=failures.estimated(request)
        )
    return found


def not_json(target: Target, request: RewriteRequest, came: Came | None = None) -> BadOutputError:
    """Return the failure of an answer that cannot be read; its cost is an estimate."""
    usage = lost_usage(request, came) if came else failures.estimated(request)
    return BadOutputError(f"{target.name} sent something that is not JSON", model=target.model, usage=usage)


def content_of(value: object, depth: int = 0) -> Content:
    """Return the text of a string, a part, or a list of parts, however nested."""
    if isinstance(value, str):
        return Content(value)
    if depth > _DEEPEST:
        return Content()
    if isinstance(value, list):
        parts = [content_of(one, depth + 1) for one in value]
        hidden, refused = sum(one.hidden for one in parts), "".join(one.refused for one in parts)
        return Content("".join(one.text for one in parts), hidden, refused)
    return _part_content(value, depth) if isinstance(value, Mapping) else Content()


def _part_content(found: Json, depth: int) -> Content:
    kind = text_at(found, "type")
    if kind.startswith(_HIDDEN_TYPES) or found.get("thought") is True or "functionCall" in found:
        return Content(hidden=letters_in(found))
    if text_at(found, "refusal"):
        return Content(refused=text_at(found, "refusal"))
    for name in ("text", "value", "content", "parts"):
        if found.get(name) is not None:
            return content_of(found[name], depth + 1)
    return Content()


_NO_OUTPUT = frozenset({"type", "id", "call_id", "signature", "format", "thoughtSignature", "role"})


def letters_in(value: object, depth: int = 0) -> int:
    """Count the characters of all strings inside, except names and signatures of parts."""
    if isinstance(value, str):
        return len(value)
    if depth > _DEEPEST:
        return 0
    if isinstance(value, Mapping):
        return sum(letters_in(one, depth + 1) for name, one in value.items() if name not in _NO_OUTPUT)
    return sum(letters_in(one, depth + 1) for one in value) if isinstance(value, list) else 0


def part(value: object, *path: str | int) -> object:
    """Return the value at a path through objects and lists, or None."""
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
    """Return a number of tokens; 0 if the vendor sent none or an impossible one."""
    found = part(value, *path)
    if not isinstance(found, int) or isinstance(found, bool):
        return 0
    return found if 0 < found <= MOST_COUNTED else 0


def raw_usage(usage: object) -> str:
    """Return the vendor's own usage object as JSON that a database can store, without NaN and half characters."""
    return json.dumps(_storable(usage)) if isinstance(usage, Mapping) and usage else ""


def _storable(value: object, depth: int = 0) -> object:
    if isinstance(value, str):
        return value[:200].encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**30 else str(value)[:200]
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(_storable(name)): _storable(one, depth + 1) for name, one in list(value.items())[:100]}
    return [_storable(one, depth + 1) for one in value[:100]] if isinstance(value, list) else str(type(value).__name__)
