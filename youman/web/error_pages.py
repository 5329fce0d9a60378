"""What answers when nothing else does: problem+json under /api/, a page elsewhere."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import defaults

from youman.core.api.problem import answer
from youman.core.errors import Forbidden, InvalidInput, NotFound, YoumanError


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(InvalidInput()) if _is_api(request) else defaults.bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(Forbidden()) if _is_api(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return answer(NotFound()) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """No detail leaves the house; the log has it under the request id."""
    if _is_api(request):
        return answer(YoumanError("An error of ours; it has been logged under the request id"))
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
