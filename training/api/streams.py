"""A job's progress as server-sent events. Between two polls it holds neither a thread nor a database connection.

The stream sends `progress` whenever something has changed, `log` with new lines, `event` for each new event, a comment
as heartbeat, and `done` at the end. The rows are the truth, so a client can reopen an interrupted stream at any time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from training import selectors
from training.api import responses
from training.models import TrainingJob
from training.states import TERMINAL
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.parameters import Query
from youman.core.api.permissions import caller_of
from youman.core.api.problem import answer
from youman.core.errors import NotFound, YoumanError

POLL_S = 0.5  # fast enough for a person, and only two polls per second for each reader
HEARTBEAT_S = 15.0  # proxies close a connection that is silent for 30 or 60 seconds
_TAIL = 200
ACCESS = StaffAccess(scopes.TRAINING, TrainingJob)


@dataclass(slots=True)
class _StreamPosition:
    """What has been sent so far."""

    progress: dict[str, object] = field(default_factory=dict)
    log: int = 0
    event: int = 0
    is_over: bool = False
    number: int = 0


@require_GET
async def stream(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """Stream a job's progress to staff, who sign in by session or by a key with the scope `training`."""
    seen = _StreamPosition()
    try:
        Query.read(request)
        first = await sync_to_async(_first_look)(request, job_id, seen)
    except YoumanError as error:
        return answer(error)
    response = StreamingHttpResponse(_events(job_id, seen, first), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"  # nginx must not buffer the events
    return response


async def _events(job_id: UUID, seen: _StreamPosition, first: list[bytes]) -> AsyncIterator[bytes]:
    found, quiet_s = first, 0.0
    while True:
        for one in found:
            yield one
        if seen.is_over:
            return
        quiet_s = 0.0 if found else quiet_s + POLL_S
        if quiet_s >= HEARTBEAT_S:
            quiet_s = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(POLL_S)
        found = await sync_to_async(_look)(job_id, seen)


def _first_look(request: HttpRequest, job_id: UUID, seen: _StreamPosition) -> list[bytes]:
    caller_of(request, ACCESS.rule("GET"))
    selectors.state_of(job_id)
    seen.log = selectors.log_tail_start(job_id, _TAIL)
    return _look(job_id, seen)


def _look(job_id: UUID, seen: _StreamPosition) -> list[bytes]:
    try:
        return list(_changes(job_id, seen))
    except NotFound:
        seen.is_over = True
        return [_event(seen, "done", responses.JobEndResponse({"state": "deleted"}).data)]
    finally:
        if not connection.in_atomic_block:
            connection.close()


def _changes(job_id: UUID, seen: _StreamPosition) -> list[bytes]:
    # Read the state first: lines and events that were written before it are then among those read after it.
    job = selectors.job_of(job_id)
    found = []
    log = selectors.log_after(job_id, seen.log)
    seen.log = log.cursor
    if log.lines:
        found.append(_event(seen, "log", responses.LogLinesResponse(log).data))
    for row in selectors.events_of(job_id, after=seen.event):
        seen.event = row.pk
        found.append(_event(seen, "event", responses.EventResponse(row).data))
    now = responses.JobProgressResponse(job).data
    if now != seen.progress:
        seen.progress = now
        found.append(_event(seen, "progress", now))
    if job.state in TERMINAL and not log.lines:
        seen.is_over = True
        found.append(_event(seen, "done", responses.JobEndResponse(job).data))
    return found


def _event(seen: _StreamPosition, name: str, data: dict[str, object]) -> bytes:
    seen.number += 1
    return f"id: {seen.number}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()
