"""URLs of the product under /api/v1/."""

from __future__ import annotations

from django.urls import URLPattern, path

from humanize.api import (
    account,
    batches,
    decisions,
    documents,
    drafts,
    responses,
    streams,
    transformations,
    verifications,
)
from youman.core.api.schema import describe_stream

describe_stream(
    "/api/v1/transformations/{transformation_id}/stream",
    operation="transformation_stream",
    tag="transformations",
    access=streams.ACCESS,
    summary="Stream the progress as server-sent events: `progress` after each change, `done` at the end",
    events={"progress": responses.ProgressEventResponse, "done": responses.EndEventResponse},
)

_ONE = "transformations/<uuid:transformation_id>"

urlpatterns: list[URLPattern] = [
    path("transformations", transformations.TransformationsView.as_view(), name="transformations"),
    path(f"{_ONE}/stream", streams.stream, name="transformation-stream"),
    path(_ONE, transformations.TransformationView.as_view(), name="transformation"),
    path(f"{_ONE}/cancel", transformations.CancelView.as_view(), name="transformation-cancel"),
    path(f"{_ONE}/resume", transformations.ResumeView.as_view(), name="transformation-resume"),
    path(f"{_ONE}/edits", transformations.EditsView.as_view(), name="transformation-edits"),
    path(f"{_ONE}/edits/decide", decisions.DecideView.as_view(), name="transformation-decide"),
    path(f"{_ONE}/decisions", decisions.DecisionsView.as_view(), name="transformation-decisions"),
    path(f"{_ONE}/decisions/undo", decisions.UndoView.as_view(), name="transformation-undo"),
    path(f"{_ONE}/decisions/redo", decisions.RedoView.as_view(), name="transformation-redo"),
    path(f"{_ONE}/final", transformations.FinalView.as_view(), name="transformation-final"),
    path(f"{_ONE}/feedback", transformations.FeedbackView.as_view(), name="transformation-feedback"),
    path("batches", batches.BatchesView.as_view(), name="batches"),
    path("batches/<uuid:batch_id>", batches.BatchView.as_view(), name="batch"),
    path("documents", documents.DocumentsView.as_view(), name="documents"),
    path("documents/extract", documents.ExtractView.as_view(), name="documents-extract"),
    path("documents/<uuid:document_id>", documents.DocumentView.as_view(), name="document"),
    path("drafts", drafts.DraftsView.as_view(), name="drafts"),
    path("drafts/<uuid:draft_id>", drafts.DraftView.as_view(), name="draft"),
    path("models", documents.ModelsView.as_view(), name="models"),
    path("verifications", verifications.VerificationsView.as_view(), name="verifications"),
    path("score", documents.ScoreView.as_view(), name="score"),
    path("dictionary", documents.DictionaryView.as_view(), name="dictionary"),
    path("account", account.AccountView.as_view(), name="account"),
    path("account/consent", account.ConsentView.as_view(), name="account-consent"),
    path("account/export", account.ExportView.as_view(), name="account-export"),
]
