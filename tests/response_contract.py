"""Compares what the API answers in every test with what it declares; a test in which they differ fails.

Seen are the answers of DRF's views in this process, as rendered, those of real servers that httpx asks, and events of
streams that tests read with `tests.writers.streamed`. Only successful answers: problems have one shape of their own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import date, datetime
from functools import wraps
from typing import Any, NamedTuple
from uuid import UUID

import httpx
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from youman.core.api.schema import events_at


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without an offset")
    return moment


JSON = "application/json"
_API = "/api/v1/"
_SCALARS: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...]], ...] = (
    (serializers.BooleanField, (bool,)),
    (serializers.IntegerField, (int,)),
    (serializers.FloatField, (int, float)),
    (serializers.CharField, (str,)),
    (serializers.SlugRelatedField, (str,)),
    (serializers.PrimaryKeyRelatedField, (int, str)),
)
_PARSED: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], Callable[[str], object]], ...] = (
    (serializers.UUIDField, UUID),
    (serializers.DateTimeField, _moment),
    (serializers.DateField, date.fromisoformat),
)
_UNCHECKED = type(serializers.DictField.child)
found: list[str] = []


class Declared(NamedTuple):
    """What one operation answers with one status. `form` None: no body. `media` "": JSON."""

    form: Any
    media: str
    paged: bool


def install() -> None:
    """Once a process."""
    finalize, send = APIView.finalize_response, httpx.Client.send

    @wraps(finalize)
    def finalized(self: APIView, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = finalize(self, request, response, *args, **kwargs)
        if 200 <= answer.status_code < 300 and request.method != "OPTIONS":
            _note(self, request.method, answer)
        return answer

    @wraps(send)
    def sent(self: httpx.Client, request: httpx.Request, *args: Any, **kwargs: Any) -> httpx.Response:
        answer = send(self, request, *args, **kwargs)
        if not kwargs.get("stream") and answer.is_success and request.url.path.startswith(_API):
            found.extend(in_exchange(request, answer))
        return answer

    APIView.finalize_response = finalized  # type: ignore[method-assign]
    httpx.Client.send = sent  # type: ignore[method-assign]


def take_report() -> str:
    """What was found since the last report; empty if nothing."""
    lines, found[:] = list(dict.fromkeys(found)), []
    return "\n".join(("Answers differ from what they declare:", *lines[:20])) if lines else ""


def check_event(path: str, event: bytes) -> None:
    """Compare one event of a stream with what is declared for its name at that address."""
    if event.startswith(b":"):
        return
    fields = dict(line.split(": ", 1) for line in event.decode().strip().splitlines())
    declared = events_at(resolve(path).route).get(fields["event"])
    if declared is None:
        found.append(f"{path}: the event {fields['event']} is not declared")
    else:
        found.extend(mismatches(declared, json.loads(fields["data"]), f"{path} {fields['event']}"))


def _note(view: APIView, method: str, answer: HttpResponseBase) -> None:
    media = answer.headers.get("Content-Type", "")
    if isinstance(answer, Response):
        found.extend(_in_answer(view, method, answer.status_code, JSON, JSONRenderer().render(answer.data)))
    elif isinstance(answer, StreamingHttpResponse) and media == JSON:
        answer.streaming_content = _watched(view, method, answer.status_code, answer.streaming_content)
    else:
        found.extend(_in_answer(view, method, answer.status_code, media, None))


async def _watched(view: APIView, method: str, status: int, parts: Any) -> AsyncIterator[bytes]:
    """The parts as they are; compared when the last one has been read."""
    kept = []
    async for part in parts:
        kept.append(part)
        yield part
    found.extend(_in_answer(view, method, status, JSON, b"".join(kept)))


def in_exchange(request: httpx.Request, answer: httpx.Response) -> Iterator[str]:
    """Yield the differences between an answer over HTTP and what its view declares, whichever process served it."""
    try:
        view = getattr(resolve(request.url.path).func, "view_class", None)
    except Resolver404:
        return
    media = answer.headers.get("Content-Type", "")
    if view is not None and media.startswith(JSON):
        yield from _in_answer(view(), request.method, answer.status_code, JSON, answer.content)


def _in_answer(view: APIView, method: str, status: int, media: str, body: bytes | None) -> Iterator[str]:
    if _is_page(view, method):
        return
    where = f"{type(view).__name__} {method} {status}"
    declared = declared_by(view, method, status)
    if declared is None:
        yield f"{where}: no answer is declared"
    elif declared.media or isinstance(declared.form, OpenApiTypes):
        if declared.media and not media.startswith(declared.media):
            yield f"{where}: {declared.media} declared, {media} sent"
    elif declared.form is None:
        if body not in (None, b""):
            yield f"{where}: no body declared, one sent"
    elif body is None:
        yield f"{where}: JSON declared, {media} sent"
    else:
        yield from _in_body(declared, json.loads(body), where)


def _in_body(declared: Declared, sent: Any, where: str) -> Iterator[str]:
    if not declared.paged:
        yield from mismatches(declared.form, sent, where)
    elif not isinstance(sent, dict) or sent.keys() != {"next", "results"}:
        yield f"{where}: a page declared, something else sent"
    else:
        if not isinstance(sent["next"], str | None):
            yield f"{where}.next: no cursor"
        yield from mismatches(declared.form, sent["results"], where)


def declared_by(view: APIView, method: str, status: int) -> Declared | None:
    """None where nothing is declared with `extend_schema` for this method and status."""
    for key, form in _forms(view, method).items():
        code, media = key if isinstance(key, tuple) else (key, "")
        if int(code) == status:
            form = form.response if isinstance(form, OpenApiResponse) else form
            many = isinstance(form, serializers.ListSerializer)
            return Declared(form, media, many and getattr(view, "pagination_class", None) is not None)
    return None


def declares(view: APIView, method: str) -> bool:
    """Whether every answer of the operation has a serializer, no body, or a form of its own that is named."""
    if _is_page(view, method):
        return True
    kinds = (serializers.BaseSerializer, OpenApiResponse, OpenApiTypes)
    forms = _forms(view, method).values()
    return bool(forms) and all(
        one is None or isinstance(one, kinds) or (isinstance(one, type) and issubclass(one, kinds)) for one in forms
    )


def _forms(view: APIView, method: str) -> Mapping[Any, Any]:
    described = _schema_of(view, method)
    if described is None:
        return {}
    forms = described.get_response_serializers()
    return forms if isinstance(forms, Mapping) else {200: forms}


def _is_page(view: APIView, method: str) -> bool:
    """Whether it is left out of the description, as the pages that show it are."""
    described = _schema_of(view, method)
    return described is not None and described.is_excluded()


def _schema_of(view: APIView, method: str) -> Any:
    """What `extend_schema` has left on the method; None without it."""
    handler = getattr(view, "get" if method == "HEAD" else method.lower(), None)
    schema = getattr(handler, "kwargs", {}).get("schema")
    if schema is None:
        return None
    if not hasattr(view, "request"):
        view.request, view.kwargs = None, {}  # type: ignore[assignment]  # nobody asked it; the version is read of both
    described = schema()
    described.view, described.method = view, method
    return described


def mismatches(declared: Any, sent: Any, where: str) -> Iterator[str]:
    """Each difference between a field or serializer and JSON, as a line that begins with its place."""
    field = declared() if isinstance(declared, type) else declared
    if isinstance(field, _UNCHECKED):
        return
    if sent is None:
        if not field.allow_null:
            yield f"{where}: null sent, declared not null"
    elif isinstance(field, serializers.JSONField):
        return
    elif isinstance(field, serializers.ListSerializer | serializers.ListField):
        yield from _in_list(field, sent, where)
    elif isinstance(field, serializers.Serializer):
        yield from _in_object(field, sent, where)
    elif isinstance(field, serializers.DictField):
        if isinstance(sent, dict):
            for key, value in sent.items():
                yield from mismatches(field.child, value, f"{where}.{key}")
        else:
            yield f"{where}: an object declared, {sent!r} sent"
    else:
        yield from _in_scalar(field, sent, where)


def _in_list(field: Any, sent: Any, where: str) -> Iterator[str]:
    if not isinstance(sent, list):
        yield f"{where}: a list declared, {sent!r} sent"
        return
    for one in sent:
        yield from mismatches(field.child, one, f"{where}[]")


def _in_object(field: serializers.Serializer[Any], sent: Any, where: str) -> Iterator[str]:
    if not isinstance(sent, dict):
        yield f"{where}: an object declared, {sent!r} sent"
        return
    fields = {name: one for name, one in field.fields.items() if not one.write_only}
    for name, one in fields.items():
        if name in sent:
            yield from mismatches(one, sent[name], f"{where}.{name}")
        elif one.required or one.read_only:
            yield f"{where}.{name}: declared, not sent"
    for name in sent.keys() - fields.keys():
        yield f"{where}.{name}: sent, not declared"


def _in_scalar(field: Any, sent: Any, where: str) -> Iterator[str]:
    if isinstance(field, serializers.ChoiceField):
        if sent not in field.choices and not (sent == "" and field.allow_blank):
            yield f"{where}: {sent!r} is not among the choices"
    elif (parse := next((one for kind, one in _PARSED if isinstance(field, kind)), None)) is not None:
        try:
            parse(sent)
        except (TypeError, ValueError, AttributeError):
            yield f"{where}: {type(field).__name__} declared, {sent!r} sent"
    else:
        kinds = next((kinds for kind, kinds in _SCALARS if isinstance(field, kind)), ())
        if not isinstance(sent, kinds) or (isinstance(sent, bool) and bool not in kinds):
            yield f"{where}: {type(field).__name__} declared, {sent!r} sent"
