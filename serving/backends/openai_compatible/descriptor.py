"""Servers that speak OpenAI's chat completions."""

from serving.backends.descriptor import BackendDescriptor

OPENAI_COMPATIBLE = BackendDescriptor(
    name="openai_compatible",
    label="OpenAI-compatible",
    asks="vLLM, Ollama, llama.cpp or a gateway that speaks OpenAI's chat completions",
    calls="serving.backends.openai_compatible.calls.OpenAICompatibleBackend",
    sdk="openai",
    documentation="https://platform.openai.com/docs/api-reference/chat",
    options=("stream", "extra_body"),
    endpoint="http://127.0.0.1:8000/v1",
)
