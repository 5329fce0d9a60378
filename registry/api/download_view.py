"""The download route: an async view, since a synchronous one would hold the whole body in memory under ASGI."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException

from registry.api.base import ARTIFACTS
from registry.api.filters import ContentQuery
from registry.artifacts import download, storage, verification
from registry.artifacts.download import ByteRange
from registry.errors import ArtifactDamaged
from registry.models import ModelArtifact
from youman.core.api.permissions import caller_of
from youman.core.api.problem import answer, translate
from youman.core.errors import YoumanError


@require_safe
async def content(request: HttpRequest, artifact_id: UUID) -> HttpResponseBase:
    """Answer GET /api/v1/artifacts/<id>/content with the bytes; supports `Range`, `If-None-Match` and `If-Range`.

    If the bytes are in S3, a link (`?token=`) is redirected there after the permission has been checked.
    """
    try:
        artifact = await sync_to_async(_let_go_after(_prepared))(request, artifact_id)
    except (YoumanError, APIException) as error:
        known = translate(error)
        assert known is not None
        return answer(known)
    direct = download.direct_link(artifact) if request.GET.get("token") else None
    if direct is not None:
        return HttpResponseRedirect(direct, headers={"Cache-Control": "no-store"})
    if request.headers.get("If-None-Match", "") == download.etag(artifact):
        return HttpResponse(status=304, headers={"ETag": download.etag(artifact)})
    span = download.byte_range_of(_range(request, artifact), artifact.size or 0)
    if span is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{artifact.size}"})
    try:
        return await _response(request, artifact, span)
    except YoumanError as error:
        known = translate(error)
        assert known is not None
        return answer(known)


async def _response(request: HttpRequest, artifact: ModelArtifact, span: ByteRange) -> HttpResponseBase:
    headers, status = download.headers_of(artifact, span), 200 if span.whole else 206
    kind = "application/octet-stream"
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers, content_type=kind)
    body = await download.started(artifact, span)
    return StreamingHttpResponse(body, status=status, headers=headers, content_type=kind)


def _range(request: HttpRequest, artifact: ModelArtifact) -> str:
    condition = request.headers.get("If-Range", "")
    return "" if condition and condition != download.etag(artifact) else request.headers.get("Range", "")


def _prepared(request: HttpRequest, artifact_id: UUID) -> ModelArtifact:
    token = ContentQuery.read(request).get("token")
    if token:
        download.user_of_link(token, artifact_id)
    else:
        caller_of(request, ARTIFACTS.rule("GET"))
    artifact = download.downloadable_artifact(artifact_id)
    if storage.store().size(artifact.key) != artifact.size:
        verification.note_damage(artifact=artifact)
        raise ArtifactDamaged(f"{artifact.name} is missing or cut short; restore it from a backup")
    return artifact


def _let_go_after(do: Callable[[HttpRequest, UUID], ModelArtifact]) -> Callable[[HttpRequest, UUID], ModelArtifact]:
    """Return the database connection to the pool before the bytes are sent, which may take long."""

    def done(request: HttpRequest, artifact_id: UUID) -> ModelArtifact:
        try:
            return do(request, artifact_id)
        finally:
            if not connection.in_atomic_block:
                connection.close()

    return done
