"""What a backend is: two protocols, their value objects, and the one tree of failures.

    BackendError              retry  fall through  cool down
    ├── AuthError             no     yes           10 min
    ├── QuotaError            no     yes           1 h
    ├── RateError             yes    yes           as told, else 20 s
    ├── OverloadError         yes    yes           30 s
    ├── ServerError           yes    yes           30 s
    ├── NetworkError          yes    yes           15 s
    ├── DeadlineError         yes    yes           15 s
    ├── ContextError          no     yes           –
    ├── FilterError           no     yes           –
    ├── RefusedError          no     yes           –
    ├── TruncatedError        no     yes           –
    ├── RetiredError          no     yes           24 h
    └── BadOutputError        yes    yes           –

Serving never needs to know text: what turns an answer into verified edits lives above.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

FinishReason = Literal["stop", "length", "filter", "refused"]
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
    """Tokens of one call; `estimated` when the vendor did not count them."""

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    tokens_thinking: int = 0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class RewriteRequest:
    """A text and what is asked of it. `protected` stretches are (start, end) in code points; `deadline_s` from now."""

    text: str
    sentences: tuple[Sentence, ...] = ()
    prompt: str = ""
    level: int = 3
    strategy: str = "auto"
    language: str = "en"
    format: str = "text"
    protected: tuple[tuple[int, int], ...] = ()
    deadline_s: float = 60.0


@dataclass(frozen=True, slots=True)
class RewriteResult:
    """Exactly one of `text`, `sentences` (the changed ones) and `replacements` says what the backend wrote.

    Neither given means nothing was worth changing. `model` is the one that answered.
    """

    model: str
    text: str | None = None
    sentences: tuple[Sentence, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    usage: Usage = field(default_factory=Usage)
    finish: FinishReason = "stop"
    warnings: tuple[str, ...] = ()


@runtime_checkable
class RewriteBackend(Protocol):
    """Text to text. Raises BackendError and nothing else; may be called from many threads."""

    name: str

    def rewrite(self, request: RewriteRequest) -> RewriteResult: ...


@runtime_checkable
class ScoreBackend(Protocol):
    """Named arrays to named arrays. Raises BackendError and nothing else; may be called from many threads."""

    name: str

    def score(self, arrays: Arrays, *, deadline_s: float = 10.0) -> Arrays: ...


class BackendError(Exception):
    """`retry`: the same call may succeed. `fall_through`: the next candidate may. `cool_s`: leave it alone so long.

    `detail` is safe to show: no key, no text of a writer. Pickles, so that it may cross processes.
    """

    kind: ClassVar[str] = "backend"
    retry: ClassVar[bool] = False
    fall_through: ClassVar[bool] = True
    cools_for_s: ClassVar[float] = 0.0

    def __init__(self, detail: str = "", *, cool_s: float | None = None):
        self.detail = detail or self.kind
        self.cool_s = self.cools_for_s if cool_s is None else cool_s
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
