"""Every fault of the issue's list as each vendor sends it; `dropped`, `timeout_…` are of the connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.vendors.shapes import Tokens, error, stream, whole


@dataclass(frozen=True)
class Reply:
    """An HTTP answer. `body` a dict is sent as JSON, a str as it is."""

    status: int
    body: dict[str, Any] | str
    headers: dict[str, str] = field(default_factory=dict)


ABSURD_S = 2_592_000  # "come again in a month"

# (status, code, message) of each vendor
_ERRORS: dict[str, dict[str, tuple[int, str, str]]] = {
    "bad_key": {
        "openai": (401, "invalid_api_key", "Incorrect API key provided: sk-test***key."),
        "anthropic": (401, "authentication_error", "invalid x-api-key"),
        "google": (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
    },
    "permission": {
        "openai": (403, "model_not_allowed", "Project does not have access to model."),
        "anthropic": (403, "permission_error", "Your API key does not have permission to use the resource."),
        "google": (403, "PERMISSION_DENIED", "Permission denied on resource."),
    },
    "unknown_model": {
        "openai": (404, "model_not_found", "The model `nope` does not exist or you do not have access to it."),
        "anthropic": (404, "not_found_error", "model: nope"),
        "google": (404, "NOT_FOUND", "models/nope is not found for API version v1beta."),
    },
    "retired_model": {
        "openai": (404, "model_not_found", "The model has been deprecated, learn more in the docs."),
        "anthropic": (404, "not_found_error", "model: claude-3-5-sonnet-20241022 is retired"),
        "google": (404, "NOT_FOUND", "This model is no longer available. Please update your code."),
    },
    "rate": {
        "openai": (429, "rate_limit_exceeded", "Rate limit reached for requests per min. Limit: 3."),
        "anthropic": (429, "rate_limit_error", "Number of requests has exceeded your rate limit."),
        "google": (429, "RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    },
    "quota": {
        "openai": (429, "insufficient_quota", "You exceeded your current quota, check your plan and billing details."),
        "anthropic": (400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
        "google": (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, check your plan and billing details."),
    },
    "overload_503": {
        "openai": (503, "service_unavailable", "The engine is currently overloaded, please try again later."),
        "anthropic": (503, "api_error", "Service unavailable."),
        "google": (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
    },
    "overload_529": {
        "openai": (529, "overloaded", "Overloaded"),
        "anthropic": (529, "overloaded_error", "Overloaded"),
        "google": (529, "UNAVAILABLE", "Overloaded"),
    },
    "server_500": {
        "openai": (500, "server_error", "The server had an error while processing your request."),
        "anthropic": (500, "api_error", "Internal server error"),
        "google": (500, "INTERNAL", "An internal error has occurred."),
    },
    "context": {
        "openai": (400, "context_length_exceeded", "This model's maximum context length is 8192 tokens."),
        "anthropic": (400, "invalid_request_error", "prompt is too long: 212000 tokens > 200000 maximum"),
        "google": (400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens."),
    },
    "filtered": {
        "openai": (400, "content_filter", "The response was filtered due to the content policy."),
        "anthropic": (400, "invalid_request_error", "Output blocked by content filtering policy"),
        "google": (0, "", ""),  # HTTP 200 with a blockReason
    },
}


def _said(name: str) -> Callable[[str, str], Reply]:
    def reply(vendor: str, model: str) -> Reply:
        del model
        status, code, message = _ERRORS[name][vendor]
        return Reply(status, error(vendor, status, code, message))

    return reply


def _rate(seconds: int) -> Callable[[str, str], Reply]:
    """OpenAI and Anthropic say it in a header, Google in the body."""

    def reply(vendor: str, model: str) -> Reply:
        plain = _said("rate")(vendor, model)
        if vendor != "google":
            return Reply(plain.status, plain.body, {"retry-after": str(seconds)})
        info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": f"{seconds}s"}
        assert isinstance(plain.body, dict)
        plain.body["error"]["details"] = [info]
        return plain

    return reply


def _google_quota(span: str) -> Reply:
    """Google says the same words for a minute's limit and for the day's: only the quota's id tells them apart."""
    plain = _said("quota")("google", "")
    assert isinstance(plain.body, dict)
    violation = {"quotaId": f"GenerateRequestsPer{span}PerProjectPerModel"}
    failure = {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "22s"}
    plain.body["error"]["details"] = [failure, info]
    return plain


