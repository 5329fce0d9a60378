"""Google's generateContent by its own SDK: a timeout (it has none), thinking off, one try, read raw by us."""

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
    from google.genai.types import GenerateContentConfig

VENDOR = "https://generativelanguage.googleapis.com/"
FINISHES = {"STOP": answers.STOP, "MAX_TOKENS": answers.LENGTH}


class GoogleBackend:
    """Built once per process and configuration (see `factory`)."""

    name = "google"

    def __init__(self, target: Target) -> None:
        from google import genai  # 1–3 s and 60–90 MB: only who calls pays

        self._target = target
        self._http = http_transport.make_client(target.base_url)
        options = genai.types.HttpOptions(base_url=target.base_url or VENDOR, httpx_client=self._http)
        self._client = genai.Client(api_key=target.key or "none", vertexai=False, http_options=options)

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Ask once. Raises BackendError and nothing else."""
        import httpx2
        from google.genai import errors

        streamed: list[str] = []
        with http_transport.within(request.deadline_s):
            try:
                came = self._ask(request, streamed)
            except (httpx2.HTTPError, UnsafeAddress) as error:
                raise failures.lost(self._target, request, error, "".join(streamed)) from None
            except errors.UnknownApiResponseError as error:
                raise answers.not_json(self._target) from error
            except errors.APIError as error:
                headers = getattr(error.response, "headers", None) or {}
                seen = failures.refusal(error.code, error.details, headers)
                raise failures.failure(self._target, seen) from None
            except ValueError as error:
                raise answers.not_json(self._target) from error
        return answers.checked(self._target, came, request)

    def close(self) -> None:
        self._http.close()

    def _ask(self, request: RewriteRequest, streamed: list[str]) -> Came:
        models, asked = self._client.models, request.prompt or request.text
        if self._target.options.get("stream"):
            parts = models.generate_content_stream(
                model=self._target.model, contents=asked, config=self.config(request, raw=False)
            )
            return self._gather((plain_answer(one) for one in parts), request, streamed)
        answer = models.generate_content(
            model=self._target.model, contents=asked, config=self.config(request, raw=True)
        )
        raw = answer.sdk_http_response
        return self._read(answers.parsed(self._target, (raw.body if raw else "") or ""))

    def config(self, request: RewriteRequest, *, raw: bool) -> GenerateContentConfig:
        """What is sent beside the prompt. Only what the model takes."""
        from google.genai import types

        can = self._target.capabilities
        asked: dict[str, Any] = {"should_return_http_response": True} if raw else {}
        asked["http_options"] = types.HttpOptions(timeout=max(1, round(1000 * request.deadline_s)))
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

    def _gather(self, parts: Iterator[Mapping[str, object]], request: RewriteRequest, streamed: list[str]) -> Came:
        """Each part carries the counts so far: the last one counts, they never add up."""
        last: Came | None = None
        finish = ""
        for one in parts:
            last = self._read(one)
            streamed.append(last.text)
            finish = last.finish or finish
        text = "".join(streamed)
        if last is None or not finish:
            raise failures.dropped(self._target, request, text)
        return Came(text, finish, last.usage, last.model, last.service_tier)

    def _read(self, answer: answers.Json) -> Came:
        blocks = part(answer, "candidates", 0, "content", "parts")
        found = blocks if isinstance(blocks, list) else []
        text = "".join(text_at(block, "text") for block in found if not part(block, "thought"))
        model = text_at(answer, "modelVersion") or self._target.model
        return Came(text, _finish(answer), usage_of(part(answer, "usageMetadata")), model)


def _finish(answer: answers.Json) -> str:
    """A blocked prompt and a refused answer both come as HTTP 200 without text."""
    if part(answer, "promptFeedback", "blockReason"):
        return answers.FILTERED
    reason = text_at(answer, "candidates", 0, "finishReason")
    return FINISHES.get(reason, answers.REFUSED) if reason else ""


def usage_of(usage: object) -> Usage:
    """Google counts thoughts beside the candidates, and both are billed as output; its input includes the cache."""
    if not isinstance(usage, Mapping) or not usage:
        return Usage(estimated=True)
    thinking = count_at(usage, "thoughtsTokenCount")
    return Usage(
        tokens_in=count_at(usage, "promptTokenCount") + count_at(usage, "toolUsePromptTokenCount"),
        tokens_cached=count_at(usage, "cachedContentTokenCount"),
        tokens_out=count_at(usage, "candidatesTokenCount") + thinking,
        tokens_thinking=thinking,
        raw=json.dumps(usage),
    )


def plain_answer(answer: Any) -> Mapping[str, object]:
    """A part of a stream in the names of the wire."""
    found: Mapping[str, object] = answer.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found
