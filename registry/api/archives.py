"""Routes of signed archives and of the collector, like the commands `export_model`, `import_model`, `prune_artifacts`.

Under ASGI, `youman.web.raw_uploads` serves the upload, because it streams; the view here does the same under WSGI.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import selectors, validation
from registry.api import filters, requests, responses
from registry.api.artifacts import BYTES, DIGEST, SHA256_HEADER, RawParser
from registry.api.base import ARTIFACT_CHECKS, VERSION_ARCHIVES, VERSIONS, RegistryView
from registry.api.models import ArchiveView
from registry.artifacts import retention, storage
from registry.transfer import bundle, http_import
from youman.core.http.files import attachment

_KIND = "application/zip"


class VersionArchiveView(ArchiveView):
    access = VERSION_ARCHIVES

    @extend_schema(
        operation_id="model_version_archive_download",
        responses={
            (200, _KIND): OpenApiResponse(OpenApiTypes.BINARY, "The archive that `manage.py export_model` writes")
        },
    )
    def get(self, request: Request, version_id: UUID) -> HttpResponseBase:
        """Download the version as a signed archive; the header `X-Signed-By` is this installation's public key."""
        version = selectors.version_by_id(version_id)
        leaving = bundle.outgoing_archive(version)
        headers = {
            "Content-Disposition": attachment(f"{version.model.name}-{version.number}.zip"),
            "Cache-Control": "private, no-store, no-transform",
            "X-Signed-By": leaving.public_key,
        }
        if request.method == "HEAD":
            return HttpResponse(headers=headers, content_type=_KIND)
        first = next(leaving.pieces)  # damage in the first artifact gives an error response, not a cut connection
        return StreamingHttpResponse(chain((first,), leaving.pieces), headers=headers, content_type=_KIND)


class ModelArchivesView(RegistryView):
    access = VERSIONS
    query_by_method = {"POST": filters.ImportQuery}
    parser_classes = [RawParser]

    @extend_schema(
        request=BYTES,
        responses={201: responses.ArchiveImportResponse, 200: responses.ArchiveImportResponse},
        parameters=[DIGEST],
    )
    def post(self, request: Request) -> Response:
        """Import a signed archive as the model's next version. 200 for a dry run or an archive imported before."""
        order = filters.ImportQuery.order_of(request._request)
        sha256 = validation.check_sha256(request.headers.get(SHA256_HEADER, "").lower())
        intake = http_import.ArchiveIntake(order, request.user)
        try:
            # Django's own request: DRF's would parse the body, and has no way to read it piece by piece.
            while data := request._request.read(storage.CHUNK):
                intake.write(data)
            found = intake.finish(sha256)
        finally:
            intake.discard()
        code = status.HTTP_201_CREATED if found.created else status.HTTP_200_OK
        return Response(responses.ArchiveImportResponse(found).data, status=code)


class CollectView(RegistryView):
    access = ARTIFACT_CHECKS

    @extend_schema(request=requests.CollectArtifacts, responses=responses.CollectionResponse)
    def post(self, request: Request) -> Response:
        """List the artifacts that nothing needs, and their bytes; with `dry_run: false`, mark and delete them."""
        asked = requests.checked(requests.CollectArtifacts, request.data)
        if asked["model"]:
            selectors.model_named(asked["model"])
        grace = timedelta(days=asked["grace_days"])
        report = retention.collect(actor=request.user, dry_run=asked["dry_run"], grace=grace, model=asked["model"])
        return Response(responses.CollectionResponse(report).data)
