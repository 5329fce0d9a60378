"""Anthropic's messages through its SDK: no thinking, caching only on request, one try; the raw answer is read here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, Json, content_of, count_at, part, raw_usage, text_at
from serving.backends.base import BackendError, RewriteRequest, RewriteResult, Usage
from serving.backends.error_objects import error_in, told_failure
from serving.backends.event_stream import read_events
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

if TYPE_CHECKING:
    from anthropic import Stream

VENDOR = "https://api.anthropic.com"
FINISHES = {
    "end_turn": answers.STOP, "stop_sequence": answers.STOP, "max_tokens": answers.LENGTH,
    "refusal": answers.REFUSED, "model_context_window_exceeded": answers.CONTEXT,
}  # fmt: skip


class AnthropicBackend:
    """Calls Anthropic. Created once per process and configuration (see `factory`)."""

    name = "anthropic"

    def __init__(self, target: Target) -> None:
        from anthropic import Anthropic  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._client = Anthropic(
            api_key=target.key or "none",
            auth_token=None,
            base_url=target.base_url or VENDOR,
            max_retries=0,  # the gateway tries again itself, within the deadline and with a row for each try
            http_client=http_transport.make_client(target.base_url, ("x-api-key", target.key or "none")),
        )

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Call once, within the deadline of the request.

        Raises the BackendError whose kind tells the caller how to proceed.
        """
        import anthropic
        import httpx2

        came = Came(self._target.model)
        with http_transport.within(request.deadline_s):
            try:
                self._ask(request, came)
            except anthropic.APIConnectionError as error:
                raise self._lost(request, error.__cause__, came) from None
            except (httpx2.HTTPError, UnsafeAddress) as error:  # inside a stream the SDK wraps nothing
                raise self._lost(request, error, came) from None
            except anthropic.APIStatusError as error:
                seen = failures.refusal(error.status_code, error.body or error.message, error.response.headers)
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
            "/v1/messages", cast_to=httpx2.Response, body=body, options={"timeout": request.deadline_s}
        )
        self._read(answers.parsed(self._target, raw.content, request), request, came, raw.headers)

    def _stream(self, body: dict[str, Any], seconds: float) -> Stream[Any]:
        return self._client.post(
            "/v1/messages",
            cast_to=object,
            body=body,
            options={"timeout": seconds},
            stream=True,
            stream_cls=_raw_stream(),
        )

    def body(self, request: RewriteRequest) -> dict[str, Any]:
        """Return the request, with only what the model accepts: an unknown parameter would be refused."""
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

    def _gather(self, events: Iterable[Json], request: RewriteRequest, came: Came, headers: Mapping[str, str]) -> None:
        """Collect an event.

        The first has the final count of the input; one with or after the finish, that of the output.
        """
        usage: dict[str, object] = {}
        for event in events:
            if text_at(event, "type") == "message":  # of a server that does not stream
                self._read(event, request, came, headers)
                continue
            came.add(content_of(part(event, "content_block")))
            came.add(content_of(part(event, "delta")))
            came.model = text_at(event, "message", "model") or came.model
            finish = text_at(event, "delta", "stop_reason")
            came.finish = FINISHES.get(finish, finish) or came.finish
            for found in (part(event, "message", "usage"), part(event, "usage")):
                if isinstance(found, Mapping):
                    usage |= {name: count for name, count in found.items() if count is not None}
                    came.count(usage_of(usage), final_out=bool(came.finish))
            if error_in(event) is not None:
                raise told_failure(self._target, request, came, event, headers)
        if not came.finish:
            raise failures.dropped(self._target, request, answers.lost_usage(request, came))

    def _read(self, answer: Json, request: RewriteRequest, came: Came, headers: Mapping[str, str]) -> None:
        """Add a whole answer to what `came`. Raises the failure that it reports."""
        came.add(content_of(part(answer, "content")))
        finish = text_at(answer, "stop_reason")
        came.finish = FINISHES.get(finish, finish)
        came.model = text_at(answer, "model") or came.model
        came.count(usage_of(part(answer, "usage")))
        if error_in(answer) is not None:
            raise told_failure(self._target, request, came, answer, headers)


@cache
def _raw_stream() -> type[Stream[Any]]:
    """Return the SDK's stream with its events unparsed: its own reader drops events with unknown names."""
    from anthropic import Stream

    class RawAnthropicStream(Stream[Any]):
        def __stream__(self) -> Iterator[Json]:
            yield from read_events(self.response.iter_bytes())

    return RawAnthropicStream


def usage_of(usage: object) -> Usage:
    """Convert the usage.

    Anthropic's input excludes tokens read from and written to the cache; the common form includes them.
    """
    if not isinstance(usage, Mapping) or not usage:
        return Usage()
    cached, written = count_at(usage, "cache_read_input_tokens"), count_at(usage, "cache_creation_input_tokens")
    return Usage(
        tokens_in=count_at(usage, "input_tokens") + cached + written,
        tokens_cached=cached,
        tokens_cache_write=written,
        tokens_out=count_at(usage, "output_tokens"),
        tokens_thinking=count_at(usage, "output_tokens_details", "thinking_tokens"),
        raw=raw_usage(usage),
    )


def _user(request: RewriteRequest) -> dict[str, Any]:
    return {"role": "user", "content": request.prompt or request.text}


def _system(request: RewriteRequest) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": request.system}
    return block | ({"cache_control": {"type": "ephemeral"}} if request.cache_prefix else {})
