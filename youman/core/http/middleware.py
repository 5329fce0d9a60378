"""Middleware for every request: a request id, one log line, and a strict content security policy."""

from __future__ import annotations

import codecs
import logging
import os
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import parse_qsl

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from youman.core.database.ids import new_id
from youman.core.errors import FieldProblem
from youman.core.http.client_address import client_address
from youman.core.runtime import metrics
from youman.core.runtime.logging import request_id

logger = logging.getLogger("youman.request")
_SAFE_ID = re.compile(r"[\w.-]{1,64}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)

Answer = HttpResponseBase | Awaitable[HttpResponseBase]
GetResponse = Callable[[HttpRequest], Answer]


class _Middleware:
    """Works under WSGI and ASGI without switching threads, since `before` and `after` do no I/O."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        self.before(request)
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseBase):
            return self.after(request, answer)
        return self._later(request, answer)

    async def _later(self, request: HttpRequest, answer: Awaitable[HttpResponseBase]) -> HttpResponseBase:
        return self.after(request, await answer)

    def before(self, request: HttpRequest) -> None:
        return None

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response


class RequestLog(_Middleware):
    """Accepts a valid X-Request-ID or creates one; logs method, path without query, client, status and milliseconds."""

    def before(self, request: HttpRequest) -> None:
        given = request.headers.get("X-Request-ID", "")
        request_id.set(given if _SAFE_ID.fullmatch(given) else str(new_id()))
        request.META["youman.started"] = time.perf_counter()

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response["X-Request-ID"] = request_id.get()
        spent = (time.perf_counter() - request.META["youman.started"]) * 1000
        who = {"method": request.method, "path": request.path, "client": client_address(request)}
        fields = who | {"status": response.status_code, "ms": round(spent, 1)}
        logger.info("request", extra=fields)
        route = request.resolver_match.route if request.resolver_match else request.META.get("youman.route", "")
        metrics.note_request(
            method=request.method or "", route=route, status=response.status_code, seconds=spent / 1000
        )
        return response


class Unrepresentable(BadRequest):
    """A URL or a header holds what no row can; `problems` name the places."""

    def __init__(self, problems: tuple[FieldProblem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{one.field}: {one.message}" for one in problems))


class RepresentableRequest(_Middleware):
    """Refuses URLs, headers and cookies that no database can store, before anything looks them up.

    Bodies are checked where they are parsed. Text is UTF-8 everywhere: other encodings spell characters that no row
    can hold, and some are not encodings of text at all. Raises Unrepresentable.
    """

    def before(self, request: HttpRequest) -> None:
        """Check the request. Raises Unrepresentable."""
        problems = tuple(_unrepresentable(request))
        if problems:
            raise Unrepresentable(problems)


_MOST_NAMED = 10
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUL = "contains a NUL character; remove it"


def _unrepresentable(request: HttpRequest) -> Iterator[FieldProblem]:
    if _UNSTORABLE.search(request.path):
        yield FieldProblem("path", "contains a NUL character or half a surrogate pair; remove it")
    query = str(request.META.get("QUERY_STRING", ""))
    if "%00" in query or "\x00" in query:
        pairs = parse_qsl(query, keep_blank_values=True)
        names = dict.fromkeys(name for name, value in pairs if "\x00" in name + value)
        for name in list(names)[:_MOST_NAMED]:
            yield FieldProblem(name[:100].replace("\x00", "?"), "must not contain NUL characters")
    for name, value in request.headers.items():
        if "\x00" in value:
            yield FieldProblem(name, _NUL)
    for name, value in request.COOKIES.items():  # a quoted cookie can spell any byte
        if "\x00" in value:
            yield FieldProblem(f"cookie {name}"[:100], _NUL)
    charset = (request.content_params or {}).get("charset", "utf-8")
    if not _is_utf8(charset):
        yield FieldProblem("Content-Type", "names an encoding other than UTF-8; send the text as UTF-8")


def _is_utf8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name in {"utf-8", "ascii"}
    except (LookupError, ValueError):
        return False


class OneThread:
    """The innermost middleware. It is synchronous, so that Django runs the others between in a single thread.

    Otherwise each of Django's own middlewares switches to a thread and back under ASGI, which costs a plain request
    1 to 3 ms of processor time.
    """

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)


class ChunkedBody(_Middleware):
    """Sets the length of a body that was sent in chunks; other code would consider it empty or unbounded.

    Only ASGI passes such a body on; it has been received completely and is in a temporary file.
    """

    def before(self, request: HttpRequest) -> None:
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            body = getattr(request, "_stream", None)
            if isinstance(body, tempfile.SpooledTemporaryFile):
                request.META["CONTENT_LENGTH"] = str(body.seek(0, os.SEEK_END))
                body.seek(0)


class ContentSecurityPolicy(_Middleware):
    """Adds the content security policy and the permissions policy, unless a view has set its own."""

    def after(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response.setdefault("Content-Security-Policy", _POLICY)
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
