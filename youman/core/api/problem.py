"""Returns every error of the API as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback  # only the handler is named in settings, and late

from youman.core.database.postgres.base import is_busy
from youman.core.errors import (
    Busy,
    FieldProblem,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    RateLimited,
    TooLarge,
    Unavailable,
    YoumanError,
)
from youman.core.runtime.logging import request_id

logger = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception; this is DRF's EXCEPTION_HANDLER. Returns None for unknown ones, which handler500 answers."""
    known = translate(error) or _fault_of_caller(error, context)
    if known is None:
        return None
    set_rollback()
    renderer = context["request"]
    renderer.accepted_renderer, renderer.accepted_media_type = ProblemRenderer(), CONTENT_TYPE
    return Response(problem(known), status=known.status, headers=_headers(known), content_type=CONTENT_TYPE)


class ProblemRenderer(JSONRenderer):
    media_type = CONTENT_TYPE


def translate(error: Exception) -> YoumanError | None:
    """Return the YoumanError for an exception of Youman, DRF or Django; None for any other."""
    match error:
        case YoumanError():
            return error
        case exceptions.ValidationError():
            problems = tuple(_problems(error.detail))
            detail = "; ".join(f"{one.field}: {one.message}" if one.field else one.message for one in problems)
            return InvalidInput(detail, problems=problems)
        case exceptions.Throttled():
            return RateLimited(str(error.detail), retry_after_s=int(getattr(error, "wait", None) or 0) + 1)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return NotAuthenticated(str(error.detail))
        case Http404() | exceptions.NotFound():
            return NotFound()
        case PermissionDenied() | exceptions.PermissionDenied():
            return Forbidden(str(error) or str(getattr(error, "detail", "")))
        case OperationalError() | InterfaceError():
            return _database_trouble(error)
        case RequestDataTooBig():
            return TooLarge("The body of the request is too large; send the text in parts or raise MAX_BODY_MB")
        case exceptions.APIException():
            return _other(error)
    return None


def _fault_of_caller(error: Exception, context: Mapping[str, Any]) -> InvalidInput | None:
    """Return the refusal of a value that the database could not hold, if the request provably contains such a value.

    This is the last net below the checks of bodies, queries and URLs, so each use of it is logged: a check is missing.
    An error that no value of the request explains stays an internal one.
    """
    state = str(getattr(error.__cause__, "sqlstate", ""))
    if isinstance(error, OverflowError) or (isinstance(error, DataError) and state == _OUT_OF_RANGE):
        fits: Callable[[object], bool] = _fits_integer
        why = "is too large a number; send a smaller one"
    elif isinstance(error, DataError) and (most := _TOO_LONG.search(str(error))):
        fits = partial(_fits_length, int(most[1]))
        why = f"may have at most {most[1]} characters"
    else:
        return None
    request = context["request"]
    sent = [request.data, dict(request.query_params), context.get("kwargs", {})]
    place = next((path for one in sent for path, value in _leaves(one, "") if not fits(value)), None)
    if place is None:
        return None
    logger.warning("a value of the request reached the database unchecked", exc_info=error)
    return InvalidInput(f"{place}: {why}", problems=(FieldProblem(place, why),))


_OUT_OF_RANGE = "22003"  # PostgreSQL's SQLSTATE
_TOO_LONG = re.compile(r"value too long for type character varying\((\d+)\)")
_DIGITS = re.compile(r"-?[0-9]{1,25}")


def _fits_integer(value: object) -> bool:
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    return not isinstance(value, int | float) or abs(value) < 2**31


def _fits_length(most: int, value: object) -> bool:
    return not isinstance(value, str) or len(value) <= most


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        items: Iterable[tuple[object, object]] = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        yield path, value
        return
    for name, inner in items:
        yield from _leaves(inner, f"{path}.{name}".strip("."))


def _database_trouble(error: Exception) -> YoumanError:
    if is_busy(error):
        logger.warning("all database connections were in use")
        return Busy()
    # Its message names hosts, files and rows, which belong only into the log.
    logger.error("the database failed", exc_info=error)
    return Unavailable("The database does not answer or its disk is full; try again")


def problem(error: YoumanError) -> dict[str, object]:
    """Return the problem document of an error."""
    body: dict[str, object] = {
        "type": f"urn:youman:error:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": _sendable(error.detail),
        "request_id": request_id.get(),
    }
    if error.problems:
        body["errors"] = [{"field": _sendable(one.field), "message": _sendable(one.message)} for one in error.problems]
    return body


def _sendable(text: str) -> str:
    """A sentence may quote what was sent, such as half of a pair of UTF-16, which no answer can hold."""
    return text.encode(errors="replace").decode()


def answer(error: YoumanError) -> JsonResponse:
    """Return the problem document of an error as a response, for views outside DRF."""
    return JsonResponse(problem(error), status=error.status, headers=_headers(error), content_type=CONTENT_TYPE)


def _other(error: exceptions.APIException) -> YoumanError:
    known = YoumanError(str(error.detail))
    known.status = error.status_code  # type: ignore[misc]  # DRF's 405, 406 and 415 keep their status
    known.code, known.title = str(error.default_code), HTTPStatus(error.status_code).phrase  # type: ignore[misc]  # as above
    return known


def _headers(error: YoumanError) -> dict[str, str]:
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
    return headers | ({"Retry-After": str(error.retry_after_s)} if error.retry_after_s else {})


def _problems(detail: object, field: str = "") -> Iterator[FieldProblem]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from _problems(inner, f"{field}.{name}".strip("."))
    elif isinstance(detail, list | tuple):
        for position, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            yield from _problems(inner, f"{field}.{position}".strip(".") if nested else field)
    else:
        yield FieldProblem(field, str(detail))
