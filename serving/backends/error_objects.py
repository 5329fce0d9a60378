"""Errors that a vendor reports in the body: with HTTP 200, inside a stream, with or without a status of their own.

They become the same `Refusal` as the equivalent HTTP error, so that everything that follows is the same, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from serving.backends import failures
from serving.backends.answers import Came, part, prompt_usage, stopped_usage
from serving.backends.base import BackendError, RewriteRequest
from serving.backends.failures import Refusal
from serving.backends.target import Target

# By the words of OpenAI, Anthropic, Google, vLLM, llama.cpp, TGI, LiteLLM and OpenRouter, without case, `_` and `-`.
_STATUSES = {
    429: ("ratelimiterror", "ratelimitexceeded", "ratelimit", "toomanyrequests", "resourceexhausted", "throttlingerror",
          "throttlingexception", "throttled", "insufficientquota", "tokens", "requests", "quotaexceeded"),
    529: ("overloadederror", "overloaded", "engineoverloaded", "modeloverloaded"),
    503: ("unavailable", "unavailableerror", "serviceunavailable", "serviceunavailableerror", "modelnotready"),
    401: ("authenticationerror", "invalidapikey", "unauthenticated", "unauthorized"),
    403: ("permissionerror", "permissiondenied", "permissiondeniederror", "forbidden"),
    402: ("billingerror", "paymentrequired", "insufficientcredits"),
    404: ("notfounderror", "notfound", "modelnotfound"),
    413: ("requesttoolarge", "payloadtoolarge"),
    400: ("contextlengthexceeded", "contextwindowexceedederror", "exceedcontextsizeerror", "contentfilter",
          "contentpolicyviolation", "contentpolicyviolationerror", "invalidrequesterror", "invalidargument",
          "badrequest", "badrequesterror", "validation", "validationerror", "failedprecondition"),
    504: ("timeouterror", "timeout", "deadlineexceeded", "gatewaytimeout"),
    500: ("apierror", "servererror", "internal", "internalerror", "internalservererror", "generation",
          "incompletegeneration"),
}  # fmt: skip
_BY_WORD = {word: status for status, words in _STATUSES.items() for word in words}
# For an error that is a sentence and nothing else. The first that fits counts.
_SENTENCES = tuple((re.compile(sign), status) for sign, status in (
    (r"rate[ _-]?limit|too many requests|resource has been exhausted", 429),
    (r"overloaded|at capacity", 529),
    (r"loading model|temporarily unavailable|server (is )?busy", 503),
    (r"unauthorized|(invalid|incorrect) api key", 401),
    (r"permission denied", 403),
    (r"model\b.{0,500}?(not found|does not exist)", 404),
    (r"timed out|timeout", 504),
))  # fmt: skip
_NAMES = ("code", "status", "type", "error_type", "status_code", "statusCode")


# Said before the model begins, so that nothing is billed unless some of an answer came.
_UNBILLED = frozenset({"auth", "quota", "rate", "overload", "retired", "context"})


def error_in(body: object) -> object | None:
    """Return the error in a body or in its first choice, or None."""
    if not isinstance(body, Mapping):
        return None
    found = body.get("error") or part(body, "choices", 0, "error")
    if found:
        return found
    return body if "error" in {body.get("object"), body.get("type")} else None


def told_failure(
    target: Target, request: RewriteRequest, came: Came, body: Mapping[str, object], headers: Mapping[str, str]
) -> BackendError:
    """Return the failure that `body` reports with HTTP 200, with what the vendor bills for what `came` before it.

    If nothing came: nothing is billed for a call that was refused before the model began, and an estimate of the
    prompt for one that the model may have read. Otherwise an estimate of both.
    """
    made = failures.failure(target, told_refusal(body, headers))
    if came.began:
        made.usage = stopped_usage(request, came)
    elif made.kind not in _UNBILLED:
        made.usage = prompt_usage(request)
    made.model = came.model or made.model
    return made


def told_refusal(body: Mapping[str, object], headers: Mapping[str, str]) -> Refusal:
    """Return the equivalent HTTP error; its status is 0 if neither a number nor a word gives it."""
    error = error_in(body)
    words = failures.searched_words(error)
    return Refusal(_status(body, error, words), words, failures.asked_pause(headers, body))


def _status(body: Mapping[str, object], error: object, words: str) -> int:
    named = [*_named(error), *_named(body)]
    for value in named:
        number = _number(value)
        if number is not None and 400 <= number < 600:
            return number
    known = [_BY_WORD[word] for one in named if isinstance(one, str) and (word := _plain(one)) in _BY_WORD]
    # Most things are an invalid request to OpenAI: what its other words say is nearer to the truth.
    if exact := [status for status in known if status != 400] or known:
        return exact[0]
    return next((status for sign, status in _SENTENCES if sign.search(words)), 0)


def _named(value: object) -> Iterator[object]:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        for name in _NAMES:
            if value.get(name) is not None:
                yield value[name]
        yield from _named(value.get("error"))


def _number(value: object) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) == 3 else None


def _plain(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "").replace(" ", "").rpartition(".")[2]
