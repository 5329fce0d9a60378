"""The routes for raw uploads: bytes go from the socket to the store and are hashed on their way, in constant memory.

Django's ASGI handler would write the whole body to disk before a view sees it. Authentication, scopes and errors are
the same as in the rest of the API; `body_limits` around it answers the errors.

    PUT /api/v1/model-versions/<id>/artifacts/<type>/<name>
    PUT /api/v1/uploads/<id>/parts/<number>
    POST /api/v1/model-archives
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpResponse
from rest_framework.utils.encoders import JSONEncoder

from registry import selectors, validation
from registry.api import responses
from registry.api.base import ARTIFACTS, UPLOADS, VERSIONS
from registry.api.filters import ImportQuery
from registry.artifacts import multipart
from registry.artifacts.upload import ArtifactIntake, begin_upload, intake_of
from registry.models import ModelArtifact, Upload
from registry.transfer import http_import
from youman.core.api.parameters import Query
from youman.core.api.permissions import caller_of
from youman.core.database.ids import new_id
from youman.core.errors import TooLarge
from youman.core.runtime import metrics
from youman.core.runtime.logging import request_id
from youman.web.asgi_handler import StrictASGIRequest

logger = logging.getLogger("youman.request")
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, dict[str, Any]]
T = TypeVar("T")

_BATCH = 1024 * 1024
_ARTIFACT = re.compile(r"/api/v1/model-versions/([0-9a-f-]{36})/artifacts/([a-z]+)/(.+)")
_PART = re.compile(r"/api/v1/uploads/([0-9a-f-]{36})/parts/(\d{1,5})")
_ARCHIVE = re.compile(r"/api/v1/model-archives")
_ACCESS = {_ARTIFACT: (ARTIFACTS, "PUT"), _PART: (UPLOADS, "PUT"), _ARCHIVE: (VERSIONS, "POST")}
_NAMES = {_ARTIFACT: "api/v1/raw-artifact", _PART: "api/v1/raw-part", _ARCHIVE: "api/v1/model-archives"}
_ROUTES = (("PUT", _ARTIFACT), ("PUT", _PART), ("POST", _ARCHIVE))


class BodyReceiver(Protocol):
    """Receives the body of an upload: `write` for each batch of bytes, then `finish`, or `discard` after a failure."""

    def write(self, data: bytes) -> None: ...

    def finish(self, sha256: str) -> Answer: ...

    def discard(self) -> None: ...


class Disconnected(Exception):
    """The client disconnected before its body was complete."""


@dataclass(slots=True)
class ArtifactReceiver:
    """Receives an artifact of a version."""

    artifact: ModelArtifact
    intake: ArtifactIntake
    user: User

    def write(self, data: bytes) -> None:
        self.intake.write(data)

    def finish(self, sha256: str) -> Answer:
        return 201, responses.ArtifactResponse(self.intake.finish(actor=self.user, sha256=sha256)).data

    def discard(self) -> None:
        self.intake.discard("the upload did not finish")


@dataclass(slots=True)
class PartReceiver:
    """Receives one part of an upload."""

    intake: multipart.PartIntake

    def write(self, data: bytes) -> None:
        self.intake.write(data)

    def finish(self, sha256: str) -> Answer:
        return 200, responses.UploadPartResponse(self.intake.finish(sha256=sha256)).data

    def discard(self) -> None:
        self.intake.discard()


@dataclass(slots=True)
class ArchiveReceiver:
    """Receives an archive with a version."""

    intake: http_import.ArchiveIntake

    def write(self, data: bytes) -> None:
        self.intake.write(data)

    def finish(self, sha256: str) -> Answer:
        found = self.intake.finish(sha256)
        return (201 if found.created else 200), responses.ArchiveImportResponse(found).data

    def discard(self) -> None:
        self.intake.discard()


class Uploads:
    """An ASGI application that handles the upload routes and passes all other requests on."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = _route(scope) if scope["type"] == "http" else None
        if found is None:
            await self._inner(scope, receive, send)
            return
        await _Exchange(scope, receive, send, found).run()


def _route(scope: Scope) -> re.Match[str] | None:
    path = str(scope["path"]).removeprefix(settings.SITE_PREFIX)
    tried = (pattern.fullmatch(path) for method, pattern in _ROUTES if method == scope["method"])
    return next((found for found in tried if found is not None), None)


