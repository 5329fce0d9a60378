"""Routes of artifacts and uploads. Under ASGI, `youman.web.raw_uploads` serves the two PUT routes, because it streams.

The views here do the same under WSGI, and describe the routes.
"""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from registry import selectors, validation
from registry.api import filters, requests, responses
from registry.api.base import ARTIFACT_CHECKS, ARTIFACTS, UPLOADS, RegistryView
from registry.artifacts import download, multipart, verification
from registry.models import Upload
from registry.versions import publish
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.views import account_of

SHA256_HEADER = "X-Content-SHA256"
DIGEST = OpenApiParameter(
    SHA256_HEADER, str, OpenApiParameter.HEADER, description="SHA-256 of the body; other bytes are refused"
)
BYTES = {"application/octet-stream": OpenApiTypes.BINARY}


class RawParser(BaseParser):
    """Leave the body unread: the view reads the stream."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        return {}


class ArtifactsView(RegistryView):
    access = ARTIFACTS
    filterset_class = filters.ArtifactFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.ArtifactResponse(many=True))
    def get(self, request: Request) -> Response:
        """List artifacts, newest first; `sha256` finds the same content, `version` is `model/number`."""
        return self.page(self.filter_rows(selectors.artifacts()), responses.ArtifactResponse)


class ArtifactView(RegistryView):
    access = ARTIFACTS

    @extend_schema(responses=responses.ArtifactResponse)
    def get(self, request: Request, artifact_id: UUID) -> Response:
        """Return the description of an artifact; its bytes are at `/content`."""
        return Response(responses.ArtifactResponse(selectors.artifact_by_id(artifact_id)).data)


class ArtifactVerifyView(RegistryView):
    access = ARTIFACT_CHECKS

    @extend_schema(request=None, responses=responses.VerificationResponse)
    def post(self, request: Request, artifact_id: UUID) -> Response:
        """Read the artifact again and report whether it matches what was stored."""
        artifact = download.downloadable_artifact(artifact_id)
        return Response(responses.VerificationResponse(verification.verify(artifact=artifact, actor=request.user)).data)


class ArtifactLinkView(RegistryView):
    access = ARTIFACTS

    @extend_schema(responses=responses.ArtifactLinkResponse)
    def get(self, request: Request, artifact_id: UUID) -> Response:
        """Return a download link that works for five minutes without an API key."""
        artifact = download.downloadable_artifact(artifact_id)
        path = request.build_absolute_uri(reverse("artifact-content", args=[artifact.pk]))
        url = download.link_to(artifact, account_of(request).user, path)
        return Response(responses.ArtifactLinkResponse(artifact, context={"url": url}).data)


class ArtifactPutView(RegistryView):
    access = ARTIFACTS
    parser_classes = [RawParser]

    @extend_schema(request=BYTES, responses={201: responses.ArtifactResponse}, parameters=[DIGEST])
    def put(self, request: Request, version_id: UUID, type: str, name: str) -> Response:
        """Store a file as an artifact. The same content sent again returns the existing artifact."""
        version = selectors.version_by_id(version_id)
        sha256 = validation.check_sha256(request.headers.get(SHA256_HEADER, "").lower())
        # Django's own request: DRF's has no way to read the body piece by piece.
        stream = cast(BinaryIO, request._request)
        artifact = publish.put_artifact(
            version=version, type=type, name=name, source=stream, actor=request.user, sha256=sha256
        )
        return Response(responses.ArtifactResponse(artifact).data, status=status.HTTP_201_CREATED)


class UploadsView(RegistryView):
    access = UPLOADS

    @extend_schema(
        request=requests.StartUpload, responses={201: responses.UploadResponse}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, version_id: UUID) -> Response:
        """Start a multipart upload."""
        data = requests.checked(requests.StartUpload, request.data)
        return run_once(
            request,
            account_of(request),
            make=lambda claim: multipart.open_upload(
                version=selectors.version_by_id(version_id), actor=request.user, claim=claim, **data
            ),
            find=lambda pk: multipart.upload_by_id(UUID(pk)),
            answer=self._answer,
        )

    def _answer(self, upload: Upload) -> Response:
        where = {"Location": reverse("upload", args=[upload.pk])}
        return Response(responses.UploadResponse(upload).data, status=status.HTTP_201_CREATED, headers=where)


class UploadView(RegistryView):
    access = UPLOADS

    @extend_schema(responses=responses.UploadResponse)
    def get(self, request: Request, upload_id: UUID) -> Response:
        """Return the progress of an upload and the parts that have arrived."""
        return Response(responses.UploadResponse(multipart.upload_by_id(upload_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, upload_id: UUID) -> Response:
        """Abandon the upload and delete its parts."""
        multipart.abandon_upload(upload=multipart.upload_by_id(upload_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class UploadPartView(RegistryView):
    access = UPLOADS
    parser_classes = [RawParser]

    @extend_schema(request=BYTES, responses=responses.UploadPartResponse, parameters=[DIGEST])
    def put(self, request: Request, upload_id: UUID, number: int) -> Response:
        """Send a part; a part sent again replaces the earlier one."""
        sha256 = validation.check_sha256(request.headers.get(SHA256_HEADER, "").lower())
        upload: Upload = multipart.upload_by_id(upload_id)
        stream = cast(BinaryIO, request._request)  # as above
        part = multipart.put_part(upload=upload, number=number, source=stream, sha256=sha256)
        return Response(responses.UploadPartResponse(part).data)


class UploadCompleteView(RegistryView):
    access = UPLOADS

    @extend_schema(request=None, responses={202: responses.UploadResponse})
    def post(self, request: Request, upload_id: UUID) -> Response:
        """Complete the upload: a worker assembles the parts and checks the result."""
        upload = multipart.complete_upload(upload=multipart.upload_by_id(upload_id))
        return Response(responses.UploadResponse(upload).data, status=status.HTTP_202_ACCEPTED)
