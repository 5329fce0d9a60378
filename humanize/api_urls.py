"""Addresses of the product under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from humanize import api, api_account, api_batches, api_documents, stream
from youman.core.drf.schema import describe_stream

describe_stream(
    "/api/v1/transformations/{transformation_id}/stream",
    operation="transformation_stream",
    tag="transformations",
    summary="Progress as server-sent events: `progress` whenever something changed, `done` at the end",
)

_ONE = "transformations/<uuid:transformation_id>"

urlpatterns: list[URLPattern] = [
    path("transformations", api.TransformationsView.as_view(), name="transformations"),
    path(f"{_ONE}/stream", stream.stream, name="transformation-stream"),
    path(_ONE, api.TransformationView.as_view(), name="transformation"),
    path(f"{_ONE}/cancel", api.CancelView.as_view(), name="transformation-cancel"),
    path(f"{_ONE}/resume", api.ResumeView.as_view(), name="transformation-resume"),
    path(f"{_ONE}/edits", api.EditsView.as_view(), name="transformation-edits"),
    path(f"{_ONE}/edits/decide", api.DecideView.as_view(), name="transformation-decide"),
    path(f"{_ONE}/final", api.FinalView.as_view(), name="transformation-final"),
    path(f"{_ONE}/feedback", api.FeedbackView.as_view(), name="transformation-feedback"),
    path("batches", api_batches.BatchesView.as_view(), name="batches"),
    path("batches/<uuid:batch_id>", api_batches.BatchView.as_view(), name="batch"),
    path("documents", api_documents.DocumentsView.as_view(), name="documents"),
    path("documents/extract", api_documents.ExtractView.as_view(), name="documents-extract"),
    path("documents/<uuid:document_id>", api_documents.DocumentView.as_view(), name="document"),
    path("models", api_documents.ModelsView.as_view(), name="models"),
    path("score", api_documents.ScoreView.as_view(), name="score"),
    path("dictionary", api_documents.DictionaryView.as_view(), name="dictionary"),
    path("account", api_account.AccountView.as_view(), name="account"),
    path("account/consent", api_account.ConsentView.as_view(), name="account-consent"),
    path("account/export", api_account.ExportView.as_view(), name="account-export"),
]
