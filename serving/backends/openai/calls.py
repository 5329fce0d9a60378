"""OpenAI's chat completions by its own SDK: thinking off, caching explicit, one try, the raw answer read by us."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, count_at, part, text_at
from serving.backends.base import RewriteRequest, RewriteResult, Usage
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

if TYPE_CHECKING:
    from openai import APIError, Stream
    from openai.types.chat import ChatCompletionChunk

VENDOR = "https://api.openai.com/v1"
FINISHES = {
    "stop": answers.STOP, "length": answers.LENGTH, "content_filter": answers.FILTERED,
}  # fmt: skip


class OpenAIBackend:
    """Built once per process and configuration (see `factory`)."""

    name = "openai"

    def __init__(self, target: Target) -> None:
        from openai import OpenAI  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._client = OpenAI(
            api_key=target.key or "none",
            base_url=target.base_url or VENDOR,
            max_retries=0,  # the gateway tries again itself, within the deadline and with a row for each try
            http_client=http_transport.make_client(target.base_url),
        )

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Ask once. Raises BackendError and nothing else."""
        import httpx2
        import openai

        streamed: list[str] = []
        with http_transport.within(request.deadline_s):
            try:
                came = self._ask(request, streamed)
            except openai.APIConnectionError as error:
                raise failures.lost(self._target, request, error.__cause__, "".join(streamed)) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:  # inside a stream the SDK wraps nothing
                raise failures.lost(self._target, request, error, "".join(streamed)) from None
            except openai.APIStatusError as error:
                seen = failures.refusal(error.status_code, error_body(error), error.response.headers)
                raise failures.failure(self._target, seen) from None
            except openai.APIError as error:  # an error sent inside a stream
                raise failures.failure(self._target, failures.refusal(500, error.body, {})) from None
            except ValueError as error:
                raise answers.not_json(self._target) from error
        return answers.checked(self._target, came, request)

    def close(self) -> None:
        self._client.close()

    def _ask(self, request: RewriteRequest, streamed: list[str]) -> Came:
        import httpx2

        body = self.body(request)
        if self._target.options.get("stream"):
            with self._stream(body | {"stream": True}, request.deadline_s) as chunks:
                return self._gather((chunk.to_dict() for chunk in chunks), request, streamed)
        # The SDK's own way for a body that is ready: what `create` does to it beforehand costs a fifth of the call.
        raw = self._client.post(
            "/chat/completions", cast_to=httpx2.Response, body=body, options={"timeout": request.deadline_s}
        )
        return self._read(answers.parsed(self._target, raw.content))

    def _stream(self, body: dict[str, Any], seconds: float) -> Stream[ChatCompletionChunk]:
        from openai import Stream
        from openai.types.chat import ChatCompletionChunk

        return self._client.post(
            "/chat/completions",
            cast_to=ChatCompletionChunk,
            body=body,
            options={"timeout": seconds},
            stream=True,
            stream_cls=Stream[ChatCompletionChunk],
        )

    def body(self, request: RewriteRequest) -> dict[str, Any]:
        """What is sent. Only what the model takes: an unknown parameter is a refused request."""
        can, target = self._target.capabilities, self._target
        body: dict[str, Any] = {"model": target.model, "messages": _messages(request, can.takes_cache_options)}
        body["max_completion_tokens"] = min(request.max_output_tokens or can.max_output, can.max_output)
        if can.thinking == "off":
            body["reasoning_effort"] = "none"
        elif can.thinking == "lowest":
            body["reasoning_effort"] = can.thinking_floor
        if can.takes_temperature and request.temperature is not None:
            body["temperature"] = request.temperature
        if can.takes_json_schema and request.response_schema:
            body["response_format"] = _format(request.response_schema)
        if can.takes_cache_options:
            body["prompt_cache_options"] = {"mode": "explicit"}
        if can.has_flex and request.service_tier == "flex":
            body["service_tier"] = "flex"
        if target.options.get("stream"):
            body["stream_options"] = {"include_usage": True}
        return body

    def _gather(self, chunks: Iterator[Mapping[str, object]], request: RewriteRequest, streamed: list[str]) -> Came:
        """The usage comes once, in a last chunk without choices; a stream without a finish was cut off."""
        finish, model, tier, refused = "", self._target.model, "", False
        usage: object = None
        for chunk in chunks:
            streamed.append(text_at(chunk, "choices", 0, "delta", "content"))
            finish = text_at(chunk, "choices", 0, "finish_reason") or finish
            refused = refused or bool(text_at(chunk, "choices", 0, "delta", "refusal"))
            model, tier = text_at(chunk, "model") or model, text_at(chunk, "service_tier") or tier
            usage = part(chunk, "usage") or usage
        text = "".join(streamed)
        if not finish:
            raise failures.dropped(self._target, request, text)
        finish = answers.REFUSED if refused and not text else finish
        return Came(text, FINISHES.get(finish, finish), usage_of(usage), model, tier)

    def _read(self, answer: answers.Json) -> Came:
        finish = text_at(answer, "choices", 0, "finish_reason")
        text = text_at(answer, "choices", 0, "message", "content")
        if not text and text_at(answer, "choices", 0, "message", "refusal"):
            finish = answers.REFUSED
        model = text_at(answer, "model") or self._target.model
        tier = text_at(answer, "service_tier")
        return Came(text, FINISHES.get(finish, finish), usage_of(part(answer, "usage")), model, tier)


def usage_of(usage: object) -> Usage:
    """OpenAI's input includes what was cached and written to the cache; thinking is part of the output."""
    if not isinstance(usage, Mapping) or not usage:
        return Usage(estimated=True)
    return Usage(
        tokens_in=count_at(usage, "prompt_tokens"),
        tokens_cached=count_at(usage, "prompt_tokens_details", "cached_tokens"),
        tokens_cache_write=count_at(usage, "prompt_tokens_details", "cache_write_tokens"),
        tokens_out=count_at(usage, "completion_tokens"),
        tokens_thinking=count_at(usage, "completion_tokens_details", "reasoning_tokens"),
        raw=json.dumps(usage),
    )


def _messages(request: RewriteRequest, breakpoints: bool) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": request.prompt or request.text}]
    if request.system:
        system: dict[str, Any] = {"role": "system", "content": request.system}
        if breakpoints and request.cache_prefix:
            block = {"type": "text", "text": request.system, "prompt_cache_breakpoint": {"mode": "explicit"}}
            system["content"] = [block]
        messages.insert(0, system)
    return messages


def _format(schema: str) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": json.loads(schema)}}


def error_body(error: APIError) -> object:
    return error.body if error.body is not None else error.message
