"""Response bodies of the registry, over HTTP and with `--json`. The API description includes a class's docstring."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.artifacts import download
from registry.models import AliasEvent, ModelArtifact, ModelVersion, Upload
from registry.models.versions import is_deployable
from registry.transfer.bundle import ImportedVersion
from youman.core.api.responses import ResponseSerializer

Texts = serializers.ListField


class RegisteredModelResponse(ResponseSerializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    task = serializers.CharField()
    framework = serializers.CharField()
    architecture = serializers.CharField()
    description = serializers.CharField()
    parent = serializers.CharField(source="parent.name", allow_null=True)  # type: ignore[assignment]  # DRF's own attribute of that name
    tags = Texts(source="tag_list", child=serializers.CharField())
    is_active = serializers.BooleanField()
    versions = serializers.IntegerField(source="counter.last")
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


# Reads a row of `selectors.version_lines`; `aliases` in the context maps a version's key to its alias names.
class ModelVersionBriefResponse(ResponseSerializer):
    id = serializers.UUIDField(source="pk")
    model = serializers.CharField(source="model_name")
    number = serializers.IntegerField()
    state = serializers.CharField()
    deployable = serializers.BooleanField()
    fault = serializers.CharField(help_text="What is wrong with the version's files; empty when they are intact")
    metrics = serializers.DictField()
    dataset_hash = serializers.CharField()
    tags = Texts(child=serializers.CharField())
    notes = serializers.CharField()
    aliases = Texts(child=serializers.CharField())
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()

    def read_deployable(self, row: Any) -> bool:
        return is_deployable(row.state, row.fault)

    def read_tags(self, row: Any) -> list[str]:
        found: list[str] = row.tags.split()
        return found

    def read_aliases(self, row: Any) -> list[str]:
        names: list[str] = self.context["aliases"].get(row.pk, [])
        return names


class VersionReferenceResponse(ResponseSerializer):
    kind = serializers.CharField()
    reference = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name


# Reads a version that `selectors.whole_versions` has loaded or that has just been created.
class ModelVersionResponse(ModelVersionBriefResponse):
    config = serializers.DictField()
    signature = serializers.DictField()
    gate = serializers.DictField(allow_null=True)
    card = serializers.DictField()
    ready_at = serializers.DateTimeField(allow_null=True)
    parents = Texts(child=serializers.CharField())
    references = VersionReferenceResponse(many=True)

    def read_aliases(self, row: ModelVersion) -> list[str]:
        return sorted(row.aliases.order_by().values_list("name", flat=True)) if row.has_aliases else []

    def read_parents(self, row: ModelVersion) -> list[str]:
        links = row.parent_links.select_related("parent__model") if row.has_parents else ()
        return [str(link.parent) for link in links]

    def read_references(self, row: ModelVersion) -> Any:
        return row.references if row.has_references else []


class ArtifactResponse(ResponseSerializer):
    id = serializers.UUIDField()
    model = serializers.CharField(source="version.model.name")
    number = serializers.IntegerField(source="version.number")
    version_id = serializers.UUIDField()
    type = serializers.CharField()
    name = serializers.CharField()
    format = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    state = serializers.CharField()
    verdict = serializers.CharField()
    verified_at = serializers.DateTimeField(allow_null=True)
    detail = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


# Reads an artifact, with its `url` in the context.
class ArtifactLinkResponse(ResponseSerializer):
    url = serializers.CharField()
    expires_in_s = serializers.IntegerField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()

    def read_url(self, _: ModelArtifact) -> str:
        url: str = self.context["url"]
        return url

    def read_expires_in_s(self, _: ModelArtifact) -> int:
        return download.LINK_SECONDS


class VerificationResponse(ResponseSerializer):
    artifact = serializers.UUIDField(source="artifact.pk")
    name = serializers.CharField(source="artifact.name")
    verdict = serializers.CharField()
    detail = serializers.CharField()


class UploadPartResponse(ResponseSerializer):
    number = serializers.IntegerField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class UploadErrorResponse(ResponseSerializer):
    code = serializers.CharField(source="error_code")
    detail = serializers.CharField(source="error_detail")


class UploadResponse(ResponseSerializer):
    id = serializers.UUIDField()
    artifact_id = serializers.UUIDField()
    version_id = serializers.UUIDField(source="artifact.version_id")
    type = serializers.CharField(source="artifact.type")
    name = serializers.CharField(source="artifact.name")
    state = serializers.CharField()
    done_bytes = serializers.IntegerField()
    total_bytes = serializers.IntegerField()
    parts = UploadPartResponse(many=True)
    error = UploadErrorResponse(allow_null=True)
    created_at = serializers.DateTimeField()

    def read_error(self, row: Upload) -> Upload | None:
        return row if row.error_code else None


class AliasResponse(ResponseSerializer):
    model = serializers.CharField(source="model.name")
    name = serializers.CharField()
    number = serializers.IntegerField(source="version.number")
    version_id = serializers.UUIDField()
    moved_at = serializers.DateTimeField()


class AliasEventResponse(ResponseSerializer):
    id = serializers.UUIDField()
    model = serializers.CharField(source="model.name")
    alias = serializers.CharField()
    kind = serializers.CharField()
    before = serializers.IntegerField(source="before.number", allow_null=True)
    after = serializers.IntegerField(source="after.number", allow_null=True)
    dataset_hash = serializers.CharField()
    actor = serializers.CharField()
    approved_by = serializers.CharField()
    reason = serializers.CharField()
    evidence = serializers.DictField()
    created_at = serializers.DateTimeField()

    def read_dataset_hash(self, row: AliasEvent) -> str:
        return row.after.dataset_hash if row.after else ""


class PromotionResponse(ResponseSerializer):
    id = serializers.UUIDField()
    model = serializers.CharField(source="model.name")
    alias = serializers.CharField()
    number = serializers.IntegerField(source="version.number")
    state = serializers.CharField()
    requested_by = serializers.CharField()
    reason = serializers.CharField()
    evidence = serializers.DictField()
    decided_by = serializers.CharField()
    decision_reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class MoveResponse(ResponseSerializer):
    alias = AliasResponse(allow_null=True)
    event = AliasEventResponse(
        allow_null=True, help_text="The move, as the ledger records it; null when the alias did not move"
    )
    request = PromotionResponse(
        allow_null=True, help_text="The promotion request; null unless a second approver must agree"
    )


class AliasRuleResponse(ResponseSerializer):
    alias = serializers.CharField(source="name")
    is_protected = serializers.BooleanField()
    needs_second_approver = serializers.BooleanField()
    thresholds = serializers.ListField(child=serializers.DictField())


class HoldResponse(ResponseSerializer):
    holder = serializers.UUIDField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangeResponse(ResponseSerializer):
    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DiffResponse(ResponseSerializer):
    before = serializers.CharField()
    after = serializers.CharField()
    parameters = ChangeResponse(many=True)
    metrics = ChangeResponse(many=True)
    data = ChangeResponse(many=True)  # type: ignore[assignment]  # DRF's own attribute of that name
    artifacts = ChangeResponse(many=True)


class NodeResponse(ResponseSerializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name
    kind = serializers.CharField()
    detail = serializers.CharField()
    href = serializers.CharField()
    current = serializers.BooleanField()


class EdgeResponse(ResponseSerializer):
    source = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name
    target = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's own attribute of that name


class LineageResponse(ResponseSerializer):
    nodes = NodeResponse(many=True)
    edges = EdgeResponse(many=True)


class ArchiveImportResponse(ResponseSerializer):
    origin = serializers.CharField(
        source="contents.name", help_text="`model/number` in the installation that exported it"
    )
    artifacts = serializers.IntegerField()
    signed_by = serializers.CharField(
        source="contents.signed_by", help_text="Public key of the installation that signed it"
    )
    dry_run = serializers.BooleanField()
    id = serializers.UUIDField(source="version.pk", allow_null=True)
    version = serializers.CharField(
        allow_null=True, help_text="`model/number` in this installation; null in a dry run of a new archive"
    )
    created = serializers.BooleanField(help_text="False when the archive was imported before, as this version")
    state = serializers.CharField(source="version.state", allow_null=True)

    def read_artifacts(self, found: ImportedVersion) -> int:
        return len(found.contents.artifacts)

    def read_version(self, found: ImportedVersion) -> str | None:
        return str(found.version) if found.version else None


class CollectionResponse(ResponseSerializer):
    dry_run = serializers.BooleanField()
    refused = serializers.CharField(help_text="Why nothing was deleted; empty when the round ran")
    marked = Texts(child=serializers.CharField())
    marked_bytes = serializers.IntegerField()
    deleted = Texts(child=serializers.CharField())
    deleted_bytes = serializers.IntegerField()
    rescued = Texts(child=serializers.CharField())
    unfinished = Texts(child=serializers.CharField())
    orphans = Texts(child=serializers.CharField())
    orphan_bytes = serializers.IntegerField()
    unknown = Texts(child=serializers.CharField())
