"""OpenAI's chat completions through its SDK: no thinking, explicit caching, one try; the raw answer is read here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, Content, Json, content_of, count_at, letters_in, part, raw_usage, text_at
from serving.backends.base import BackendError, RewriteRequest, RewriteResult, Usage
from serving.backends.error_objects import error_in, told_failure
from serving.backends.event_stream import read_events
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

if TYPE_CHECKING:
    from openai import APIError, Stream

VENDOR = "https://api.openai.com/v1"
FINISHES = {
    "stop": answers.STOP, "length": answers.LENGTH, "content_filter": answers.FILTERED, "error": answers.FAILED,
}  # fmt: skip


class OpenAIBackend:
    """Calls OpenAI. Created once per process and configuration (see `factory`)."""

    name = "openai"

    def __init__(self, target: Target) -> None:
        from openai import OpenAI  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._client = OpenAI(
            api_key=target.key or "none",
            base_url=target.base_url or VENDOR,
            max_retries=0,  # the gateway tries again itself, within the deadline and with a row for each try
            http_client=http_transport.make_client(
                target.base_url, ("authorization", f"Bearer {target.key or 'none'}")
            ),
        )

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Call once, within the deadline of the request.

        Raises the BackendError whose kind tells the caller how to proceed.
        """
        import httpx2
        import openai

        came = Came(self._target.model)
        with http_transport.within(request.deadline_s):
            try:
                self._ask(request, came)
            except openai.APIConnectionError as error:
                raise self._lost(request, error.__cause__, came) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:  # inside a stream the SDK wraps nothing
                raise self._lost(request, error, came) from None
            except openai.APIStatusError as error:
                seen = failures.refusal(error.status_code, error_body(error), error.response.headers)
                raise failures.failure(self._target, seen) from None
            except ValueError as error:
                raise answers.not_json(self._target, request, came) from error
        return answers.checked(self._target, came, request)

    def _lost(self, request: RewriteRequest, cause: BaseException | None, came: Came) -> BackendError:
        return failures.lost(self._target, request, cause, answers.lost_usage(request, came))

    def close(self) -> None:
        self._client.close()

    def _ask(self, request: RewriteRequest, came: Came) -> None:
        import httpx2

        body = self.body(request)
        if self._target.options.get("stream"):
            with self._stream(body | {"stream": True}, request.deadline_s) as events:
                self._gather(events, request, came, events.response.headers)
            return
        # The SDK's own way for a body that is ready: what `create` does to it beforehand costs a fifth of the call.
        raw = self._client.post(
            "/chat/completions", cast_to=httpx2.Response, body=body, options={"timeout": request.deadline_s}
        )
        self._read(answers.parsed(self._target, raw.content, request), request, came, raw.headers)

    def _stream(self, body: dict[str, Any], seconds: float) -> Stream[Any]:
        return self._client.post(
            "/chat/completions",
            cast_to=object,
            body=body,
            options={"timeout": seconds},
            stream=True,
            stream_cls=_raw_stream(),
        )

    def body(self, request: RewriteRequest) -> dict[str, Any]:
        """Return the request, with only what the model accepts: an unknown parameter would be refused."""
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

    def _gather(self, events: Iterable[Json], request: RewriteRequest, came: Came, headers: Mapping[str, str]) -> None:
        """Collect an event.

        The final count comes with the finish or after it; a stream without a finish was cut off.
        """
        for event in events:
            self._read(event, request, came, headers)
        if not came.finish:
            raise failures.dropped(self._target, request, answers.lost_usage(request, came))

    def _read(self, answer: Json, request: RewriteRequest, came: Came, headers: Mapping[str, str]) -> None:
        """Add a whole answer, or an event of one, to what `came`. Raises the failure that it reports."""
        choice = part(answer, "choices", 0)
        message = part(choice, "message") or part(choice, "delta")
        came.add(content_of(part(message, "content")))
        came.add(Content(hidden=_unshown(message), refused=text_at(message, "refusal")))
        finish = text_at(choice, "finish_reason")
        came.finish = FINISHES.get(finish, finish) or came.finish
        came.model = text_at(answer, "model") or came.model
        came.service_tier = text_at(answer, "service_tier") or came.service_tier
        final = bool(came.finish) or isinstance(part(choice, "message"), Mapping)
        came.count(usage_of(part(answer, "usage")), final_in=final, final_out=final)
        if error_in(answer) is not None:
            raise told_failure(self._target, request, came, answer, headers)


@cache
def _raw_stream() -> type[Stream[Any]]:
    """Return the SDK's stream with its events unparsed: its own reader fails at some and drops content of others."""
    from openai import Stream

    class RawOpenAIStream(Stream[Any]):
        def __stream__(self) -> Iterator[Json]:
            yield from read_events(self.response.iter_bytes())

    return RawOpenAIStream


def _unshown(message: object) -> int:
    """Count the characters of reasoning, which gateways repeat under several names, and of tools' arguments."""
    names = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
    reasoning = max(letters_in(part(message, name)) for name in names)
    return reasoning + letters_in(part(message, "tool_calls")) + letters_in(part(message, "function_call"))


def usage_of(usage: object) -> Usage:
    """Convert the usage.

    OpenAI's input includes tokens read from and written to the cache; its output includes thinking.
    """
    if not isinstance(usage, Mapping) or not usage:
        return Usage()
    return Usage(
        tokens_in=count_at(usage, "prompt_tokens"),
        tokens_cached=count_at(usage, "prompt_tokens_details", "cached_tokens"),
        tokens_cache_write=count_at(usage, "prompt_tokens_details", "cache_write_tokens"),
        tokens_out=count_at(usage, "completion_tokens"),
        tokens_thinking=count_at(usage, "completion_tokens_details", "reasoning_tokens"),
        raw=raw_usage(usage),
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
