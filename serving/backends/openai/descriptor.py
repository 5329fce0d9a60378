"""OpenAI, through its SDK."""

from serving.backends.descriptor import BackendDescriptor

OPENAI = BackendDescriptor(
    name="openai",
    label="OpenAI",
    asks="OpenAI's chat completions",
    calls="serving.backends.openai.calls.OpenAIBackend",
    batches="serving.backends.openai.batches.OpenAIBatches",
    key_variable="OPENAI_API_KEY",
    sdk="openai",
    documentation="https://platform.openai.com/docs/api-reference/chat",
    options=("stream",),
    has_flex=True,
)
