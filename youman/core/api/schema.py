"""Extends the OpenAPI generator by authentication, query parameters, streams and problems. The URLs import it late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import get_lib_doc_excludes

from youman.core.accounts.access import Access, AccessRule
from youman.core.api.base import ApiView
from youman.core.api.parameters import Query
from youman.core.api.requests import RequestSerializer
from youman.core.api.responses import ResponseSerializer


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular registers it in an untyped hook
    target_class = "youman.core.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class ApiSchema(AutoSchema):
    """The DEFAULT_SCHEMA_CLASS: documents exactly the query parameters that the view checks."""

    def get_override_parameters(self) -> list[Any]:
        query = self.view.query_class(self.method) if isinstance(self.view, ApiView) else Query
        return [query] if query().fields else []

    def get_description(self) -> str:  # type: ignore[override]  # of drf-spectacular, not of DRF
        """Return the view's own sentences, and what the operation needs of its caller."""
        found: str = super().get_description()
        access = getattr(self.view, "access", None)
        return f"{found}\n\n{needs(access.rule(self.method))}".strip() if access else found

    def get_extensions(self) -> dict[str, Any]:
        access = getattr(self.view, "access", None)
        return _access_extensions(access.rule(self.method)) if access else {}

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        found = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # drf-spectacular
        if direction == "request" and isinstance(serializer, RequestSerializer):
            found["additionalProperties"] = False
        return found


def needs(rule: AccessRule) -> str:
    """Return the sentence that says what an operation of staff needs of its caller; empty for one of writers."""
    if not rule.permission:
        return ""
    return f"Needs the permission `{rule.permission}`; an API key also needs the scope `{rule.scope}`."


def _needs_of(rule: AccessRule) -> dict[str, Any]:
    description = needs(rule)
    return ({"description": description} if description else {}) | _access_extensions(rule)


def _access_extensions(rule: AccessRule) -> dict[str, Any]:
    found = {"x-required-scope": rule.scope}
    return found | ({"x-required-permission": rule.permission} if rule.permission else {})


def bases_without_description() -> list[type]:
    """Return the base classes whose docstrings do not belong into the API's description (GET_LIB_DOC_EXCLUDES)."""
    return [*get_lib_doc_excludes(), ResponseSerializer]  # type: ignore[no-untyped-call]  # drf-spectacular


EVENTS = "text/event-stream"
Events: TypeAlias = Mapping[str, type[ResponseSerializer]]


@dataclass(frozen=True, slots=True)
class _Stream:
    operation: str
    tag: str
    summary: str
    access: Access
    events: Events | None
    query: type[Query]

    @property
    def content(self) -> dict[str, Any]:
        if self.events is None:
            return {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        return {EVENTS: {"schema": {"type": "string"}}}


_STREAMS: dict[str, _Stream] = {}


def describe_stream(
    path: str,
    *,
    operation: str,
    tag: str,
    summary: str,
    access: Access,
    events: Events | None = None,
    query: type[Query] = Query,
) -> None:
    """Add a streaming URL to the OpenAPI description, since such views are not DRF's; they check `access` themselves.

    `events` maps the names of server-sent events to the serializers of their data; without it the stream is bytes.
    """
    _STREAMS[path] = _Stream(operation, tag, summary, access, events, query)


def events_at(route: str) -> Events:
    """Return the events of the stream at one of Django's routes; empty if there is none."""
    stream = _STREAMS.get("/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route))
    return (stream.events if stream else None) or {}


def with_streams(result: dict[str, Any], **kwargs: object) -> dict[str, Any]:
    """Add streams and problems to the generated description; a post-processing hook of drf-spectacular."""
    for path, stream in _STREAMS.items():
        names = re.findall(r"\{(\w+)\}", path)
        result["paths"][path] = {
            "get": {
                "operationId": stream.operation,
                "summary": stream.summary,
                "parameters": [
                    {"in": "path", "name": name, "schema": {"type": "string", "format": "uuid"}, "required": True}
                    for name in names
                ]
                + _query_parameters(stream.query),
                "tags": [stream.tag],
                "security": [{"apiKey": []}, {"cookieAuth": []}],
                "responses": {"200": {"content": stream.content, "description": "A stream"}},
            }
            | _needs_of(stream.access.rule("GET"))
        }
    _add_problems(result)
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _query_parameters(query: type[Query]) -> list[dict[str, Any]]:
    schema = ApiSchema()
    view = type("StreamView", (ApiView,), {"query_by_method": {"GET": query}, "request": None})
    schema.view, schema.method = view(), "GET"
    return list(schema._process_override_parameters().values())  # type: ignore[no-untyped-call]  # drf-spectacular


_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457; `code` is stable for programs, `detail` names the fix",
    "required": ["type", "title", "status", "code", "detail", "request_id"],
    "properties": {
        **{name: {"type": "string"} for name in ("type", "title", "code", "detail", "request_id")},
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


_AGAIN = {
    "409": "Another request with this key is storing what it makes (code `request_in_flight`), or a conflict",
    "503": "A part of the system is not available; nothing was changed",
}
_RETRY_AFTER: dict[str, Any] = {
    "Retry-After": {
        "description": "Seconds after which the same request may succeed; missing from conflicts that stay",
        "schema": {"type": "integer"},
    }
}


def _add_problems(result: dict[str, Any]) -> None:
    """Add the problem document as the default answer of every operation."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": "A problem", "content": content}
            if any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ())):
                for status, description in _AGAIN.items():
                    answer = {"description": description, "headers": _RETRY_AFTER, "content": content}
                    operation["responses"][status] = answer
