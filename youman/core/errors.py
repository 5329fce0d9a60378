"""The tree of errors. The API returns them as problem+json; commands print `detail` and exit with status 1.

    YoumanError
    ├── InvalidInput 400
    ├── NotAuthenticated 401
    ├── QuotaExceeded 402
    ├── Forbidden 403 ── MissingScope
    ├── NotFound 404
    ├── MethodNotAllowed 405
    ├── Conflict 409 ── WrongState, StaleAttempt, RequestInFlight
    ├── TooLarge 413
    ├── UnsupportedFile 415
    ├── IdempotencyMismatch 422
    ├── RateLimited 429
    ├── Unavailable 503 ── Busy
    └── UnsafeAddress 400, ArchiveRefused 400 (under InvalidInput)

Each app adds its own errors below these. `detail` may be shown: it contains neither secrets nor a writer's text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A problem with one field of the input."""

    field: str
    message: str


class YoumanError(Exception):
    """The base of all errors.

    `code` is stable for programs, `status` is the HTTP status, `title` describes the kind of error, and `detail` says
    what is wrong and how to fix it. `retry_after_s` is the number of seconds to wait before trying again, None where
    trying again does not help; `usual_retry_after_s` is what a kind of error says if nothing else is known.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"
    usual_retry_after_s: ClassVar[int | None] = None

    def __init__(self, detail: str = "", *, problems: tuple[FieldProblem, ...] = (), retry_after_s: int | None = None):
        self.detail = detail or self.title
        self.problems = problems
        self.retry_after_s = self.usual_retry_after_s if retry_after_s is None else retry_after_s
        super().__init__(self.detail)

    def __str__(self) -> str:
        return self.detail


class InvalidInput(YoumanError):
    code, status, title = "invalid_input", 400, "The input is not valid"


class UnsafeAddress(InvalidInput):
    code, title = "unsafe_address", "This address must not be called"


class ArchiveRefused(InvalidInput):
    code, title = "archive_refused", "This archive is refused"


class NotAuthenticated(YoumanError):
    code, status, title = "not_authenticated", 401, "Sign in or send an API key"


class QuotaExceeded(YoumanError):
    code, status, title = "quota_exceeded", 402, "The quota of words for this month is used up"


class Forbidden(YoumanError):
    code, status, title = "forbidden", 403, "This is not allowed"


class MissingScope(Forbidden):
    code, title = "missing_scope", "The API key lacks a scope"


class NotFound(YoumanError):
    code, status, title = "not_found", 404, "Not found"


class MethodNotAllowed(YoumanError):
    code, status, title = "method_not_allowed", 405, "This URL does not support this method"


class Conflict(YoumanError):
    code, status, title = "conflict", 409, "The current state does not allow this"


class WrongState(Conflict):
    code, title = "wrong_state", "The object is not in a state that allows this"


class StaleAttempt(Conflict):
    code, title = "stale_attempt", "Another worker has taken over"


class RequestInFlight(Conflict):
    code, title = "request_in_flight", "The same request is still running"
    usual_retry_after_s = 1


class TooLarge(YoumanError):
    code, status, title = "too_large", 413, "The input is too large"


class UnsupportedFile(YoumanError):
    code, status, title = "unsupported_file", 415, "This kind of file cannot be read"


class AnswerGone(YoumanError):
    code, status, title = "answer_gone", 410, "The answer was deleted"


class IdempotencyMismatch(YoumanError):
    code, status, title = "idempotency_mismatch", 422, "The Idempotency-Key was used with another request"


class RateLimited(YoumanError):
    code, status, title = "rate_limited", 429, "Too many requests"


class Unavailable(YoumanError):
    code, status, title = "unavailable", 503, "Part of the system is not available"
    usual_retry_after_s = 5


class Busy(Unavailable):
    code, title = "busy", "Too many requests at once; try again in a few seconds"
    usual_retry_after_s = 2
