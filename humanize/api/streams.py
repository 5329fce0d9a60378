"""Progress as server-sent events. Between two looks at the row nothing is held: no thread, no database connection.

`event: progress` with `{state, progress}` whenever something changed, a comment as heartbeat, `event: done` at the end.
The row is the truth, so a stream that was cut is simply opened again; `Last-Event-ID` is accepted and needs nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request

from humanize import selectors
from humanize.api import responses
from humanize.models import Transformation
from humanize.states import TERMINAL
from youman.core.accounts import lifecycle, scopes
from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.api.parameters import Query
from youman.core.api.problem import answer
from youman.core.errors import MethodNotAllowed, MissingScope, NotAuthenticated, YoumanError
from youman.core.models import Account

POLL_S = 0.5
HEARTBEAT_S = 15.0


@csrf_exempt  # it reads only; a method that would write is refused below, as a problem and not as a page
async def stream(request: HttpRequest, transformation_id: UUID) -> HttpResponseBase:
    """One's own transformation only: another's is not there."""
    if request.method != "GET":
        return _not_allowed(str(request.method))
    try:
        Query.read(request)
        first = await sync_to_async(_first_look)(request, transformation_id)
    except YoumanError as error:
        return answer(error)
    events = _events(transformation_id, first)
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"  # nginx must not hold events back
    return response


def _not_allowed(method: str) -> HttpResponseBase:
    response = answer(MethodNotAllowed(f"{method} is not for progress; use GET"))
    response["Allow"] = "GET"
    return response


async def _events(transformation_id: UUID, first: selectors.Progress) -> AsyncIterator[bytes]:
    now: selectors.Progress | None = first
    shown, number, quiet_s = None, 0, 0.0
    while now is not None:
        if now != shown:
            number, shown, quiet_s = number + 1, now, 0.0
            yield _event("progress", number, responses.ProgressEventResponse(now).data)
        elif quiet_s >= HEARTBEAT_S:
            quiet_s = 0.0
            yield b": still here\n\n"
        if now.state in TERMINAL:
            yield _event("done", number + 1, responses.EndEventResponse(now).data)
            return
        await asyncio.sleep(POLL_S)
        quiet_s += POLL_S
        now = await sync_to_async(_look)(transformation_id)
    yield _event("done", number + 1, responses.EndEventResponse({"state": "deleted"}).data)


def _event(name: str, number: int, data: dict[str, object]) -> bytes:
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _first_look(request: HttpRequest, transformation_id: UUID) -> selectors.Progress:
    try:
        row = selectors.transformation_of(_account(request), transformation_id)
        return selectors.progress_of(row, timezone.now())
    finally:
        _let_go()


def _look(transformation_id: UUID) -> selectors.Progress | None:
    try:
        fields = ("state", "done_chunks", "total_chunks", "done_at_claim", "started_at")
        row = Transformation.objects.filter(pk=transformation_id).only(*fields).first()
        return None if row is None else selectors.progress_of(row, timezone.now())
    finally:
        _let_go()


def _account(request: HttpRequest) -> Account:
    """By key or by session, as everywhere else. Raises NotAuthenticated, MissingScope."""
    found = ApiKeyAuthentication().authenticate(Request(request))
    if found is None:
        if not isinstance(request.user, User) or not request.user.is_active:
            raise NotAuthenticated
        return lifecycle.account_of(request.user)
    key = found[1]
    if scopes.REWRITE not in key.scopes:
        raise MissingScope(f"This key lacks the scope {scopes.REWRITE}; make one that has it")
    return key.account


def _let_go() -> None:
    """Give the connection back to the pool while we wait; not inside a test's transaction."""
    if not connection.in_atomic_block:
        connection.close()
