"""`/metrics` for Prometheus on the web port, behind METRICS_TOKEN; without a token there is no such page."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from youman.core.api.problem import answer
from youman.core.errors import NotAuthenticated
from youman.core.runtime import metrics


def is_open() -> bool:
    return bool(settings.METRICS_TOKEN)


def page(request: HttpRequest) -> HttpResponse:
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), settings.METRICS_TOKEN.encode()):
        return answer(NotAuthenticated("Send METRICS_TOKEN as `Authorization: Bearer …`"))
    return HttpResponse(metrics.render(), content_type=metrics.CONTENT_TYPE, headers={"Cache-Control": "no-store"})
