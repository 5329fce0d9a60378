"""Servers that speak OpenAI's chat completions: vLLM, Ollama, llama.cpp, a gateway. Sends only what all accept."""

from __future__ import annotations

from typing import Any

from serving.backends.base import RewriteRequest
from serving.backends.openai.calls import OpenAIBackend


class OpenAICompatibleBackend(OpenAIBackend):
    """Sends `max_tokens` instead of OpenAI's newer name, and adds the option `extra_body` unchanged."""

    name = "openai_compatible"

    def body(self, request: RewriteRequest) -> dict[str, Any]:
        body = super().body(request)
        body["max_tokens"] = body.pop("max_completion_tokens")
        extra = self._target.options.get("extra_body")
        return body | extra if isinstance(extra, dict) else body
