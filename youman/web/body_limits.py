"""The limits of request bodies, applied while they arrive and before a byte is stored, on every route.

    nobody in particular   64 KiB, which never leave memory
    a known caller         MAX_BODY_MB
    staff, imports         ARTIFACT_MAX_MB

Who sends more than 64 KiB is looked up first, and an address that does not exist gets no body at all. A declared
length is judged before the first byte; a body in chunks, or one that arrives too slowly, while it comes. Raw uploads
(`raw_uploads`) authenticate by themselves before they read.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.asgi import get_script_prefix
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, ResolverMatch, resolve, set_script_prefix
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from youman.core.api import problem
from youman.core.api.authentication import ApiKeyAuthentication
from youman.core.database.ids import new_id
from youman.core.errors import NotAuthenticated, NotFound, TooLarge, YoumanError
from youman.core.http.middleware import ContentSecurityPolicy
from youman.core.runtime import metrics
from youman.core.runtime.logging import request_id
from youman.web import raw_uploads

logger = logging.getLogger("youman.request")

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_MIB = 1024 * 1024
UNKNOWN_MOST = 64 * 1024  # a form for signing in or for an invitation has less than one KiB
_FILE_ROUTES = frozenset({"training-imports", "training_import"})  # where staff send files of any size
_IDLE_S = 60.0  # without any byte
_LEAST_BYTES_PER_S = 1024  # on average, after the first minute; a slow mobile connection has ten times as much
# What a refused client still sends is read for so long, since many clients read an answer only after sending.
_LINGER_S, _LINGER_BYTES = 2.0, 8 * _MIB


class TooSlow(YoumanError):
    code, status, title = "too_slow", 408, "The body of the request arrives too slowly"


class BodyLimits:
    """An ASGI application that watches the body of each request on its way to the inner one."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._threads = ThreadPoolExecutor(8, thread_name_prefix="caller")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = _declared(scope) if scope["type"] == "http" else 0
        is_raw = scope["type"] == "http" and raw_uploads.is_upload(scope)
        if length == 0 and not is_raw:
            await self._inner(scope, receive, send)
            return
        body = _Body(scope, receive, send, self._threads)
        try:
            if not is_raw:  # raw uploads judge the length after they know who sends
                await body.admit(length)
            await self._inner(scope, body.receive, body.send)
        except (YoumanError, APIException, OperationalError, InterfaceError) as error:
            known = problem.translate(error)
            if body.is_answered or known is None:
                raise
            await body.refuse(known)


