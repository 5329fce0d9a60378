"""Anthropic, through its SDK."""

from serving.backends.descriptor import BackendDescriptor

ANTHROPIC = BackendDescriptor(
    name="anthropic",
    label="Anthropic",
    asks="Anthropic's messages",
    calls="serving.backends.anthropic.calls.AnthropicBackend",
    batches="serving.backends.anthropic.batches.AnthropicBatches",
    key_variable="ANTHROPIC_API_KEY",
    sdk="anthropic",
    documentation="https://docs.anthropic.com/en/api/messages",
    options=("stream",),
)
