"""The answers for errors that no view handles: problem+json under /api/, a page elsewhere."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

from youman.core.api.problem import answer
from youman.core.errors import Forbidden, InvalidInput, NotFound, YoumanError
from youman.core.http.middleware import Unrepresentable

_HOST = (
    "This site does not answer under the host name of your request. Use the address that your administrator gave you. "
    "Administrators: set SITE_URL to the address that people use, or add the name to ALLOWED_HOSTS"
)
_ORIGIN = (
    "The form was sent from an address that this site does not know as its own, so nothing has been changed. "
    "Administrators: set SITE_URL to the address that people use, or add it to CSRF_TRUSTED_ORIGINS"
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer a request that cannot be understood, and one for a host name that is not this installation's."""
    if isinstance(exception, DisallowedHost):
        return answer(InvalidInput(_HOST)) if _is_api(request) else _page(request, _HOST, 400)
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


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form that Django's CSRF check refuses; this is CSRF_FAILURE_VIEW."""
    if _is_api(request):
        return answer(Forbidden(_ORIGIN if _is_of_origin(reason) else ""))
    if _is_of_origin(reason):
        return _page(request, _ORIGIN, 403)
    return HttpResponse(render_to_string("403_csrf.html"), status=403)


def _is_of_origin(reason: str) -> bool:
    return reason.startswith(("Origin checking failed", "Referer checking failed"))


def _page(request: HttpRequest, detail: str, status: int) -> HttpResponse:
    del request  # its host cannot be trusted, so nothing of it is shown
    return HttpResponse(render_to_string("refused_address.html", {"detail": detail}), status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