def _quota(vendor: str, model: str) -> Reply:
    return _google_quota("Day") if vendor == "google" else _said("quota")(vendor, model)


def _minute_quota(vendor: str, model: str) -> Reply:
    return _google_quota("Minute") if vendor == "google" else _said("rate")(vendor, model)


def _filtered(vendor: str, model: str) -> Reply:
    if vendor != "google":
        return _said("filtered")(vendor, model)
    feedback = {"blockReason": "PROHIBITED_CONTENT"}
    counted = {"promptTokenCount": 120, "totalTokenCount": 120}
    return Reply(200, {"promptFeedback": feedback, "usageMetadata": counted, "modelVersion": model})


def _stream_of(name: str, vendor: str, model: str) -> str:
    text, finish = {"refused_200": ("", "refused"), "truncated": ("1: We use to", "length"), "empty": ("", "stop")}[
        name
    ]
    return "".join(stream(vendor, model, text, Tokens(back=5), finish))


def streamed(name: str, vendor: str, model: str) -> Reply:
    """The same fault where a stream was asked for."""
    plain = REPLIES[name](vendor, model)
    if plain.status != 200:
        return plain
    if name == "error_after_output":
        events = list(stream(vendor, model, "1: We use to", Tokens()))
        told = json.dumps(_said("server_500")(vendor, model).body)
        return Reply(200, "".join(events[: 3 if vendor == "anthropic" else 1]) + f"event: error\ndata: {told}\n\n")
    if name in {"refused_200", "truncated", "empty"}:
        return Reply(200, _stream_of(name, vendor, model))
    return Reply(200, f"data: {plain.body if isinstance(plain.body, str) else json.dumps(plain.body)}\n\n")


def _refused(vendor: str, model: str) -> Reply:
    return Reply(200, whole(vendor, model, "", Tokens(back=5), "refused"))


def _truncated(vendor: str, model: str) -> Reply:
    return Reply(200, whole(vendor, model, "1: We use to", Tokens(back=16), "length"))


def _broken(vendor: str, model: str) -> Reply:
    del vendor, model
    return Reply(200, '{"id": "x", "choices": [{"mess')


def _empty(vendor: str, model: str) -> Reply:
    return Reply(200, whole(vendor, model, "", Tokens(back=0)))


def _told(name: str) -> Callable[[str, str], Reply]:
    """The error of that name as the body of an HTTP 200."""
    return lambda vendor, model: Reply(200, _said(name)(vendor, model).body)


def _after_output(vendor: str, model: str) -> Reply:
    told = _said("server_500")(vendor, model).body
    assert isinstance(told, dict)
    return Reply(200, whole(vendor, model, "1: We use to", Tokens()) | told)


REPLIES: dict[str, Callable[[str, str], Reply]] = {
    **{name: _said(name) for name in _ERRORS if name not in {"filtered", "quota"}},
    "quota": _quota,
    "rate_of_a_minute": _minute_quota,
    "rate_retry_after": _rate(7),
    "rate_short": _rate(0),
    "rate_absurd": _rate(ABSURD_S),
    "filtered": _filtered,
    "refused_200": _refused,
    "truncated": _truncated,
    "broken_json": _broken,
    "empty": _empty,
    "rate_in_200": _told("rate"),
    "overload_in_200": _told("overload_529"),
    "error_after_output": _after_output,
}
CONNECTION = ("timeout_before", "timeout_during", "dropped_stream")
REFUSED_CONNECTION = "refused_connection"  # nobody listens: no server can send it
ALL = (
    "bad_key", "permission", "unknown_model", "retired_model", "rate", "rate_retry_after", "rate_absurd", "quota",
    "overload_503", "overload_529", "server_500", "timeout_before", "timeout_during", REFUSED_CONNECTION,
    "dropped_stream", "context", "filtered", "refused_200", "truncated", "broken_json", "empty",
    "rate_in_200", "overload_in_200", "error_after_output",
)  # fmt: skip
