"""Addresses of the registry under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from registry import api, api_aliases, api_archives, api_artifacts, api_webhooks, content
from youman.core.drf.schema import describe_stream

describe_stream(
    "/api/v1/artifacts/{artifact_id}/content",
    operation="artifacts_content_retrieve",
    tag="artifacts",
    summary="The bytes, with `Range`, `If-None-Match` and `If-Range`; `ETag` is the SHA-256",
    media="application/octet-stream",
)

_MODEL = "registered-models/<str:name>"
_ALIAS = f"{_MODEL}/aliases/<str:alias>"
_VERSION = "model-versions/<uuid:version_id>"
_ARTIFACT = "artifacts/<uuid:artifact_id>"
_UPLOAD = "uploads/<uuid:upload_id>"

urlpatterns: list[URLPattern] = [
    path("registered-models", api.RegisteredModelsView.as_view(), name="registered-models"),
    path(_MODEL, api.RegisteredModelView.as_view(), name="registered-model"),
    path(f"{_MODEL}/versions", api.VersionsOfModelView.as_view(), name="versions-of-model"),
    path(f"{_MODEL}/versions/<int:number>", api.VersionByNumberView.as_view(), name="version-by-number"),
    path(f"{_MODEL}/aliases", api_aliases.AliasesOfModelView.as_view(), name="aliases-of-model"),
    path(_ALIAS, api_aliases.AliasView.as_view(), name="alias"),
    path(f"{_ALIAS}/rollback", api_aliases.RollbackView.as_view(), name="alias-rollback"),
    path(f"{_ALIAS}/rule", api_aliases.AliasRuleView.as_view(), name="alias-rule"),
    path(f"{_ALIAS}/history", api_aliases.AliasHistoryView.as_view(), name="alias-history"),
    path(f"{_ALIAS}/at", api_aliases.AliasAtView.as_view(), name="alias-at"),
    path("aliases", api_aliases.AliasesView.as_view(), name="aliases"),
    path("promotions", api_aliases.PromotionsView.as_view(), name="promotions"),
    path("promotions/<uuid:request_id>/approve", api_aliases.ApproveView.as_view(), name="promotion-approve"),
    path("promotions/<uuid:request_id>/reject", api_aliases.RejectView.as_view(), name="promotion-reject"),
    path("promotions/<uuid:request_id>/withdraw", api_aliases.WithdrawView.as_view(), name="promotion-withdraw"),
    path("model-versions", api.ModelVersionsView.as_view(), name="model-versions"),
    path(_VERSION, api.ModelVersionView.as_view(), name="model-version"),
    path(f"{_VERSION}/ready", api.ReadyView.as_view(), name="model-version-ready"),
    path(f"{_VERSION}/deprecate", api.DeprecateView.as_view(), name="model-version-deprecate"),
    path(f"{_VERSION}/archive", api_archives.VersionArchiveView.as_view(), name="model-version-archive"),
    path(f"{_VERSION}/verify", api.VerifyVersionView.as_view(), name="model-version-verify"),
    path(f"{_VERSION}/lineage", api.LineageView.as_view(), name="model-version-lineage"),
    path(f"{_VERSION}/card", api.CardView.as_view(), name="model-version-card"),
    path(f"{_VERSION}/diff", api.DiffView.as_view(), name="model-version-diff"),
    path(f"{_VERSION}/holds", api.HoldsView.as_view(), name="model-version-holds"),
    path(f"{_VERSION}/uploads", api_artifacts.UploadsView.as_view(), name="model-version-uploads"),
    path(
        f"{_VERSION}/artifacts/<str:type>/<path:name>",
        api_artifacts.ArtifactPutView.as_view(),
        name="artifact-put",
    ),
    path("model-archives", api_archives.ModelArchivesView.as_view(), name="model-archives"),
    path("artifacts/collect", api_archives.CollectView.as_view(), name="artifacts-collect"),
    path("artifacts", api_artifacts.ArtifactsView.as_view(), name="artifacts"),
    path(_ARTIFACT, api_artifacts.ArtifactView.as_view(), name="artifact"),
    path(f"{_ARTIFACT}/verify", api_artifacts.ArtifactVerifyView.as_view(), name="artifact-verify"),
    path(f"{_ARTIFACT}/link", api_artifacts.ArtifactLinkView.as_view(), name="artifact-link"),
    path(f"{_ARTIFACT}/content", content.content, name="artifact-content"),
    path(_UPLOAD, api_artifacts.UploadView.as_view(), name="upload"),
    path(f"{_UPLOAD}/parts/<int:number>", api_artifacts.UploadPartView.as_view(), name="upload-part"),
    path(f"{_UPLOAD}/complete", api_artifacts.UploadCompleteView.as_view(), name="upload-complete"),
    path("webhooks", api_webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<uuid:webhook_id>", api_webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<uuid:webhook_id>/deliveries", api_webhooks.DeliveriesView.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/<uuid:delivery_id>/replay", api_webhooks.ReplayView.as_view(), name="delivery-replay"),
]
