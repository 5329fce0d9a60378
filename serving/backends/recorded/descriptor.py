"""The fake backend, for tests and demonstrations."""

from serving.backends.descriptor import BackendDescriptor

RECORDED = BackendDescriptor(
    name="recorded",
    label="Recorded",
    asks="nobody; gives the same answer every time, and failures on demand",
    calls="serving.backends.recorded.calls.RecordedBackend",
    options=("answer", "answers", "fault", "wait_s", "latency_s"),
)
