"""`/livez`: this process answers. `/readyz`: so does everything it needs, each named."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse

from youman.core import health


def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    checks = health.run()
    ok = all(check.ok for check in checks)
    parts = {check.name: "ok" if check.ok else check.detail for check in checks}
    return JsonResponse({"status": "ok" if ok else "unavailable", "checks": parts}, status=200 if ok else 503)
