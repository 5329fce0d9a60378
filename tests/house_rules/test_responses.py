"""What the API answers is declared, and the comparison that every test makes sees each kind of difference."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from drf_spectacular.generators import EndpointEnumerator
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from tests import conftest, response_contract
from tests.response_contract import mismatches
from youman.core.api.pagination import KeysetPagination
from youman.core.api.responses import ResponseSerializer


class PartResponse(ResponseSerializer):
    size = serializers.IntegerField()


class WholeResponse(ResponseSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    share = serializers.FloatField(allow_null=True)
    state = serializers.ChoiceField(choices=["open", "closed"])
    at = serializers.DateTimeField()
    day = serializers.DateField()
    is_over = serializers.BooleanField()
    facts = serializers.DictField(child=serializers.IntegerField())
    anything = serializers.JSONField()
    parts = PartResponse(many=True)
    note = serializers.CharField(required=False)


RIGHT: dict[str, Any] = {
    "id": "01a22bb2-1d51-781e-bdd2-0cce6f577736", "name": "", "share": None, "state": "open",
    "at": "2026-11-24T09:30:00Z", "day": "2026-11-24", "is_over": False, "facts": {"a": 1}, "anything": [{}],
    "parts": [{"size": 1}, {"size": 2}],
}  # fmt: skip


def test_what_is_declared_is_right() -> None:
    assert list(mismatches(WholeResponse, RIGHT, "x")) == []
    assert list(mismatches(WholeResponse, RIGHT | {"share": 1, "note": "so"}, "x")) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"ghost": 1}, "x.ghost: sent, not declared"),
        ({"id": "7"}, "x.id: UUIDField declared, '7' sent"),
        ({"id": 7}, "x.id: UUIDField declared, 7 sent"),
        ({"name": 7}, "x.name: CharField declared, 7 sent"),
        ({"name": None}, "x.name: null sent, declared not null"),
        ({"share": "0.5"}, "x.share: FloatField declared, '0.5' sent"),
        ({"share": True}, "x.share: FloatField declared, True sent"),
        ({"state": "ajar"}, "x.state: 'ajar' is not among the choices"),
        ({"state": ""}, "x.state: '' is not among the choices"),
        ({"at": "2026-11-24T09:30:00"}, "x.at: DateTimeField declared, '2026-11-24T09:30:00' sent"),
        ({"day": "yesterday"}, "x.day: DateField declared, 'yesterday' sent"),
        ({"is_over": 0}, "x.is_over: BooleanField declared, 0 sent"),
        ({"facts": []}, "x.facts: an object declared, [] sent"),
        ({"facts": {"a": "1"}}, "x.facts.a: IntegerField declared, '1' sent"),
        ({"anything": None}, "x.anything: null sent, declared not null"),
        ({"parts": {"size": 1}}, "x.parts: a list declared, {'size': 1} sent"),
        ({"parts": [{"size": 1}, {"size": True}]}, "x.parts[].size: IntegerField declared, True sent"),
        ({"parts": [{"size": 1, "ghost": 0}]}, "x.parts[].ghost: sent, not declared"),
        ({"parts": [{}]}, "x.parts[].size: declared, not sent"),
        ({"parts": [None]}, "x.parts[]: null sent, declared not null"),
    ],
)
def test_a_difference_is_seen(change: dict[str, Any], line: str) -> None:
    assert list(mismatches(WholeResponse, RIGHT | change, "x")) == [line]


def test_a_missing_field_is_seen() -> None:
    assert list(mismatches(WholeResponse, {key: RIGHT[key] for key in RIGHT if key != "day"}, "x")) == [
        "x.day: declared, not sent"
    ]


class Sender(APIView):
    """Answers with `sent` and `status`, whatever it declares."""

    authentication_classes = []
    permission_classes = [AllowAny]
    sent: Any = None
    status = 200

    @extend_schema(responses=PartResponse)
    def get(self, request: Request) -> Response:
        return Response(self.sent, status=self.status)

    @extend_schema(responses={201: PartResponse, 204: None})
    def post(self, request: Request) -> Response:
        return Response(self.sent, status=self.status)

    @extend_schema(responses={(200, "text/csv"): OpenApiResponse(str)})
    def put(self, request: Request) -> Response:
        return Response(self.sent, status=self.status)

    def patch(self, request: Request) -> Response:
        return Response(self.sent, status=self.status)


class Lister(Sender):
    pagination_class = KeysetPagination

    @extend_schema(responses=PartResponse(many=True))
    def get(self, request: Request) -> Response:
        return Response(self.sent, status=self.status)


@pytest.mark.parametrize(
    ("view", "method", "status", "sent", "line"),
    [
        (Sender, "get", 200, {"size": 1}, ""),
        (Sender, "get", 200, {"size": 1, "ghost": 2}, "Sender GET 200.ghost: sent, not declared"),
        (Sender, "get", 201, {"size": 1}, "Sender GET 201: no answer is declared"),
        (Sender, "get", 404, {"code": "not_found"}, ""),
        (Sender, "post", 201, {}, "Sender POST 201.size: declared, not sent"),
        (Sender, "post", 204, None, ""),
        (Sender, "post", 204, {"size": 1}, "Sender POST 204: no body declared, one sent"),
        (Sender, "put", 200, {"size": 1}, "Sender PUT 200: text/csv declared, application/json sent"),
        (Sender, "patch", 200, {"size": 1}, "Sender PATCH 200: no answer is declared"),
        (Lister, "get", 200, {"next": None, "results": [{"size": 1}]}, ""),
        (Lister, "get", 200, [{"size": 1}], "Lister GET 200: a page declared, something else sent"),
        (Lister, "get", 200, {"next": 1, "results": [{"size": ""}]},
         "Lister GET 200.next: no cursor\nLister GET 200[].size: IntegerField declared, '' sent"),
    ],
)  # fmt: skip
def test_a_test_fails_for_an_answer_that_differs(
    view: type[APIView], method: str, status: int, sent: object, line: str
) -> None:
    hook = conftest.pytest_runtest_call()
    next(hook)
    request = getattr(APIRequestFactory(), method)("/")
    view.as_view(sent=sent, status=status)(request)
    with pytest.raises(pytest.fail.Exception if line else StopIteration) as failed:
        hook.send(None)
    assert str(failed.value) == (f"Answers differ from what they declare:\n{line}" if line else "")


STREAM = "/api/v1/transformations/01a22bb2-1d51-781e-bdd2-0cce6f577736/stream"
PART = "http://127.0.0.1/api/v1/uploads/01a22bb2-1d51-781e-bdd2-0cce6f577736/parts/1"


@pytest.mark.parametrize(
    ("event", "report"),
    [
        (b": still here", ""),
        (b'id: 1\nevent: done\ndata: {"state": "completed"}', ""),
        (b'id: 1\nevent: done\ndata: {"state": "completed", "ghost": 1}', f"{STREAM} done.ghost: sent, not declared"),
        (b"id: 1\nevent: over\ndata: {}", f"{STREAM}: the event over is not declared"),
    ],
)
def test_an_event_of_a_stream_is_compared_too(event: bytes, report: str) -> None:
    response_contract.check_event(STREAM, event)
    assert response_contract.take_report().partition("\n")[2] == report


@pytest.mark.parametrize(
    ("body", "report"),
    [
        ({"number": 1, "size": 2, "sha256": "a"}, ""),
        ({"number": 1, "size": "2", "sha256": "a"}, "UploadPartView PUT 200.size: IntegerField declared, '2' sent"),
    ],
)
def test_what_a_real_server_answers_is_compared_too(body: object, report: str) -> None:
    """The bytes of an upload are received by a route of its own, which no view of the framework serves."""
    asked, answered = httpx.Request("PUT", PART), httpx.Response(200, json=body)
    assert "\n".join(response_contract.in_exchange(asked, answered)) == report


def test_every_operation_declares_what_it_answers() -> None:
    endpoints: Any = EndpointEnumerator()
    bare = [
        f"{method} {path}"
        for path, _, method, view in endpoints.get_api_endpoints()
        if not response_contract.declares(view.cls(), method)
    ]
    assert bare == []