def is_upload(scope: Scope) -> bool:
    """Return whether this module handles the request."""
    return _route(scope) is not None


class _Exchange:
    """One upload. Its database work and its writing happen in a thread of its own."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, found: re.Match[str]) -> None:
        self._scope, self._receive, self._send, self._found = scope, receive, send, found
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="upload")
        self._started = time.perf_counter()
        self._id = str(new_id())

    async def run(self) -> None:
        request_id.set(self._id)
        try:
            status, body = await self._taken()
            await self._answer(status, json.dumps(body, cls=JSONEncoder).encode())
        except Disconnected:
            self._log(499)
        finally:
            await self._in_thread(connections.close_all)
            self._thread.shutdown(wait=False)

    async def _taken(self) -> Answer:
        taking, sha256 = await self._in_thread(self._begun)
        done = False
        try:
            await self._pour(taking)
            answer = await self._in_thread(taking.finish, sha256)
            done = True
            return answer
        finally:
            if not done:
                await self._in_thread(taking.discard)

    def _begun(self) -> tuple[BodyReceiver, str]:
        """Begin the upload, and return the connection to the pool while the bytes arrive, however long that takes."""
        try:
            return self._begin()
        finally:
            connections.close_all()

    def _begin(self) -> tuple[BodyReceiver, str]:
        request = bodiless_request(self._scope)
        access, method = _ACCESS[self._found.re]
        user = caller_of(request, access.rule(method)).user
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.ARTIFACT_MAX_MB * 1024 * 1024:
            raise TooLarge(f"An artifact may have at most {settings.ARTIFACT_MAX_MB:,} MB; raise ARTIFACT_MAX_MB")
        sha256 = validation.check_sha256(request.headers.get("X-Content-SHA256", "").lower())
        if self._found.re is _ARCHIVE:
            return ArchiveReceiver(http_import.ArchiveIntake(ImportQuery.order_of(request), user)), sha256
        Query.read(request)
        first = _uuid(self._found[1])
        if self._found.re is _PART:
            upload: Upload = multipart.upload_by_id(first)
            return PartReceiver(multipart.PartIntake(upload, int(self._found[2]))), sha256
        version, name = selectors.version_by_id(first), self._found[3]  # the server has decoded the path
        artifact = begin_upload(version=version, type=self._found[2], name=name, actor=user)
        return ArtifactReceiver(artifact, intake_of(artifact), user), sha256

    async def _pour(self, taking: BodyReceiver) -> None:
        """Receive the next batch while the last one is hashed and written; only two batches are in memory."""
        writing: asyncio.Future[None] | None = None
        batch = bytearray()
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Disconnected
            batch += message.get("body", b"")
            more = message.get("more_body", False)
            if len(batch) >= _BATCH or not more:
                if writing is not None:
                    await writing
                writing = asyncio.ensure_future(self._in_thread(taking.write, bytes(batch)))
                batch.clear()
        if writing is not None:
            await writing

    async def _in_thread(self, do: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, do, *arguments)

    async def _answer(self, status: int, body: bytes) -> None:
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "X-Request-ID": self._id}
        headers |= {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._log(status)
        await self._send({"type": "http.response.start", "status": status, "headers": pairs})
        await self._send({"type": "http.response.body", "body": body})

    def _log(self, status: int) -> None:
        spent = (time.perf_counter() - self._started) * 1000
        client = (self._scope.get("client") or ("", 0))[0]
        fields = {"method": self._scope["method"], "path": self._scope["path"], "client": client}
        fields |= {"status": status, "ms": round(spent, 1)}
        logger.info("request", extra=fields)
        metrics.note_request(
            method=self._scope["method"], route=_NAMES[self._found.re], status=status, seconds=spent / 1000
        )


def bodiless_request(scope: Scope) -> ASGIRequest:
    """Return the request without its body, but with the session's user, as the middleware would set it."""
    request = StrictASGIRequest(dict(scope), BytesIO())
    SessionMiddleware(lambda _: HttpResponse()).process_request(request)
    request.user = get_user(request)
    return request


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # no row has this id, so the answer is 404
