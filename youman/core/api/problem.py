"""Every error of the API as RFC 9457 `application/problem+json`."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback  # only the handler is named in settings, and late

from youman.core.errors import (
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
    """DRF's EXCEPTION_HANDLER. None for what is not ours: Django's handler500 then answers."""
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
    """The error of our tree for one of ours, DRF's or Django's."""
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
        case OperationalError():
            # Its own words name hosts, files and rows; they are for the log.
            logger.error("the database failed", exc_info=error)
            return Unavailable("The database does not answer, or its disk is full; try again", retry_after_s=5)
        case RequestDataTooBig():
            return TooLarge("The request's body is too large; send the text in parts or raise MAX_BODY_MB")
        case exceptions.APIException():
            return _other(error)
    return None


def problem(error: YoumanError) -> dict[str, object]:
    body: dict[str, object] = {
        "type": f"urn:youman:error:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "request_id": request_id.get(),
    }
    if error.problems:
        body["errors"] = [{"field": one.field, "message": one.message} for one in error.problems]
    return body


def answer(error: YoumanError) -> JsonResponse:
    """The same outside DRF."""
    return JsonResponse(problem(error), status=error.status, headers=_headers(error), content_type=CONTENT_TYPE)


def _other(error: exceptions.APIException) -> YoumanError:
    known = YoumanError(str(error.detail))
    known.status = error.status_code  # type: ignore[misc]  # 405, 406, 415 of DRF keep their status
    known.code, known.title = str(error.default_code), HTTPStatus(error.status_code).phrase  # type: ignore[misc]  # the same
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
