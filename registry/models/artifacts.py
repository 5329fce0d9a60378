"""The artifacts of versions, and multipart uploads of large ones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models.versions import ModelVersion
from registry.states import ArtifactState, UploadState, VerificationVerdict
from youman.core.database.ids import new_id


class ArtifactKind(models.TextChoices):
    MODEL = "model", "Model"
    CHECKPOINT = "checkpoint", "Checkpoint"
    METADATA = "metadata", "Metadata"
    TOKENIZER = "tokenizer", "Tokenizer"
    CONFIG = "config", "Configuration"
    REPORT = "report", "Report"


_NAMED_BYTES = (ArtifactState.LIVE, ArtifactState.MARKED)


class ModelArtifact(models.Model):
    """A file of a version. Files of one version with the same content share a `key`, so the bytes are stored once.

    pending ──▶ live ──▶ marked ──▶ deleted (see `registry.states`). Only live and marked files can be read.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="artifacts")
    type = models.CharField(max_length=16, choices=ArtifactKind.choices)
    name = models.CharField(max_length=200)
    format = models.CharField(max_length=32, blank=True)
    key = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(null=True, help_text="Size in bytes")
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=ArtifactState.choices, default=ArtifactState.PENDING)
    verified_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=16, choices=VerificationVerdict.choices, blank=True)
    marked_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=300, blank=True, help_text="Why it was deleted, or what the last check found")
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["version", "-created_at", "-id"], name="registry_artifact_page"),
            models.Index(fields=["-created_at", "-id"], name="registry_artifact_all"),
            models.Index(fields=["sha256"], name="registry_artifact_hash"),
            models.Index(fields=["key"], name="registry_artifact_key"),
            models.Index(fields=["state", "verified_at"], name="registry_artifact_scrub"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "type", "name"], condition=Q(state__in=_NAMED_BYTES), name="registry_artifact_once"
            ),
            models.CheckConstraint(condition=Q(state__in=ArtifactState.values), name="registry_artifact_state_known"),
            models.CheckConstraint(condition=Q(type__in=ArtifactKind.values), name="registry_artifact_type_known"),
            models.CheckConstraint(
                condition=~Q(state__in=_NAMED_BYTES)
                | (~Q(sha256="") & Q(size__isnull=False) & Q(verified_at__isnull=False)),
                name="registry_live_is_hashed_and_checked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


class Upload(models.Model):
    """An artifact that is uploaded in parts and assembled by a worker; `attempt` is the fencing token.

    open ──▶ queued ──▶ running ──▶ completed | failed (see `registry.states`)
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    artifact = models.OneToOneField(ModelArtifact, models.CASCADE, related_name="upload")
    state = models.CharField(max_length=16, choices=UploadState.choices, default=UploadState.OPEN)
    expected_size = models.PositiveBigIntegerField(null=True)
    expected_sha256 = models.CharField(max_length=64, blank=True)
    total_bytes = models.PositiveBigIntegerField(default=0)
    done_bytes = models.PositiveBigIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    recoveries = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                condition=~Q(state__in=(UploadState.COMPLETED, UploadState.FAILED)),
                name="registry_open_uploads",
            )
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UploadState.values), name="registry_upload_state_known"),
            models.CheckConstraint(condition=Q(done_bytes__lte=F("total_bytes")), name="registry_upload_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}"


class UploadPart(models.Model):
    """A part that has arrived completely; a part sent again replaces the earlier one."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="registry_part_once"),
            models.CheckConstraint(condition=Q(number__range=(1, 10_000)), name="registry_part_1_to_10000"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.upload_id}"
