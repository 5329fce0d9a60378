"""`/livez` shows that this process answers, and `/readyz` that everything it needs does, each with its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from youman.core.runtime import health

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    checks = health.run()
    ok = all(check.ok for check in checks)
    parts = {check.name: "ok" if check.ok else check.detail for check in checks}
    return JsonResponse({"status": "ok" if ok else "unavailable", "checks": parts}, status=200 if ok else 503)


VIEWS = {"/livez": livez, "/readyz": readyz}


class Health:
    """Answers health checks before the host name is checked, since an orchestrator calls a pod by its IP address."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        view = VIEWS.get(request.path_info)
        if view is None:
            return self.get_response(request)
        return sync_to_async(view)(request) if iscoroutinefunction(self.get_response) else view(request)
