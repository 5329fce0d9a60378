"""The one tree of errors. The API answers them as problem+json, commands print `detail` and exit 1.

    YoumanError
    ├── InvalidInput 400
    ├── NotAuthenticated 401
    ├── QuotaExceeded 402
    ├── Forbidden 403 ── MissingScope
    ├── NotFound 404
    ├── MethodNotAllowed 405
    ├── Conflict 409 ── WrongState, StaleAttempt, RequestInFlight
    ├── AnswerGone 410
    ├── TooLarge 413
    ├── UnsupportedFile 415
    ├── AnswerGone          410
    ├── IdempotencyMismatch 422
    ├── RateLimited 429
    ├── Unavailable 503
    └── UnsafeAddress 400, ArchiveRefused 400 (under InvalidInput)

Each app adds its own below these. `detail` is safe to show: no secrets, no text of a writer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of the input."""

    field: str
    message: str


class YoumanError(Exception):
    """`code` is stable for programs, `status` is the HTTP status, `detail` names the fix."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str = "", *, problems: tuple[FieldProblem, ...] = (), retry_after_s: int | None = None):
        self.detail = detail or self.title
        self.problems = problems
        self.retry_after_s = retry_after_s
        super().__init__(self.detail)

    def __str__(self) -> str:
        return self.detail


class InvalidInput(YoumanError):
    code, status, title = "invalid_input", 400, "The input is not valid"


class UnsafeAddress(InvalidInput):
    code, title = "unsafe_address", "This address may not be called"


class ArchiveRefused(InvalidInput):
    code, title = "archive_refused", "This archive is refused"


class NotAuthenticated(YoumanError):
    code, status, title = "not_authenticated", 401, "Sign in or send an API key"


class QuotaExceeded(YoumanError):
    code, status, title = "quota_exceeded", 402, "The month's words are used up"


class Forbidden(YoumanError):
    code, status, title = "forbidden", 403, "This is not allowed"


class MissingScope(Forbidden):
    code, title = "missing_scope", "The API key lacks a scope"


class NotFound(YoumanError):
    code, status, title = "not_found", 404, "There is no such thing here"


class MethodNotAllowed(YoumanError):
    code, status, title = "method_not_allowed", 405, "This method is not for this address"


class Conflict(YoumanError):
    code, status, title = "conflict", 409, "The present state does not allow this"


class WrongState(Conflict):
    code, title = "wrong_state", "Not in a state that allows this"


class StaleAttempt(Conflict):
    code, title = "stale_attempt", "Another worker has taken this over"


class RequestInFlight(Conflict):
    code, title = "request_in_flight", "The same request is still running"


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
    code, status, title = "unavailable", 503, "A part of the system is not available"
