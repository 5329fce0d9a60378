"""Maps HTTP statuses, error codes and broken connections of every vendor to one set of failures.

The details are written here and never contain the vendor's text, which may echo a key or a writer's words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from serving.backends.base import (
    AuthError,
    BackendError,
    ContextError,
    DeadlineError,
    FilterError,
    NetworkError,
    OverloadError,
    QuotaError,
    RateError,
    RefusedError,
    RetiredError,
    RewriteRequest,
    ServerError,
    Usage,
)
from serving.backends.target import Target
from youman.core.errors import UnsafeAddress

CHARACTERS_A_TOKEN = 4
SHARE_BACK = 0.35
LONGEST_PAUSE_S = 3600.0  # a vendor's "come again in a week" is shown, but not obeyed for longer than this
_CONTEXT = ("context_length", "too long", "maximum context", "exceeds the maximum", "token count", "context window")
_FILTER = ("content_filter", "content_policy", "content filtering", "safety", "policy_violation")
_NO_MONEY = ("insufficient_quota", "billing", "credit balance", "perday")
_BAD_KEY = ("api_key_invalid", "api key not valid", "invalid_api_key", "authentication")
_GONE = ("deprecated", "retired", "shut down", "no longer available", "discontinued")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP error. `words` is everything in it that may name the cause, in lower case.

    `status` is 0 for an error inside an answer that has no status of its own.
    """

    status: int
    words: str
    wait_s: float | None = None


def refusal(status: int, body: object, headers: Mapping[str, str]) -> Refusal:
    return Refusal(status, searched_words(body), asked_pause(headers, body))


def searched_words(body: object) -> str:
    """Return everything that may name the cause, in lower case."""
    return json.dumps(body, default=str).lower()[:4000]


def failure(target: Target, seen: Refusal) -> BackendError:
    """Return the typed failure. Its detail is a sentence that names the deployment and, if there is one, the fix."""
    name = target.name
    made = _by_words(name, seen) or _by_status(name, seen)
    made.model = target.model
    return made


def _by_words(name: str, seen: Refusal) -> BackendError | None:
    """Recognise causes that vendors state only in words, under a status that means something else."""
    words, bad_request = seen.words, seen.status in {0, 400, 413, 422}
    if seen.status in {0, 400, 402, 403, 429} and _any(words, _NO_MONEY) and not _of_a_minute(words):
        return QuotaError(f"The account behind {name} has used up its quota; top it up with the vendor")
    if seen.status in {0, 400} and _any(words, _BAD_KEY):
        return _auth(name)
    if bad_request and _any(words, _CONTEXT):
        return ContextError(f"The text is too long for {name}")
    if bad_request and _any(words, _FILTER):
        return FilterError(f"The vendor of {name} filtered the request")
    return None


def _by_status(name: str, seen: Refusal) -> BackendError:
    status, wait = seen.status, seen.wait_s
    if status in {401, 403}:
        return _auth(name)
    if status == 402:
        return QuotaError(f"The account behind {name} cannot pay; see the vendor's billing page")
    if status in {404, 410}:
        gone = "is retired" if _any(seen.words, _GONE) else "is not known to the vendor"
        return RetiredError(f"The model of {name} {gone}; choose another in the catalogue")
    if status in {408, 504}:
        return DeadlineError(f"{name} ran out of time at the vendor")
    if status == 413:
        return ContextError(f"The text is too long for {name}")
    if status == 429:
        return RateError(f"{name} is asked too often{_told(wait)}", cool_s=capped(wait), wait_s=wait)
    if status in {503, 529}:
        return OverloadError(f"The vendor of {name} is overloaded{_told(wait)}", cool_s=capped(wait), wait_s=wait)
    if status == 0:
        return ServerError(f"The vendor of {name} failed during its answer", cool_s=capped(wait), wait_s=wait)
    if status >= 500 or status == 409:
        return ServerError(f"The vendor of {name} failed (HTTP {status})", cool_s=capped(wait), wait_s=wait)
    return RefusedError(f"The vendor refused the request of {name} (HTTP {status}); check its options in the admin")


