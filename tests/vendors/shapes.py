"""What each vendor sends when all goes well, whole and as a stream, and how each says that something is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Tokens:
    """What the vendor counts: `sent` is all of the input, `thinking` is part of nothing yet."""

    sent: int = 120
    cached: int = 0
    written: int = 0
    back: int = 30
    thinking: int = 0
    tool: int = 0


def usage(vendor: str, tokens: Tokens) -> dict[str, Any]:
    """The same call as each vendor counts it."""
    if vendor == "openai":
        return {
            "prompt_tokens": tokens.sent,
            "completion_tokens": tokens.back + tokens.thinking,
            "total_tokens": tokens.sent + tokens.back + tokens.thinking,
            "prompt_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.written},
            "completion_tokens_details": {"reasoning_tokens": tokens.thinking},
        }
    if vendor == "anthropic":
        return {
            "input_tokens": tokens.sent - tokens.cached - tokens.written,
            "cache_creation_input_tokens": tokens.written,
            "cache_read_input_tokens": tokens.cached,
            "cache_creation": {"ephemeral_5m_input_tokens": tokens.written, "ephemeral_1h_input_tokens": 0},
            "output_tokens": tokens.back + tokens.thinking,
            "output_tokens_details": {"thinking_tokens": tokens.thinking},
            "service_tier": "standard",
        }
    found = {
        "promptTokenCount": tokens.sent - tokens.tool,
        "candidatesTokenCount": tokens.back,
        "totalTokenCount": tokens.sent + tokens.back + tokens.thinking,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": tokens.sent - tokens.tool}],
    }
    if tokens.cached:
        found |= {"cachedContentTokenCount": tokens.cached}
        found |= {"cacheTokensDetails": [{"modality": "TEXT", "tokenCount": tokens.cached}]}
    if tokens.tool:
        found["toolUsePromptTokenCount"] = tokens.tool
    return found | ({"thoughtsTokenCount": tokens.thinking} if tokens.thinking else {})


FINISHES = {
    "stop": {"openai": "stop", "anthropic": "end_turn", "google": "STOP"},
    "length": {"openai": "length", "anthropic": "max_tokens", "google": "MAX_TOKENS"},
    "refused": {"openai": "stop", "anthropic": "refusal", "google": "SAFETY"},
}


def whole(vendor: str, model: str, text: str, tokens: Tokens, finish: str = "stop") -> dict[str, Any]:
    reason, counted = FINISHES[finish][vendor], usage(vendor, tokens)
    if vendor == "openai":
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        if finish == "refused":
            message |= {"content": None, "refusal": "I cannot help with that."}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": model}
        return head | {"choices": [choice], "usage": counted, "service_tier": "default"}
    if vendor == "anthropic":
        blocks = [{"type": "text", "text": text}] if text else []
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": blocks}
        return head | {"stop_reason": reason, "stop_sequence": None, "usage": counted}
    candidate: dict[str, Any] = {"finishReason": reason, "index": 0}
    if text:
        candidate["content"] = {"parts": [{"text": text}], "role": "model"}
    return {"candidates": [candidate], "usageMetadata": counted, "modelVersion": model, "responseId": "r1"}


def stream(vendor: str, model: str, text: str, tokens: Tokens, finish: str = "stop") -> Iterator[str]:
    """The lines of server-sent events; the text comes in two parts, the last chunk is the one that ends it."""
    parts = (text[: len(text) // 2], text[len(text) // 2 :])
    makers = {"openai": _openai_stream, "anthropic": _anthropic_stream, "google": _google_stream}
    yield from makers[vendor](model, parts, tokens, finish)


def _openai_stream(model: str, parts: tuple[str, str], tokens: Tokens, finish: str) -> Iterator[str]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": model}
    for number, part in enumerate(parts):
        delta = {"role": "assistant", "content": part} if number == 0 else {"content": part}
        yield _event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None})
    last = {"refusal": "I cannot help with that."} if finish == "refused" else {}
    reason = FINISHES[finish]["openai"]
    yield _event(head | {"choices": [{"index": 0, "delta": last, "finish_reason": reason}], "usage": None})
    yield _event(head | {"choices": [], "usage": usage("openai", tokens)})  # the terminal chunk
    yield "data: [DONE]\n\n"


def _anthropic_stream(model: str, parts: tuple[str, str], tokens: Tokens, finish: str) -> Iterator[str]:
    counted = usage("anthropic", tokens)
    message = whole("anthropic", model, "", tokens) | {"usage": counted | {"output_tokens": 1}, "stop_reason": None}
    yield _named("message_start", {"message": message})
    yield _named("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
    for part in parts:
        yield _named("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": part}})
    yield _named("content_block_stop", {"index": 0})
    # The last event repeats the cache counts: running totals, not more tokens.
    ending = {"delta": {"stop_reason": FINISHES[finish]["anthropic"], "stop_sequence": None}, "usage": counted}
    yield _named("message_delta", ending)
    yield _named("message_stop", {})


def _google_stream(model: str, parts: tuple[str, str], tokens: Tokens, finish: str) -> Iterator[str]:
    first = whole("google", model, parts[0], Tokens(tokens.sent, tokens.cached, 0, 1, 0, tokens.tool))
    del first["candidates"][0]["finishReason"]
    yield _event(first)
    yield _event(whole("google", model, parts[1], tokens, finish))


def _event(data: Mapping[str, object]) -> str:
    return f"data: {json.dumps(data)}\n\n"


def _named(kind: str, data: Mapping[str, object]) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"


def error(vendor: str, status: int, code: str, message: str) -> dict[str, Any]:
    """The body of an error; `code` is the vendor's own word for it."""
    if vendor == "openai":
        kind = "insufficient_quota" if code == "insufficient_quota" else "invalid_request_error"
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}
    if vendor == "anthropic":
        return {"type": "error", "error": {"type": code, "message": message}, "request_id": "req_1"}
    return {"error": {"code": status, "message": message, "status": code}}
