"""The interface of backends: two protocols, their value objects, and the tree of failures.

    BackendError              retry  fall through  cool down
    ├── AuthError             no     yes           10 min
    ├── QuotaError            no     yes           1 h
    ├── RateError             yes    yes           as the vendor says, else 20 s
    ├── OverloadError         yes    yes           30 s
    ├── ServerError           yes    yes           30 s
    │   └── ArtifactError     no     yes           30 s   (an own model that cannot be loaded; in `runtime`)
    ├── NetworkError          yes    yes           15 s
    ├── DeadlineError         yes    yes           15 s
    ├── ContextError          no     yes           –
    ├── FilterError           no     yes           –
    ├── RefusedError          no     yes           –
    ├── TruncatedError        no     yes           –
    ├── RetiredError          no     yes           24 h
    └── BadOutputError        yes    yes           –

Serving does not interpret texts: the app above turns answers into verified edits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, runtime_checkable
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

FinishReason = Literal["stop", "length", "filter", "refused"]
ServiceTier = Literal["standard", "flex"]
Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A numbered sentence of the text that is to be rewritten."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Replace `text[start:end]` (code points of the request's text) by `after`, for `reason`, as `source` proposes."""

    start: int
    end: int
    after: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, counted alike for every vendor; `estimated` when the vendor did not count them.

    `tokens_in` is all of the input, including what was read from the cache (`tokens_cached`) and written to it
    (`tokens_cache_write`). `tokens_out` is everything billed as output, including `tokens_thinking`.
    `raw` is the vendor's own usage object as JSON, for the ledger.
    """

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    tokens_thinking: int = 0
    estimated: bool = False
    tokens_cache_write: int = 0
    raw: str = ""


@dataclass(frozen=True, slots=True)
class RewriteRequest:
    """A text and how to rewrite it. `protected` holds ranges (start, end) in code points; `deadline_s` counts from now.

    An LLM gets `system` and `prompt` unchanged (the caller renders them and parses the answer) and answers with raw
    `text`. `response_schema` is a JSON Schema as text, used where the model supports it; the prompt must describe it
    too. `cache_prefix` means that other calls will send `system` again within minutes, so that a cache write pays.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    prompt: str = ""
    level: int = 3
    strategy: str = "auto"
    language: str = "en"
    format: str = "text"
    protected: tuple[tuple[int, int], ...] = ()
    deadline_s: float = 60.0
    system: str = ""
    max_output_tokens: int | None = None
    response_schema: str = ""
    temperature: float | None = None
    service_tier: ServiceTier = "standard"
    cache_prefix: bool = False


@dataclass(frozen=True, slots=True)
class RewriteResult:
    """Exactly one of `text`, `sentences` (the changed ones) and `replacements` holds what the backend wrote.

    If none is given, nothing was worth changing. `model` is the one that answered. An LLM's `text` is its raw answer,
    which the caller parses. `service_tier` is the one that the vendor reports.
    """

    model: str
    text: str | None = None
    sentences: tuple[Sentence, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason = "stop"
    warnings: tuple[str, ...] = ()
    service_tier: str = ""


@runtime_checkable
class RewriteBackend(Protocol):
    """Text to text. Raises BackendError and nothing else; may be called from many threads."""

    name: str

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Rewrite a text, within the deadline of the request. Raises BackendError."""


@runtime_checkable
class ScoreBackend(Protocol):
    """Named arrays to named arrays. Raises BackendError and nothing else; may be called from many threads."""

    name: str

    def score(self, arrays: Arrays, *, deadline_s: float = 10.0) -> Arrays:
        """Return the named outputs for named inputs. Raises BackendError."""


class BackendError(Exception):
    """A failed call. `retry`: the same call may succeed. `fall_through`: the next candidate may.

    `cool_s` is how many seconds to leave the deployment alone. `detail` is safe to show: it contains no key and no
    writer's text. `usage` is what the vendor still bills, `model` the one that failed. `wait_s` is the pause that the
    vendor asks for; `invocation_id` is the row in the ledger, once there is one. It can be pickled, to cross processes.
    """

    kind: ClassVar[str] = "backend"
    retry: ClassVar[bool] = False
    fall_through: ClassVar[bool] = True
    cools_for_s: ClassVar[float] = 0.0

    def __init__(
        self,
        detail: str = "",
        *,
        cool_s: float | None = None,
        wait_s: float | None = None,
        usage: Usage | None = None,
        model: str = "",
    ):
        self.detail = detail or self.kind
        self.cool_s = self.cools_for_s if cool_s is None else cool_s
        self.wait_s = wait_s
        self.usage = usage
        self.model = model
        self.invocation_id: UUID | None = None
        super().__init__(self.detail)

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


class AuthError(BackendError):
    kind, cools_for_s = "auth", 600.0


class QuotaError(BackendError):
    kind, cools_for_s = "quota", 3600.0


class RateError(BackendError):
    kind, retry, cools_for_s = "rate", True, 20.0


class OverloadError(BackendError):
    kind, retry, cools_for_s = "overload", True, 30.0


class ServerError(BackendError):
    kind, retry, cools_for_s = "server", True, 30.0


class NetworkError(BackendError):
    kind, retry, cools_for_s = "network", True, 15.0


class DeadlineError(BackendError):
    kind, retry, cools_for_s = "timeout", True, 15.0


class ContextError(BackendError):
    kind = "context"


class FilterError(BackendError):
    kind = "filter"


class RefusedError(BackendError):
    kind = "refused"


class TruncatedError(BackendError):
    kind = "truncated"


class RetiredError(BackendError):
    kind, cools_for_s = "retired", 86_400.0


class BadOutputError(BackendError):
    kind, retry = "bad_output", True


KINDS: tuple[type[BackendError], ...] = (
    AuthError, QuotaError, RateError, OverloadError, ServerError, NetworkError, DeadlineError,
    ContextError, FilterError, RefusedError, TruncatedError, RetiredError, BadOutputError,
)  # fmt: skip
