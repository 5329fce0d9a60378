"""Routes of registered models and their versions. Views only parse, call a service or selector, and answer."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from registry import selectors
from registry.api import filters, requests, responses
from registry.api.base import HOLDS, MODELS, VERSION_MOVES, VERSIONS, RegistryView
from registry.artifacts import verification
from registry.contracts import VersionRef
from registry.models import ModelVersion, RegisteredModel
from registry.versions import diff, lifecycle, lineage, model_card
from youman.core.api.base import ApiView
from youman.core.api.idempotency import IDEMPOTENCY_KEY, run_once
from youman.core.api.pagination import KeysetPagination
from youman.core.api.views import account_of


class RegisteredModelsView(RegistryView):
    access = MODELS
    filterset_class = filters.ModelFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.RegisteredModelResponse(many=True))
    def get(self, request: Request) -> Response:
        """List models, newest first; `q` searches names, tags and descriptions."""
        return self.page(self.filter_rows(selectors.models()), responses.RegisteredModelResponse)

    @extend_schema(
        request=requests.RegisterModel, responses={201: responses.RegisteredModelResponse}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        """Register a model."""
        data = requests.checked(requests.RegisterModel, request.data)
        data["tags"] = tuple(data["tags"])
        return run_once(
            request,
            account_of(request),
            make=lambda claim: lifecycle.register_model(actor=request.user, claim=claim, **data),
            find=selectors.model_by_id,
            answer=self._answer,
        )

    def _answer(self, row: RegisteredModel) -> Response:
        where = {"Location": reverse("registered-model", args=[row.name])}
        return Response(responses.RegisteredModelResponse(row).data, status=status.HTTP_201_CREATED, headers=where)


class RegisteredModelView(RegistryView):
    access = MODELS

    @extend_schema(responses=responses.RegisteredModelResponse)
    def get(self, request: Request, name: str) -> Response:
        """Return a model."""
        return Response(responses.RegisteredModelResponse(selectors.model_named(name)).data)

    @extend_schema(request=requests.ChangeModel, responses=responses.RegisteredModelResponse)
    def patch(self, request: Request, name: str) -> Response:
        """Change the description of a model; omitted fields stay."""
        data = requests.checked(requests.ChangeModel, request.data)
        lifecycle.describe_model(model=selectors.model_named(name), actor=request.user, **data)
        return Response(responses.RegisteredModelResponse(selectors.model_named(name)).data)


class VersionsOfModelView(RegistryView):
    access = VERSIONS
    filterset_class = filters.VersionsOfModelFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.ModelVersionBriefResponse(many=True))
    def get(self, request: Request, name: str) -> Response:
        """List the model's versions, newest first."""
        rows = selectors.versions().filter(model=selectors.model_named(name))
        return version_page(request, self.filter_rows(rows), self)

    @extend_schema(
        request=requests.CreateVersion, responses={201: responses.ModelVersionResponse}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request, name: str) -> Response:
        """Create the model's next version, as a draft."""
        spec = requests.spec_from(requests.checked(requests.CreateVersion, request.data))
        return run_once(
            request,
            account_of(request),
            make=lambda claim: lifecycle.create_version(
                model=selectors.model_row(name), actor=request.user, spec=spec, claim=claim
            ),
            find=lambda pk: selectors.version_by_id(UUID(pk)),
            answer=self._answer,
        )

    def _answer(self, row: ModelVersion) -> Response:
        where = {"Location": reverse("model-version", args=[row.pk])}
        return Response(responses.ModelVersionResponse(row).data, status=status.HTTP_201_CREATED, headers=where)


class VersionByNumberView(RegistryView):
    access = VERSIONS

    @extend_schema(responses=responses.ModelVersionResponse)
    def get(self, request: Request, name: str, number: int) -> Response:
        """Return a version by its number."""
        return Response(responses.ModelVersionResponse(selectors.version_at(VersionRef(name, number))).data)


class ModelVersionsView(RegistryView):
    access = VERSIONS
    filterset_class = filters.VersionFilters
    pagination_class = KeysetPagination

    @extend_schema(responses=responses.ModelVersionBriefResponse(many=True))
    def get(self, request: Request) -> Response:
        """List the versions of all models, newest first; `q` searches names, tags and notes."""
        return version_page(request, self.filter_rows(selectors.versions()), self)


