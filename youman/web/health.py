"""`/livez` shows that this process answers, and `/readyz` whether it can do its work, with the state of each part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

from youman.core.runtime import health
from youman.web import metrics

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 503 only if a required part is away; without another one the status is `degraded`, and work goes on."""
    parts = health.parts(health.run())
    broken = [part.check for part in parts if not part.check.ok]
    status = "unavailable" if any(check.is_required for check in broken) else "degraded" if broken else "ok"
    answer = {"status": status, "parts": {part.check.name: _part(part) for part in parts}}
    return JsonResponse(answer, status=503 if status == "unavailable" else 200, headers={"Cache-Control": "no-store"})


def _part(part: health.Part) -> dict[str, object]:
    state = "ok" if part.check.ok else "unavailable"
    facts = {"state": state, "required": part.check.is_required, "since": part.since.isoformat(timespec="seconds")}
    return facts | ({"detail": part.check.detail} if part.check.detail else {})


VIEWS: dict[str, Callable[[HttpRequest], HttpResponse]] = {"/livez": livez, "/readyz": readyz, "/metrics": metrics.page}


class Health:
    """Answers probes and scrapers before the host name is checked, since they call a pod by its IP address."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        view = VIEWS.get(request.path_info)
        if view is None or (view is metrics.page and not metrics.is_open()):
            return self.get_response(request)
        return sync_to_async(view)(request) if iscoroutinefunction(self.get_response) else view(request)
