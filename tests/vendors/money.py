"""Answers whose price is hard to read: odd usage, errors told with HTTP 200 or inside a stream, odd content.

Each shape says what it is to the ledger. They are generated from what each vendor sends when all goes well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from tests.vendors import shapes
from tests.vendors.faults import Reply
from tests.vendors.shapes import Tokens

Json = dict[str, Any]
Booked = Literal["counted", "estimated", "prompt", "nothing"]
TEXT = "1: We use tools."
REASONING = "First I look at the verb, then at its object, and then I choose the plainer word of the two."
MODEL = "small-1"
KEYS = {
    "openai": ("usage", "prompt_tokens", "completion_tokens"),
    "anthropic": ("usage", "input_tokens", "output_tokens"),
    "google": ("usageMetadata", "promptTokenCount", "candidatesTokenCount"),
}


@dataclass(frozen=True)
class MoneyShape:
    """`kind` of the failure, empty for an answer. `booked`: the vendor's own counts, an estimate of all that came, an
    estimate of the prompt alone, or a certain zero."""

    name: str
    vendor: str
    streamed: bool
    reply: Reply
    kind: str
    booked: Booked
    text: str = TEXT

    @property
    def family(self) -> str:
        return self.name.split()[0]

    def __str__(self) -> str:
        return f"{self.vendor}-{'streamed' if self.streamed else 'whole'}-{self.name}"


def all_shapes() -> list[MoneyShape]:
    return [*_usage_shapes(), *_running_totals(), *_errors_told(), *_content_shapes(), *_unreadable()]


# Usage that cannot be read, or not as a whole


def _counts(sent: object, back: object) -> Callable[[str], object]:
    def usage(vendor: str) -> object:
        _, key_in, key_out = KEYS[vendor]
        return {key_in: sent, key_out: back}

    return usage


def _only(which: int, count: int) -> Callable[[str], object]:
    return lambda vendor: {KEYS[vendor][which]: count}


def _as_it_is(value: object) -> Callable[[str], object]:
    return lambda vendor: value


MISSING = object()
USAGES: dict[str, Callable[[str], object]] = {
    "missing": _as_it_is(MISSING), "null": _as_it_is(None), "empty": _as_it_is({}), "list": _as_it_is([120, 30]),
    "string": _as_it_is("120 in, 30 out"), "number": _as_it_is(150), "true": _as_it_is(True),
    "other keys": _as_it_is({"tokens": 150}),
    "zero": _counts(0, 0), "zero prompt": _counts(0, 30), "zero output": _counts(120, 0), "nulls": _counts(None, None),
    "only prompt": _only(1, 120), "only output": _only(2, 30), "strings": _counts("120", "30"),
    "words": _counts("many", "few"), "negative": _counts(-120, -30), "negative output": _counts(120, -1),
    "NaN": _counts(float("nan"), float("nan")), "infinite": _counts(float("inf"), 30), "huge": _counts(10**15, 10**15),
    "past 64 bits": _counts(120, 10**40), "fractions": _counts(120.5, 30.5), "lists": _counts([120], [30]),
    "objects": _counts({"value": 120}, {"value": 30}), "truths": _counts(True, True),
}  # fmt: skip
# Odd next to sound counts: what can be read is the vendor's word.
SOUND: dict[str, Json] = {
    "details that are lists": {"prompt_tokens_details": [1], "completion_tokens_details": ["x"]},
    "NaN in a price": {"cost": float("nan"), "total_cost": float("-inf")},
    "half a character": {"note": "\ud83d", "other": "a\u0000b"},
    "deep": {"deep": json.loads("[" * 50 + "]" * 50)},
}


def _usage_shapes() -> Iterator[MoneyShape]:
    for vendor in KEYS:
        for name, make in USAGES.items():
            for streamed in (False, True):
                reply = _with_usage(vendor, streamed, make(vendor))
                yield MoneyShape(f"usage {name}", vendor, streamed, reply, "", "estimated")
        for name, extra in SOUND.items():
            for streamed in (False, True):
                reply = _with_usage(vendor, streamed, shapes.usage(vendor, Tokens()) | extra)
                yield MoneyShape(f"usage with {name}", vendor, streamed, reply, "", "counted")


def _with_usage(vendor: str, streamed: bool, usage: object) -> Reply:
    if streamed:
        return _stream(vendor, [_replaced(vendor, one, usage) for one in events(vendor)])
    return Reply(200, _replaced(vendor, answer(vendor), usage))


def _replaced(vendor: str, found: Json, usage: object) -> Json:
    """The object with this usage wherever it has one."""
    key, made = KEYS[vendor][0], deepcopy(found)
    for holder in (made, made.get("message")):
        if isinstance(holder, dict) and holder.get(key):
            del holder[key]
            if usage is not MISSING:
                holder[key] = usage
    return made


def answer(vendor: str, text: str = TEXT) -> Json:
    return shapes.whole(vendor, MODEL, text, Tokens())


def events(vendor: str, text: str = TEXT) -> list[Json]:
    lines = "".join(shapes.stream(vendor, MODEL, text, Tokens())).splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def _stream(vendor: str, found: list[Json], end: str = "data: [DONE]\n\n") -> Reply:
    heads = [f"event: {one.get('type')}\n" if vendor == "anthropic" else "" for one in found]
    lines = [f"{head}data: {json.dumps(one)}\n\n" for head, one in zip(heads, found, strict=True)]
    return Reply(200, "".join(lines) + (end if vendor == "openai" else ""))


def _running_totals() -> Iterator[MoneyShape]:
    """An early count is not yet a bill: a zero, or nothing, in the last one takes its place."""
    for vendor, (key, _, key_out) in KEYS.items():
        early = shapes.usage(vendor, Tokens(back=1))
        zero = {name: 0 for name in early if isinstance(early[name], int)}
        for name, last in (("zero", zero), ("missing", MISSING), ("null", None)):
            found = events(vendor)
            first = found[0].get("message") if vendor == "anthropic" else found[0]
            assert isinstance(first, dict)
            first[key] = early
            for place, one in enumerate(found[1:], 1):
                found[place] = _replaced(vendor, one, last)
            yield MoneyShape(f"early count, then {name}", vendor, True, _stream(vendor, found), "", "estimated")
        found = events(vendor)
        found[-2 if vendor == "anthropic" else -1].setdefault(key, {})[key_out] = 30
        yield MoneyShape("count in the last event", vendor, True, _stream(vendor, found), "", "counted")


# Errors told with HTTP 200


DIALECTS: dict[str, tuple[Json, str]] = {
    "sentence": ({"error": "Rate limit exceeded, slow down"}, "rate"),
    "sentence of a fault": ({"error": "CUDA error: an illegal memory access was encountered"}, "server"),
    "number": ({"error": {"code": 429, "message": "Slow down"}}, "rate"),
    "number as a string": ({"error": {"code": "429", "message": "Slow down"}}, "rate"),
    "type": ({"error": {"type": "rate_limit_error", "message": "Slow down"}}, "rate"),
    "code": ({"error": {"type": "invalid_request_error", "code": "rate_limit_exceeded", "message": "Slow"}}, "rate"),
    "status": ({"error": {"status": "RESOURCE_EXHAUSTED", "message": "Slow down"}}, "rate"),
    "list": ({"error": [{"message": "Too many requests"}]}, "rate"),
    "overloaded": ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, "overload"),
    "no number": ({"error": {"message": "Something went wrong", "code": None}}, "server"),
    "fault": ({"error": {"code": 500, "message": "Internal error", "status": "INTERNAL"}}, "server"),
    "key": ({"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, "auth"),
    "quota": ({"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}, "quota"),
}
SERVERS: dict[str, tuple[Json, str]] = {
    "TGI": ({"error": "Model is overloaded", "error_type": "overloaded"}, "overload"),
    "llama.cpp": ({"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "overload"),
    "vLLM": ({"object": "error", "message": "This model's maximum context length is 4096 tokens.",
              "type": "BadRequestError", "param": None, "code": 400}, "context"),
    "Ollama": ({"error": "model 'nope' not found, try pulling it first"}, "retired"),
    "LiteLLM": ({"error": {"message": "litellm.RateLimitError: too many", "type": "throttling_error", "param": None,
                           "code": "429"}}, "rate"),
    "OpenRouter": ({"error": {"code": 502, "message": "Provider returned error", "metadata": {"raw": "x"}},
                    "user_id": "u"}, "server"),
    "OpenRouter credits": ({"error": {"code": 402, "message": "Insufficient credits"}}, "quota"),
    "OpenRouter choice": ({"choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error",
                                        "error": {"code": 429, "message": "Slow down"}}]}, "rate"),
}  # fmt: skip
UNBILLED = {"rate", "overload", "auth", "quota", "retired", "context"}


def _errors_told() -> Iterator[MoneyShape]:
    for vendor in KEYS:
        for name, (body, kind) in (DIALECTS | (SERVERS if vendor == "openai" else {})).items():
            alone: Booked = "nothing" if kind in UNBILLED else "prompt"
            yield MoneyShape(f"error {name}", vendor, False, Reply(200, body), kind, alone)
            both = Reply(200, answer(vendor) | {name: body[name] for name in body if name != "choices"})
            if "error" in body:
                yield MoneyShape(f"error {name} with an answer", vendor, False, both, kind, "estimated")
            for place, at in _places(vendor).items():
                found = events(vendor)
                reply = _stream(vendor, [*found[:at], body])
                yield MoneyShape(f"error {name} {place}", vendor, True, reply, kind, "estimated" if at else alone)
        yield from _named_errors(vendor)


def _places(vendor: str) -> dict[str, int]:
    whole = len(events(vendor))
    before_usage = {"openai": whole - 1, "anthropic": whole - 2, "google": whole}[vendor]
    begun = {"openai": 1, "anthropic": 3, "google": 1}[vendor]
    return {"first": 0, "after output began": begun, "before the usage": before_usage, "at the end": whole}


def _named_errors(vendor: str) -> Iterator[MoneyShape]:
    """An event whose name, and nothing in its data, says that it is an error."""
    text = _begun(vendor) + 'event: error\ndata: {"message": "overloaded"}\n\n'
    yield MoneyShape("error by its event's name", vendor, True, Reply(200, text), "overload", "estimated")


def _begun(vendor: str) -> str:
    """A stream after its first words."""
    text = _stream(vendor, events(vendor)[: _places(vendor)["after output began"]], end="").body
    assert isinstance(text, str)
    return text


# Content that is not a string


CONTENTS: dict[str, object] = {
    "a text part": [{"type": "text", "text": TEXT}],
    "text parts": [{"type": "text", "text": TEXT[:5]}, {"type": "text", "text": TEXT[5:]}],
    "output text": [{"type": "output_text", "text": TEXT, "annotations": []}],
    "strings": [TEXT[:5], TEXT[5:]],
    "a text with a value": [{"type": "text", "text": {"value": TEXT, "annotations": []}}],
    "one part": {"type": "text", "text": TEXT},
    "nested parts": [{"type": "message", "content": [{"type": "output_text", "text": TEXT}]}],
    "an image too": [{"type": "image_url", "image_url": {"url": "data:x"}}, {"type": "text", "text": TEXT}],
    "thinking too": [{"type": "thinking", "thinking": [{"type": "text", "text": REASONING}]},
                     {"type": "text", "text": TEXT}],
    "nothing odd": [None, 5, {"type": "text", "text": TEXT}, {"type": "text"}, []],
}  # fmt: skip
MESSAGES: dict[str, tuple[Json, str]] = {
    "a refusal": ({"content": None, "refusal": "I cannot help with that."}, "refused"),
    "a refusal part": ({"content": [{"type": "refusal", "refusal": "I cannot help."}]}, "refused"),
    "reasoning": ({"content": TEXT, "reasoning_content": REASONING}, ""),
    "reasoning twice": ({"content": TEXT, "reasoning": REASONING, "reasoning_details": [{"text": REASONING}]}, ""),
    "reasoning alone": ({"content": None, "reasoning_content": REASONING}, "bad_output"),
    "a tool's call": ({"content": None, "tool_calls": [{"function": {"arguments": REASONING}}]}, "bad_output"),
}


def _content_shapes() -> Iterator[MoneyShape]:
    made = {name: ({"content": content}, "") for name, content in CONTENTS.items()} | MESSAGES
    for name, (message, kind) in made.items():
        for usage in ("counted", "missing"):
            booked: Booked = "counted" if usage == "counted" else "estimated"
            whole = answer("openai")
            whole["choices"][0]["message"] = {"role": "assistant", **message}
            found = events("openai")
            found[1:2] = []
            found[0]["choices"][0]["delta"] = {"role": "assistant", **message}
            if usage == "missing":
                del whole["usage"]
                found.pop()
            yield MoneyShape(f"content {name}, {usage}", "openai", False, Reply(200, whole), kind, booked)
            yield MoneyShape(f"content {name}, {usage}", "openai", True, _stream("openai", found), kind, booked)
    yield from _blocks("anthropic", "content", [{"type": "thinking", "thinking": REASONING, "signature": "s" * 400}])
    yield from _blocks("google", "candidates", [{"text": REASONING, "thought": True}])


def _blocks(vendor: str, key: str, hidden: list[Json]) -> Iterator[MoneyShape]:
    """Reasoning that is billed and not part of the text, with and without a count."""
    for counted in (True, False):
        whole = answer(vendor)
        blocks = whole[key] if vendor == "anthropic" else whole[key][0]["content"]["parts"]
        blocks[:0] = hidden
        if not counted:
            del whole[KEYS[vendor][0]]
        booked: Booked = "counted" if counted else "estimated"
        yield MoneyShape(f"hidden reasoning, {counted}", vendor, False, Reply(200, whole), "", booked)


# Bodies of which nothing can be read


BODIES = {
    "half an object": '{"id": "x", "choices": [{"mess', "a page": "<html><body>Welcome</body></html>", "nothing": "",
    "null": "null", "a string": '"hello"', "an empty list": "[]", "deep": "[" * 100_000, "an empty object": "{}",
}  # fmt: skip


def _unreadable() -> Iterator[MoneyShape]:
    for vendor in KEYS:
        for name, body in BODIES.items():
            yield MoneyShape(f"body {name}", vendor, False, Reply(200, body), "bad_output", "estimated")
        cut, broken = '{"id": "x', '{"id": "x\n\n'
        for name, rest, kind in (("cut in an event", cut, "network"), ("with a broken event", broken, "bad_output")):
            reply = Reply(200, f"{_begun(vendor)}data: {rest}")
            yield MoneyShape(f"stream {name}", vendor, True, reply, kind, "estimated")
