"""Google, through its SDK."""

from serving.backends.descriptor import BackendDescriptor

GOOGLE = BackendDescriptor(
    name="google",
    label="Google",
    asks="Google's generateContent",
    calls="serving.backends.google.calls.GoogleBackend",
    batches="serving.backends.google.batches.GoogleBatches",
    key_variable="GOOGLE_API_KEY",
    sdk="google.genai",
    documentation="https://ai.google.dev/api/generate-content",
    options=("stream",),
    has_flex=True,
)