class ModelVersionView(RegistryView):
    access = VERSIONS

    @extend_schema(responses=responses.ModelVersionResponse)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Return a version with all its fields."""
        return Response(responses.ModelVersionResponse(selectors.version_by_id(version_id)).data)

    @extend_schema(request=requests.ChangeVersion, responses=responses.ModelVersionResponse)
    def patch(self, request: Request, version_id: UUID) -> Response:
        """Change notes, tags and card; in a draft, also metrics and gate."""
        changes = requests.changes_from(requests.checked(requests.ChangeVersion, request.data))
        lifecycle.annotate(version=selectors.version_by_id(version_id), actor=request.user, changes=changes)
        return Response(responses.ModelVersionResponse(selectors.version_by_id(version_id)).data)


class _MoveView(RegistryView):
    """A view whose POST moves the version to another state."""

    access = VERSION_MOVES

    def answer(self, version_id: UUID) -> Response:
        return Response(responses.ModelVersionResponse(selectors.version_by_id(version_id)).data)


class ReadyView(_MoveView):
    @extend_schema(request=None, responses=responses.ModelVersionResponse)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Mark the version as ready: its artifacts are complete, and it may be deployed."""
        lifecycle.mark_ready(version=selectors.version_by_id(version_id), actor=request.user)
        return self.answer(version_id)


class DeprecateView(_MoveView):
    @extend_schema(request=requests.ActionReason, responses=responses.ModelVersionResponse)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Deprecate the version: existing uses continue, new ones are refused."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        lifecycle.deprecate(version=selectors.version_by_id(version_id), actor=request.user, reason=reason)
        return self.answer(version_id)


class ArchiveView(_MoveView):
    @extend_schema(request=requests.ActionReason, responses=responses.ModelVersionResponse)
    def post(self, request: Request, version_id: UUID) -> Response:
        """Archive the version: its files are deleted once nothing needs them."""
        reason = requests.checked(requests.ActionReason, request.data)["reason"]
        lifecycle.archive(version=selectors.version_by_id(version_id), actor=request.user, reason=reason)
        return self.answer(version_id)


class VerifyVersionView(RegistryView):
    access = VERSION_MOVES

    @extend_schema(
        request=None, responses=responses.VerificationResponse(many=True), operation_id="model_version_verify"
    )
    def post(self, request: Request, version_id: UUID) -> Response:
        """Read every artifact again and report whether it matches what was stored."""
        version = selectors.version_by_id(version_id)
        found = verification.verify_version(version=version, actor=request.user)
        return Response(responses.VerificationResponse(found, many=True).data)


class LineageView(RegistryView):
    access = VERSIONS

    @extend_schema(responses=responses.LineageResponse)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Return what the version came from and what was derived from it."""
        graph = lineage.whole_graph_of(selectors.version_by_id(version_id))
        return Response(responses.LineageResponse(graph).data)


class CardView(RegistryView):
    access = VERSIONS

    @extend_schema(responses={(200, "text/markdown"): OpenApiResponse(OpenApiTypes.STR)})
    def get(self, request: Request, version_id: UUID) -> HttpResponse:
        """Return the model card as Markdown with front matter."""
        text = model_card.as_markdown(model_card.card_of(selectors.version_by_id(version_id)))
        return HttpResponse(text, content_type="text/markdown; charset=utf-8")


class DiffView(RegistryView):
    access = VERSIONS
    query_by_method = {"GET": filters.DiffQuery}

    @extend_schema(responses=responses.DiffResponse)
    def get(self, request: Request, version_id: UUID) -> Response:
        """Return the differences from another version."""
        other = selectors.version_at(self.query["before"])
        return Response(responses.DiffResponse(diff.diff(other, selectors.version_by_id(version_id))).data)


class HoldsView(RegistryView):
    access = HOLDS

    @extend_schema(responses=responses.HoldResponse(many=True))
    def get(self, request: Request, version_id: UUID) -> Response:
        """List the holds that keep this version."""
        rows = selectors.live_holds(selectors.version_by_id(version_id))
        return Response(responses.HoldResponse(rows, many=True).data)


def version_page(request: Request, rows: QuerySet[ModelVersion], view: ApiView) -> Response:
    """Return a page of versions as named tuples, with the aliases of all rows in one query."""
    pages = KeysetPagination()
    page = pages.paginate_queryset(selectors.version_lines(rows), request, view)
    added = {"aliases": selectors.aliases_by_version(row.pk for row in page)}
    return pages.get_paginated_response(responses.ModelVersionBriefResponse(page, many=True, context=added).data)
