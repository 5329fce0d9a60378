"""Routes of the registry under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from registry.api import aliases, archives, artifacts, download_view, models
from registry.api.base import ARTIFACTS
from registry.api.filters import ContentQuery
from youman.core.api.schema import describe_stream

describe_stream(
    "/api/v1/artifacts/{artifact_id}/content",
    operation="artifacts_content_retrieve",
    tag="artifacts",
    access=ARTIFACTS,
    summary="Download the bytes; supports `Range`, `If-None-Match` and `If-Range`, and `ETag` is the SHA-256",
    query=ContentQuery,
)

_MODEL = "registered-models/<str:name>"
_ALIAS = f"{_MODEL}/aliases/<str:alias>"
_VERSION = "model-versions/<uuid:version_id>"
_ARTIFACT = "artifacts/<uuid:artifact_id>"
_UPLOAD = "uploads/<uuid:upload_id>"

urlpatterns: list[URLPattern] = [
    path("registered-models", models.RegisteredModelsView.as_view(), name="registered-models"),
    path(_MODEL, models.RegisteredModelView.as_view(), name="registered-model"),
    path(f"{_MODEL}/versions", models.VersionsOfModelView.as_view(), name="versions-of-model"),
    path(f"{_MODEL}/versions/<int:number>", models.VersionByNumberView.as_view(), name="version-by-number"),
    path(f"{_MODEL}/aliases", aliases.AliasesOfModelView.as_view(), name="aliases-of-model"),
    path(_ALIAS, aliases.AliasView.as_view(), name="alias"),
    path(f"{_ALIAS}/rollback", aliases.RollbackView.as_view(), name="alias-rollback"),
    path(f"{_ALIAS}/rule", aliases.AliasRuleView.as_view(), name="alias-rule"),
    path(f"{_ALIAS}/history", aliases.AliasHistoryView.as_view(), name="alias-history"),
    path(f"{_ALIAS}/at", aliases.AliasAtView.as_view(), name="alias-at"),
    path("aliases", aliases.AliasesView.as_view(), name="aliases"),
    path("promotions", aliases.PromotionsView.as_view(), name="promotions"),
    path("promotions/<uuid:request_id>/approve", aliases.ApproveView.as_view(), name="promotion-approve"),
    path("promotions/<uuid:request_id>/reject", aliases.RejectView.as_view(), name="promotion-reject"),
    path("promotions/<uuid:request_id>/withdraw", aliases.WithdrawView.as_view(), name="promotion-withdraw"),
    path("model-versions", models.ModelVersionsView.as_view(), name="model-versions"),
    path(_VERSION, models.ModelVersionView.as_view(), name="model-version"),
    path(f"{_VERSION}/ready", models.ReadyView.as_view(), name="model-version-ready"),
    path(f"{_VERSION}/deprecate", models.DeprecateView.as_view(), name="model-version-deprecate"),
    path(f"{_VERSION}/archive", archives.VersionArchiveView.as_view(), name="model-version-archive"),
    path(f"{_VERSION}/verify", models.VerifyVersionView.as_view(), name="model-version-verify"),
    path(f"{_VERSION}/lineage", models.LineageView.as_view(), name="model-version-lineage"),
    path(f"{_VERSION}/card", models.CardView.as_view(), name="model-version-card"),
    path(f"{_VERSION}/diff", models.DiffView.as_view(), name="model-version-diff"),
    path(f"{_VERSION}/holds", models.HoldsView.as_view(), name="model-version-holds"),
    path(f"{_VERSION}/uploads", artifacts.UploadsView.as_view(), name="model-version-uploads"),
    path(
        f"{_VERSION}/artifacts/<str:type>/<path:name>",
        artifacts.ArtifactPutView.as_view(),
        name="artifact-put",
    ),
    path("model-archives", archives.ModelArchivesView.as_view(), name="model-archives"),
    path("artifacts/collect", archives.CollectView.as_view(), name="artifacts-collect"),
    path("artifacts", artifacts.ArtifactsView.as_view(), name="artifacts"),
    path(_ARTIFACT, artifacts.ArtifactView.as_view(), name="artifact"),
    path(f"{_ARTIFACT}/verify", artifacts.ArtifactVerifyView.as_view(), name="artifact-verify"),
    path(f"{_ARTIFACT}/link", artifacts.ArtifactLinkView.as_view(), name="artifact-link"),
    path(f"{_ARTIFACT}/content", download_view.content, name="artifact-content"),
    path(_UPLOAD, artifacts.UploadView.as_view(), name="upload"),
    path(f"{_UPLOAD}/parts/<int:number>", artifacts.UploadPartView.as_view(), name="upload-part"),
    path(f"{_UPLOAD}/complete", artifacts.UploadCompleteView.as_view(), name="upload-complete"),
]
