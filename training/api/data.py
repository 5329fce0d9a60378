"""Training data and datasets over HTTP. Each view parses, calls a function of the domain and answers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from training import selectors
from training.api import filters, requests, responses
from training.datasets import export, freezing
from training.models import DataImport, Dataset, TrainingDataPoint
from training.pairs import file_import
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess
from youman.core.api.base import ApiView, WriterView
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.parsers import BoundedMultiPartParser
from youman.core.api.views import account_of
from youman.core.http.files import attachment, upload_name

_BATCH = 2_000
_JSONL = {(200, "application/x-ndjson"): OpenApiTypes.STR}


_PAIRS = StaffAccess(scopes.TRAINING, TrainingDataPoint)
# Who imports adds pairs; an import itself is only the way.
_IMPORTS = StaffAccess(scopes.TRAINING, DataImport, verbs={"POST": "training.add_trainingdatapoint"})
_DATASETS = StaffAccess(scopes.TRAINING, Dataset)


class TrainingDataView(ApiView):
    access = _PAIRS
    filterset_class = filters.PointFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.PointResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the pairs, the newest first."""
        return self.page(self.filter_rows(TrainingDataPoint.objects.all()), responses.PointResponse)


class TrainingPointView(ApiView):
    access = _PAIRS

    @extend_schema(responses=responses.PointDetailResponse)
    def get(self, request: Request, point_id: UUID) -> Response:
        """Return one pair and the model versions that were trained on it."""
        return Response(responses.PointDetailResponse(selectors.point_of(point_id)).data)


class StatsView(ApiView):
    access = _PAIRS

    @extend_schema(responses=responses.StatsResponse)
    def get(self, request: Request) -> Response:
        """Count the pairs by split, language, domain, strategy and source."""
        return Response(responses.StatsResponse(selectors.stats()).data)


class ImportsView(ApiView):
    access = _IMPORTS
    pagination_class = KeysetPagination
    parser_classes = [BoundedMultiPartParser]

    @extend_schema(responses=responses.ImportResponse(many=True))
    def get(self, request: Request) -> Response:
        """The imports, the newest first."""
        return self.page(DataImport.objects.all(), responses.ImportResponse)

    @extend_schema(request={"multipart/form-data": requests.ImportPairs}, responses={202: responses.ImportResponse})
    def post(self, request: Request) -> Response:
        """Queue the import of a file of pairs; the address in Location tells how it goes, and names refused lines.

        All or nothing, unless `partial` is true: then good lines are imported although others are refused.
        """
        body = requests.ImportPairs(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        file = data["file"]
        options = {name: data[name] for name in ("licence", "scored", "partial")}
        order = file_import.ImportRequest(upload_name(file.name) or "pairs", data.get("format") or "", **options)
        row = file_import.queue_import(file=file, request=order, actor=request.user)
        where = {"Location": reverse("training-import", args=[row.pk])}
        return Response(responses.ImportResponse(row).data, status=202, headers=where)


class ImportView(ApiView):
    access = _IMPORTS

    @extend_schema(responses=responses.ImportResponse)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Return the progress or the result of an import: its counts and the first refused lines."""
        return Response(responses.ImportResponse(selectors.import_of(import_id)).data)


class CancelImportView(ApiView):
    access = _IMPORTS

    @extend_schema(request=None, responses={202: responses.ImportResponse})
    def post(self, request: Request, import_id: UUID) -> Response:
        """Stop an import; nothing of it stays. 409 when it is over."""
        file_import.cancel_import(row=selectors.import_of(import_id), actor=request.user)
        return Response(responses.ImportResponse(selectors.import_of(import_id)).data, status=202)


class ExportView(ApiView):
    access = _PAIRS
    filterset_class = filters.PointFilters

    @extend_schema(responses=_JSONL)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Export the pairs that may be trained on now, as JSON lines."""
        rows = self.filter_rows(freezing.eligible_points())
        response = StreamingHttpResponse(_lines(rows.order_by("id")))
        response["Content-Type"] = "application/x-ndjson"
        response["Content-Disposition"] = attachment("pairs.jsonl")
        return response


def _lines(rows: QuerySet[TrainingDataPoint]) -> Iterator[bytes]:
    """Yield JSON lines, batch by batch in the order of the key.

    So neither a list of a million ids is held, nor a database connection while the client reads.
    """
    batch = list(rows[:_BATCH])
    while batch:
        yield b"".join(export.json_line(export.point_row(row)) for row in batch)
        batch = list(rows.filter(pk__gt=batch[-1].pk)[:_BATCH])


class TrainingConsentView(WriterView):
    @extend_schema(responses=responses.TrainingConsentResponse)
    def get(self, request: Request) -> Response:
        """Return your own consent, the number of your pairs, and your withdrawals."""
        facts = selectors.consent_of(account_of(request))
        return Response(responses.TrainingConsentResponse(facts).data)


class DatasetsView(ApiView):
    access = _DATASETS
    filterset_class = filters.DatasetFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.DatasetResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the frozen datasets, the newest first."""
        return self.page(self.filter_rows(Dataset.objects.all()), responses.DatasetResponse)

    @extend_schema(
        request=requests.CreateDataset,
        responses={201: responses.DatasetResponse},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request) -> Response:
        """Freeze the pairs that match a query into a dataset."""
        body = requests.CreateDataset(data=request.data)
        body.is_valid(raise_exception=True)
        name, query = body.validated_data["name"], body.dataset_query()
        return run_once(
            request,
            account_of(request),
            make=lambda claim: freezing.freeze(name=name, query=query, actor=request.user, claim=claim),
            find=lambda pk: selectors.dataset_of(UUID(pk)),
            answer=self._answer,
        )

    def _answer(self, row: Dataset) -> Response:
        where = {"Location": reverse("dataset", args=[row.pk])}
        return Response(responses.DatasetResponse(row).data, status=201, headers=where)


class DatasetView(ApiView):
    access = _DATASETS

    @extend_schema(responses=responses.DatasetResponse)
    def get(self, request: Request, dataset_id: UUID) -> Response:
        """Return one dataset."""
        return Response(responses.DatasetResponse(selectors.dataset_of(dataset_id)).data)


class DatasetExportView(ApiView):
    access = _PAIRS
    query_by_method = {"GET": filters.DatasetExportQuery}

    @extend_schema(responses={200: OpenApiResponse(OpenApiTypes.BINARY)})
    def get(self, request: Request, dataset_id: UUID) -> FileResponse:
        """Export one split as JSONL or Parquet; the bytes are the same every time."""
        row = selectors.dataset_of(dataset_id)
        with tempfile.TemporaryDirectory(prefix="youman-export-") as folder:
            path = export.export_split(row, self.query["split"], Path(folder), self.query["file_format"])
            file = path.open("rb")  # stays readable after the folder is deleted, until it is closed
        response = FileResponse(file, filename=path.name)
        response["Content-Disposition"] = attachment(f"{row.name}-{path.name}")
        return response