def _declared(scope: Scope) -> int | None:
    """Return the declared length: 0 without a body, None for a body in chunks. The server refuses other values."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    if b"transfer-encoding" in headers:
        return None
    return int(headers.get(b"content-length", b"0") or b"0")


class _Body:
    """The body of one request: counts what arrives and refuses it as soon as it is too much."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, threads: ThreadPoolExecutor) -> None:
        self._scope, self._receive, self._send, self._threads = scope, receive, send, threads
        self._is_raw = raw_uploads.is_upload(scope)
        self._most = settings.ARTIFACT_MAX_MB * _MIB if self._is_raw else UNKNOWN_MOST
        self._setting = "ARTIFACT_MAX_MB" if self._is_raw else "MAX_BODY_MB"
        self._is_known = self._is_raw
        self._started = time.monotonic()
        self._received = 0
        self._is_complete = False
        self.is_answered = False

    async def admit(self, size: int | None) -> None:
        """Raise the fitting error unless a body of this size, so far or as declared, may be sent here."""
        if size is None or size <= self._most:
            return
        if not self._is_known:
            self._most = await asyncio.get_running_loop().run_in_executor(self._threads, self._most_of_caller)
            self._is_known = True
        if size > self._most:
            most = f"{self._most // _MIB:,} MB"
            raise TooLarge(f"The body may have at most {most} here; send less or raise {self._setting}")

    def _most_of_caller(self) -> int:
        """Return how many bytes the caller may send. Raises NotFound and NotAuthenticated."""
        try:
            match = _match(self._scope)
            if match is None:
                raise NotFound
            user = _caller(self._scope)
        finally:
            connections.close_all()
        if user is None:
            raise NotAuthenticated("Sign in or send an API key before you send a body of more than 64 KiB")
        if user.is_staff and match.url_name in _FILE_ROUTES:
            self._setting = "ARTIFACT_MAX_MB"
            return int(settings.ARTIFACT_MAX_MB) * _MIB
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    async def receive(self) -> Message:
        """Receive the next part. Raises TooLarge, NotAuthenticated and TooSlow."""
        if self._is_complete:
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), _IDLE_S)
        except TimeoutError as error:
            raise TooSlow("No byte arrived for a minute; send the request again") from error
        self._received += len(message.get("body", b""))
        self._is_complete = not message.get("more_body", False)
        await self.admit(self._received)
        spent = time.monotonic() - self._started
        if not self._is_complete and spent > _IDLE_S and self._received < (spent - _IDLE_S) * _LEAST_BYTES_PER_S:
            raise TooSlow("The body arrives too slowly; send the request again")
        return message

    async def send(self, message: Message) -> None:
        self.is_answered = True
        await self._send(message)

    async def refuse(self, error: YoumanError) -> None:
        """Answer. If more of the body is to come, read on so that the client sees the answer, and close."""
        request_id.set(str(new_id()))
        client = (self._scope.get("client") or ("", 0))[0]
        response = await asyncio.get_running_loop().run_in_executor(
            self._threads, partial(copy_context().run, _refusal, self._scope, error)
        )
        fields = {"method": self._scope["method"], "path": self._scope["path"], "status": response.status_code}
        logger.info("request", extra=fields | {"client": client, "bytes": self._received})
        metrics.note_request(
            method=str(self._scope["method"]),
            route="a body refused",
            status=response.status_code,
            seconds=time.monotonic() - self._started,
        )
        headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
        headers.append((b"content-length", str(len(response.content)).encode()))
        if not self._is_complete:
            headers.append((b"connection", b"close"))
        await self._send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        await self._send({"type": "http.response.body", "body": response.content, "more_body": True})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._linger(), _LINGER_S)
        await self._send({"type": "http.response.body", "body": b""})

    async def _linger(self) -> None:
        dropped = 0
        while not self._is_complete and dropped < _LINGER_BYTES:
            message = await self._receive()
            dropped += len(message.get("body", b""))
            self._is_complete = not message.get("more_body", False)


def _match(scope: Scope) -> ResolverMatch | None:
    set_script_prefix(get_script_prefix(scope))
    try:
        return resolve(str(scope["path"]).removeprefix(settings.SITE_PREFIX))
    except Resolver404:
        return None


def _caller(scope: Scope) -> User | None:
    """Return who sends the request, by API key or session. Raises NotAuthenticated for a wrong key."""
    request = raw_uploads.bodiless_request(scope)
    found = ApiKeyAuthentication().authenticate(Request(request))
    user = found[0] if found else request.user
    return user if isinstance(user, User) and user.is_active else None


def _refusal(scope: Scope, error: YoumanError) -> HttpResponse:
    """Return a problem for the API, else a page, with the headers that the middleware adds to other answers."""
    response = _refusal_content(scope, error)
    response["X-Request-ID"], response["X-Content-Type-Options"] = request_id.get(), "nosniff"
    ContentSecurityPolicy(lambda _: response)(HttpRequest())
    return response


def _refusal_content(scope: Scope, error: YoumanError) -> HttpResponse:
    if str(scope["path"]).removeprefix(settings.SITE_PREFIX).startswith("/api/"):
        return problem.answer(error)
    set_script_prefix(get_script_prefix(scope))
    status = TooLarge.status if isinstance(error, NotAuthenticated) else error.status
    context = {"title": HTTPStatus(status).phrase, "detail": error.detail}
    return HttpResponse(render_to_string("refused_body.html", context), status=status)