def _of_a_minute(words: str) -> bool:
    """Recognise a limit per minute, for which Google also says "quota" and "billing"; only the quota's id differs."""
    return "perminute" in words and "perday" not in words


def _auth(name: str) -> BackendError:
    return AuthError(f"The vendor does not accept the key of {name}, or not for this model; check the key")


def _told(wait_s: float | None) -> str:
    return "" if wait_s is None else f"; the vendor says to wait {wait_s:,.0f} s"


def capped(wait_s: float | None) -> float | None:
    return None if wait_s is None else min(wait_s, LONGEST_PAUSE_S)


def timed_out(target: Target, request: RewriteRequest, usage: Usage | None = None) -> BackendError:
    """Return the failure of a timeout, booked as an estimate: the vendor may bill an answer that never arrived."""
    detail = f"{target.name} did not answer within {request.deadline_s:.0f} s"
    return DeadlineError(detail, usage=usage or estimated(request), model=target.model)


def dropped(target: Target, request: RewriteRequest, usage: Usage | None = None) -> BackendError:
    return NetworkError(
        f"The connection to {target.name} broke during the answer",
        usage=usage or estimated(request),
        model=target.model,
    )


def lost(
    target: Target, request: RewriteRequest, cause: BaseException | None, usage: Usage | None = None
) -> BackendError:
    """Return the failure of a connection.

    One that was never made costs nothing; one that broke costs `usage` or an estimate.
    """
    import httpx2

    if isinstance(cause, UnsafeAddress):
        return NetworkError(f"The endpoint of {target.name} may not be called: {cause.detail}", model=target.model)
    if isinstance(cause, httpx2.TimeoutException) and not isinstance(cause, httpx2.ConnectTimeout):
        return timed_out(target, request, usage)
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return unreachable(target)
    return dropped(target, request, usage)


def unreachable(target: Target) -> BackendError:
    return NetworkError(f"{target.name} cannot be reached; check its endpoint", model=target.model)


def estimated(request: RewriteRequest) -> Usage:
    """Estimate tokens that the vendor did not count: four characters per token, and an answer of the usual length."""
    return estimate(characters_sent(request), len(request.text))


def characters_sent(request: RewriteRequest) -> int:
    return len(request.system) + len(request.prompt or request.text)


def estimate(sent: int, of_text: int, came: int = 0) -> Usage:
    """Estimate tokens from counts of characters: of the whole prompt, of the text in it, of what arrived."""
    back = tokens_of(came) or round(of_text / CHARACTERS_A_TOKEN * SHARE_BACK)
    return Usage(tokens_in=tokens_of(sent), tokens_out=back, estimated=True)


def tokens_of(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def asked_pause(headers: Mapping[str, str], body: object = None) -> float | None:
    """Return the seconds to wait that the vendor asks for, as milliseconds, seconds, a date or Google's RetryInfo."""
    milliseconds, plain = headers.get("retry-after-ms"), headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1000)
        if plain is not None:
            return max(0.0, float(plain))
    except ValueError:
        return _until_date(plain or "")
    return _retry_info(body)


def _until_date(text: str) -> float | None:
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return max(0.0, (when.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _retry_info(body: object) -> float | None:
    """Read Google's details, and the key that gateways write next to their message."""
    error = body.get("error", body) if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping):
        return None
    details = error.get("details")
    delays = [one.get("retryDelay") for one in details if isinstance(one, Mapping)] if isinstance(details, list) else []
    for delay in (*delays, error.get("retry_after")):
        text = f"{delay}".removesuffix("s")
        if text.isascii() and text.replace(".", "", 1).isdigit():
            return float(text)
    return None


def _any(words: str, signs: tuple[str, ...]) -> bool:
    return any(sign in words for sign in signs)
