"""Django's ASGI handler with a single switch to a thread for a synchronous view, where Django makes several.

Asynchronous views (event streams, downloads) are handled by Django itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, ASGIRequest, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve, set_script_prefix
from django.utils.http import parse_header_parameters

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Body = IO[bytes]

# The number of requests that a process handles at once; a request may wait for a vendor for a minute.
_THREADS = 256


class _InThread(BaseHandler):
    """Runs the synchronous middleware and view of a request whose URL has already been resolved."""

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        found = request.resolver_match
        return found if found is not None else super().resolve_request(request)


class StrictHeaders(HttpRequest):
    """A request whose Content-Type may name any encoding; Django would fail for some before a middleware sees it.

    The text of a request is always UTF-8, and the middleware RepresentableRequest refuses what says otherwise.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):
            self.content_type, self.content_params = "", {"charset": "unknown"}

    def parse_file_upload(self, META: Mapping[str, Any], post_data: Any) -> Any:  # noqa: N803  # Django's own name
        """Parse a form. Raises MultiPartParserError, also for a part whose header names an unknown encoding."""
        try:
            return super().parse_file_upload(META, post_data)
        except (LookupError, ValueError) as error:
            raise MultiPartParserError(str(error)) from error


class StrictASGIRequest(StrictHeaders, ASGIRequest):
    """A request under ASGI."""


class SingleHopHandler(ASGIHandler):
    """Runs each synchronous request in one thread of its own pool."""

    request_class = StrictASGIRequest

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="request")
        self._in_thread = _InThread()
        self._in_thread.load_middleware()

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        match = _match(scope)
        if match is not None and iscoroutinefunction(match.func):
            await super().handle(scope, receive, send)
            return
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        work = partial(copy_context().run, self._answer, scope, body, match)
        response: HttpResponseBase = await asyncio.get_running_loop().run_in_executor(self._threads, work)
        if isinstance(response, StreamingHttpResponse):
            await self._stream(response, receive, send)
        else:
            await self.send_response(response, send)
        body.close()

    def _answer(self, scope: Scope, body: Body, match: ResolverMatch | None) -> HttpResponseBase:
        """Handle the whole request, so that its database connection is taken and returned in the same thread."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        if request is not None:
            request.resolver_match = match
        response = refused if request is None else self._in_thread.get_response(request)
        assert response is not None
        if isinstance(response, StreamingHttpResponse):
            close_old_connections()  # the stream runs in other threads, which take their own connection
        else:
            response.close()
        return response

    async def _stream(self, response: StreamingHttpResponse, receive: Receive, send: Send) -> None:
        """Send the response until it ends or the client disconnects."""
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        whole = response.streaming_content
        if isinstance(whole, Iterator):  # otherwise Django would read all of it before sending the first byte
            response.streaming_content = _pieces(whole)
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        sending = asyncio.create_task(self.send_response(response, send))
        try:
            await asyncio.wait((gone, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (gone, sending):
                task.cancel()
            ends = await asyncio.gather(gone, sending, return_exceptions=True)
            await sync_to_async(response.close)()
        if isinstance(ends[1], Exception):
            raise ends[1]


async def _pieces(whole: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces one by one, read in the single thread that `sync_to_async` uses for a request."""
    following = sync_to_async(partial(next, whole, None))
    while (piece := await following()) is not None:
        yield piece


def _match(scope: Scope) -> ResolverMatch | None:
    """Resolve the URL; return None for an unknown one, which the middleware and finally Django answer."""
    try:
        return resolve(str(scope["path"]).removeprefix(get_script_prefix(scope)))
    except Resolver404:
        return None
