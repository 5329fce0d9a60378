"""Google's generateContent through its SDK, with the timeout that it lacks, no thinking, one try; the answer is read
here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from serving.backends import answers, failures, http_transport
from serving.backends.answers import Came, Json, content_of, count_at, part, raw_usage, text_at
from serving.backends.base import BackendError, RewriteRequest, RewriteResult, Usage
from serving.backends.error_objects import error_in, told_failure
from serving.backends.event_stream import read_events
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

if TYPE_CHECKING:
    import httpx2
    from google.genai.types import GenerateContentConfig

VENDOR, VERSION = "https://generativelanguage.googleapis.com", "v1"
FINISHES = {"STOP": answers.STOP, "MAX_TOKENS": answers.LENGTH}
_GENERATION = (
    "maxOutputTokens", "thinkingConfig", "temperature", "responseMimeType", "responseJsonSchema",
)  # fmt: skip


class GoogleBackend:
    """Calls Google. Created once per process and configuration (see `factory`)."""

    name = "google"

    def __init__(self, target: Target) -> None:
        from google import genai  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._http = http_transport.make_client(target.base_url, ("x-goog-api-key", target.key or "none"))
        self._base = (target.base_url or VENDOR).rstrip("/")
        self.headers = {"x-goog-api-key": target.key or "none"}  # of what we send without the SDK
        options = genai.types.HttpOptions(base_url=self._base, api_version=VERSION, httpx_client=self._http)
        self._client = genai.Client(api_key=target.key or "none", vertexai=False, http_options=options)

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Call once, within the deadline of the request.

        Raises the BackendError whose kind tells the caller how to proceed.
        """
        import httpx2
        from google.genai import errors

        came = Came(self._target.model)
        with http_transport.within(request.deadline_s):
            try:
                self._ask(request, came)
            except (httpx2.HTTPError, UnsafeAddress) as error:
                usage = answers.lost_usage(request, came)
                raise failures.lost(self._target, request, error, usage) from None
            except errors.APIError as error:
                headers = getattr(error.response, "headers", None) or {}
                seen = failures.refusal(error.code, error.details, headers)
                raise failures.failure(self._target, seen) from None
            except ValueError as error:
                raise answers.not_json(self._target, request, came) from error
        return answers.checked(self._target, came, request)

    def close(self) -> None:
        self._http.close()

    def _ask(self, request: RewriteRequest, came: Came) -> None:
        if self._target.options.get("stream"):
            self._stream(request, came)
            return
        config = self.config(request).model_copy(update={"should_return_http_response": True})
        answer = self._client.models.generate_content(
            model=self._target.model, contents=request.prompt or request.text, config=config
        )
        raw = answer.sdk_http_response
        body, headers = (raw.body if raw else "") or "", (raw.headers if raw else None) or {}
        self._read(answers.parsed(self._target, body, request), request, came, headers)

    def _stream(self, request: RewriteRequest, came: Came) -> None:
        """Stream without the SDK, which has no raw stream and fails with a TypeError at an error without a number."""
        address = self.address(f"models/{self._target.model}:streamGenerateContent?alt=sse")
        with self._http.stream("POST", address, headers=self.headers, json=self._body(request)) as response:
            if response.status_code != 200:
                raise self.refused(response)
            for event in read_events(response.iter_bytes()):
                self._read(event, request, came, response.headers)
        if not came.finish:
            raise failures.dropped(self._target, request, answers.lost_usage(request, came))

    def address(self, path: str) -> str:
        return f"{self._base}/{VERSION}/{path}"

    def refused(self, response: httpx2.Response) -> BackendError:
        body = response.read()
        try:
            found: object = json.loads(body)
        except ValueError:
            found = body.decode("utf-8", "replace")
        return failures.failure(self._target, failures.refusal(response.status_code, found, response.headers))

    def _body(self, request: RewriteRequest) -> dict[str, Any]:
        """Return the JSON form of `config`, as the SDK writes it."""
        asked = self.config(request).model_dump(mode="json", by_alias=True, exclude_none=True)
        body: dict[str, Any] = {"contents": [{"parts": [{"text": request.prompt or request.text}], "role": "user"}]}
        if request.system:
            body["systemInstruction"] = {"parts": [{"text": request.system}], "role": "user"}
        if "serviceTier" in asked:
            body["serviceTier"] = asked["serviceTier"]
        return body | {"generationConfig": {name: asked[name] for name in _GENERATION if name in asked}}

    def config(self, request: RewriteRequest) -> GenerateContentConfig:
        """Return what is sent in addition to the prompt: only what the model accepts."""
        from google.genai import types

        can = self._target.capabilities
        asked: dict[str, Any] = {"http_options": types.HttpOptions(timeout=max(1, round(1000 * request.deadline_s)))}
        asked["max_output_tokens"] = min(request.max_output_tokens or can.max_output, can.max_output)
        asked["automatic_function_calling"] = types.AutomaticFunctionCallingConfig(disable=True)
        if request.system:
            asked["system_instruction"] = request.system
        if can.thinking == "off":
            asked["thinking_config"] = types.ThinkingConfig(thinking_budget=0)
        elif can.thinking == "lowest":
            level = types.ThinkingLevel(can.thinking_floor.upper())
            asked["thinking_config"] = types.ThinkingConfig(thinking_level=level)
        if can.takes_temperature and request.temperature is not None:
            asked["temperature"] = request.temperature
        if can.takes_json_schema and request.response_schema:
            asked["response_mime_type"] = "application/json"
            asked["response_json_schema"] = json.loads(request.response_schema)
        if can.has_flex and request.service_tier == "flex":
            asked["service_tier"] = types.ServiceTier.FLEX
        return types.GenerateContentConfig(**asked)

    def _read(self, answer: Json, request: RewriteRequest, came: Came, headers: Mapping[str, str]) -> None:
        """Add a whole answer, or a part of a stream, to what `came`. Raises the failure that it reports.

        Each part of a stream carries running totals; those of the last part, which has the finish, are final.
        """
        came.add(content_of(part(answer, "candidates", 0, "content")))
        came.finish = _finish(answer) or came.finish
        came.model = text_at(answer, "modelVersion") or came.model
        final = bool(came.finish) or not self._target.options.get("stream")
        came.count(usage_of(part(answer, "usageMetadata")), final_in=final, final_out=final)
        if error_in(answer) is not None:
            raise told_failure(self._target, request, came, answer, headers)


def _finish(answer: answers.Json) -> str:
    """Return how the answer ended. A blocked prompt and a refused answer both arrive as HTTP 200 without text."""
    if part(answer, "promptFeedback", "blockReason"):
        return answers.FILTERED
    reason = text_at(answer, "candidates", 0, "finishReason")
    return FINISHES.get(reason, answers.REFUSED) if reason else ""


def usage_of(usage: object) -> Usage:
    """Convert the usage.

    Google counts thoughts and candidates apart and bills both as output; its input includes the cache.
    """
    if not isinstance(usage, Mapping) or not usage:
        return Usage()
    thinking = count_at(usage, "thoughtsTokenCount")
    return Usage(
        tokens_in=count_at(usage, "promptTokenCount") + count_at(usage, "toolUsePromptTokenCount"),
        tokens_cached=count_at(usage, "cachedContentTokenCount"),
        tokens_out=count_at(usage, "candidatesTokenCount") + thinking,
        tokens_thinking=thinking,
        raw=raw_usage(usage),
    )
