"""Returns every error of the API as `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, OperationalError
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
    known = translate(error)
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
