"""Progress as server-sent events. Between two reads of the row a stream holds neither a thread nor a connection.

It sends `event: progress` with `{state, progress}` whenever something has changed, a comment as heartbeat, and
`event: done` at the end. Every event is read from the row, so after a broken connection the client simply opens the
stream again; `Last-Event-ID` is accepted and has no effect.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from humanize import selectors
from humanize.api import responses
from humanize.models import Transformation
from humanize.states import TERMINAL
from youman.core.accounts import lifecycle
from youman.core.accounts.access import OwnData
from youman.core.api.parameters import Query
from youman.core.api.permissions import caller_of
from youman.core.api.problem import answer
from youman.core.errors import MethodNotAllowed, YoumanError
from youman.core.models import Account

POLL_S = 0.5
HEARTBEAT_S = 15.0
ACCESS = OwnData()


@csrf_exempt  # the view only reads; it refuses other methods itself, with a problem document in place of a page
async def stream(request: HttpRequest, transformation_id: UUID) -> HttpResponseBase:
    """Stream the progress of a transformation of the caller's account; other transformations give 404."""
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
    response = answer(MethodNotAllowed(f"{method} is not allowed for a progress stream; use GET"))
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
    """Return the caller's account, by API key or session. Raises NotAuthenticated or MissingScope."""
    caller = caller_of(request, ACCESS.rule("GET"))
    return caller.key.account if caller.key else lifecycle.account_of(caller.user)


def _let_go() -> None:
    """Return the connection to the pool while the stream waits, unless a test's transaction is open on it."""
    if not connection.in_atomic_block:
        connection.close()
