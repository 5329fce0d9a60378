"""Anthropic's messages by its own SDK: thinking off, caching only on request, one try, the raw answer read by us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, count_at, part, text_at
from serving.backends.base import RewriteRequest, RewriteResult, Usage
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

VENDOR = "https://api.anthropic.com"
FINISHES = {
    "end_turn": answers.STOP, "stop_sequence": answers.STOP, "max_tokens": answers.LENGTH,
    "refusal": answers.REFUSED, "model_context_window_exceeded": answers.CONTEXT,
}  # fmt: skip
STATUSES = {"overloaded_error": 529, "rate_limit_error": 429, "api_error": 500, "timeout_error": 504}


class AnthropicBackend:
    """Built once per process and configuration (see `factory`)."""

    name = "anthropic"

    def __init__(self, target: Target) -> None:
        from anthropic import Anthropic  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._client = Anthropic(
            api_key=target.key or "none",
            auth_token=None,
            base_url=target.base_url or VENDOR,
            max_retries=0,  # the gateway tries again itself, within the deadline and with a row for each try
            http_client=http_transport.make_client(target.base_url),
        )

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Ask once. Raises BackendError and nothing else."""
        import anthropic
        import httpx2

        streamed: list[str] = []
        with http_transport.within(request.deadline_s):
            try:
                came = self._ask(request, streamed)
            except anthropic.APIConnectionError as error:
                raise failures.lost(self._target, request, error.__cause__, "".join(streamed)) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:  # inside a stream the SDK wraps nothing
                raise failures.lost(self._target, request, error, "".join(streamed)) from None
            except anthropic.APIStatusError as error:
                status = error.status_code
                if status == 200:  # an error sent inside a stream
                    status = STATUSES.get(error.type or "", 500)
                seen = failures.refusal(status, error.body or error.message, error.response.headers)
                raise failures.failure(self._target, seen) from None
            except ValueError as error:
                raise answers.not_json(self._target) from error
        return answers.checked(self._target, came, request)

    def close(self) -> None:
        self._client.close()

    def _ask(self, request: RewriteRequest, streamed: list[str]) -> Came:
        import httpx2

        body = self.body(request)
        if self._target.options.get("stream"):
            plain = {name: value for name, value in body.items() if name != "temperature"}
            more = {"temperature": body["temperature"]} if "temperature" in body else None  # `create` has dropped it
            with self._client.messages.create(
                **plain, stream=True, extra_body=more, timeout=request.deadline_s
            ) as events:
                return self._gather((event.to_dict() for event in events), request, streamed)
        # The SDK's own way for a body that is ready: what `create` does to it beforehand costs a fifth of the call.
        raw = self._client.post(
            "/v1/messages", cast_to=httpx2.Response, body=body, options={"timeout": request.deadline_s}
        )
        return self._read(answers.parsed(self._target, raw.content))

    def body(self, request: RewriteRequest) -> dict[str, Any]:
        """What is sent. Only what the model takes: an unknown parameter is a refused request."""
        can, target = self._target.capabilities, self._target
        body: dict[str, Any] = {"model": target.model, "messages": [_user(request)]}
        body["max_tokens"] = min(request.max_output_tokens or can.max_output, can.max_output)
        if request.system:
            body["system"] = [_system(request)]
        if can.takes_temperature and request.temperature is not None:
            body["temperature"] = request.temperature
        output: dict[str, Any] = {}
        if can.thinking == "off":
            body["thinking"] = {"type": "disabled"}
        elif can.thinking == "lowest":
            output["effort"] = can.thinking_floor
        if can.takes_json_schema and request.response_schema:
            output["format"] = {"type": "json_schema", "schema": json.loads(request.response_schema)}
        return body | ({"output_config": output} if output else {})

    def _gather(self, events: Iterator[Mapping[str, object]], request: RewriteRequest, streamed: list[str]) -> Came:
        """Counts are running totals: what a later event says replaces what an earlier one said, it never adds."""
        finish, model = "", self._target.model
        usage: dict[str, object] = {}
        for event in events:
            streamed.append(text_at(event, "delta", "text"))
            model = text_at(event, "message", "model") or model
            finish = text_at(event, "delta", "stop_reason") or finish
            for found in (part(event, "message", "usage"), part(event, "usage")):
                if isinstance(found, Mapping):
                    usage |= {name: count for name, count in found.items() if count is not None}
        text = "".join(streamed)
        if not finish:
            raise failures.dropped(self._target, request, text)
        return Came(text, FINISHES.get(finish, finish), usage_of(usage), model)

    def _read(self, answer: answers.Json) -> Came:
        blocks = part(answer, "content")
        text = "".join(text_at(block, "text") for block in blocks) if isinstance(blocks, list) else ""
        finish, model = text_at(answer, "stop_reason"), text_at(answer, "model") or self._target.model
        return Came(text, FINISHES.get(finish, finish), usage_of(part(answer, "usage")), model)


def usage_of(usage: object) -> Usage:
    """Anthropic's input leaves out what was read from and written to the cache; ours is all of it."""
    if not isinstance(usage, Mapping) or not usage:
        return Usage(estimated=True)
    cached, written = count_at(usage, "cache_read_input_tokens"), count_at(usage, "cache_creation_input_tokens")
    return Usage(
        tokens_in=count_at(usage, "input_tokens") + cached + written,
        tokens_cached=cached,
        tokens_cache_write=written,
        tokens_out=count_at(usage, "output_tokens"),
        tokens_thinking=count_at(usage, "output_tokens_details", "thinking_tokens"),
        raw=json.dumps(usage),
    )


def _user(request: RewriteRequest) -> dict[str, Any]:
    return {"role": "user", "content": request.prompt or request.text}


def _system(request: RewriteRequest) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": request.system}
    return block | ({"cache_control": {"type": "ephemeral"}} if request.cache_prefix else {})
