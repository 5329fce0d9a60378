"""The states of versions, artifacts, uploads and promotion requests, and who may take each edge.

version    draft ──staff, training──▶ ready ──staff──▶ deprecated ──staff──▶ archived
             └──────────staff──────────┴───staff (straight to archived)─────────▲
           deprecated ──staff──▶ ready
artifact   pending ──uploader──▶ live ──collector──▶ marked ──collector, after the grace period──▶ deleted
           pending ──uploader, sweep──▶ deleted      marked ──hold, alias, staff──▶ live
upload     open ──writer──▶ queued ──worker──▶ running ──worker──▶ completed | failed
           running ──reaper──▶ queued      open, queued ──writer, sweep──▶ failed
request    pending ──second approver──▶ approved | rejected      pending ──requester──▶ withdrawn
"""

from __future__ import annotations

from django.db import models

from youman.core.states import Edges


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    READY = "ready", "Ready"
    DEPRECATED = "deprecated", "Deprecated"
    ARCHIVED = "archived", "Archived"


class ArtifactState(models.TextChoices):
    PENDING = "pending", "Pending"
    LIVE = "live", "Live"
    MARKED = "marked", "Marked for deletion"
    DELETED = "deleted", "Deleted"


class UploadState(models.TextChoices):
    OPEN = "open", "Open"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"


class RequestState(models.TextChoices):
    PENDING = "pending", "Waiting for a second approver"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"


class VerificationVerdict(models.TextChoices):
    """What the last check of an artifact's bytes found."""

    OK = "ok", "Good"
    CORRUPT = "corrupt", "Changed bytes"
    TRUNCATED = "truncated", "Cut short"
    MISSING = "missing", "Missing"
    SWAPPED = "swapped", "Another artifact's bytes"


VERSION_EDGES: Edges = {
    VersionState.DRAFT: frozenset({VersionState.READY, VersionState.ARCHIVED}),
    VersionState.READY: frozenset({VersionState.DEPRECATED, VersionState.ARCHIVED}),
    VersionState.DEPRECATED: frozenset({VersionState.READY, VersionState.ARCHIVED}),
    VersionState.ARCHIVED: frozenset(),
}
ARTIFACT_EDGES: Edges = {
    ArtifactState.PENDING: frozenset({ArtifactState.LIVE, ArtifactState.DELETED}),
    ArtifactState.LIVE: frozenset({ArtifactState.MARKED}),
    ArtifactState.MARKED: frozenset({ArtifactState.LIVE, ArtifactState.DELETED}),
    ArtifactState.DELETED: frozenset(),
}
UPLOAD_EDGES: Edges = {
    UploadState.OPEN: frozenset({UploadState.QUEUED, UploadState.FAILED}),
    UploadState.QUEUED: frozenset({UploadState.RUNNING, UploadState.FAILED}),
    UploadState.RUNNING: frozenset({UploadState.QUEUED, UploadState.COMPLETED, UploadState.FAILED}),
    UploadState.COMPLETED: frozenset(),
    UploadState.FAILED: frozenset(),
}
REQUEST_EDGES: Edges = {
    RequestState.PENDING: frozenset({RequestState.APPROVED, RequestState.REJECTED, RequestState.WITHDRAWN}),
    RequestState.APPROVED: frozenset(),
    RequestState.REJECTED: frozenset(),
    RequestState.WITHDRAWN: frozenset(),
}
