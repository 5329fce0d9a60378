"""The answers for errors that no view handles: problem+json under /api/, a page elsewhere."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from youman.core.api.problem import answer
from youman.core.errors import Forbidden, InvalidInput, NotFound, YoumanError
from youman.core.http.middleware import Unrepresentable


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    if isinstance(exception, Unrepresentable):
        return answer(InvalidInput(str(exception), problems=exception.problems))
    return answer(InvalidInput())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(Forbidden()) if _is_api(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(NotFound()) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer an internal error without details; the log has them under the request id."""
    if _is_api(request):
        return answer(YoumanError("Internal error; quote the request id when you report it"))
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
