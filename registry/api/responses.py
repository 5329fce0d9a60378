"""What answers look like, for the API's description; `shapes` makes them."""

from __future__ import annotations

from rest_framework import serializers

Plain = serializers.Serializer[object]
Texts = serializers.ListField


class RegisteredModelReply(Plain):
    id = serializers.UUIDField()
    name = serializers.CharField()
    task = serializers.CharField()
    framework = serializers.CharField()
    architecture = serializers.CharField()
    description = serializers.CharField()
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    tags = Texts(child=serializers.CharField())
    is_active = serializers.BooleanField()
    versions = serializers.IntegerField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class ModelVersionBriefReply(Plain):
    id = serializers.UUIDField()
    model = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    deployable = serializers.BooleanField()
    fault = serializers.CharField(help_text="Why its bytes cannot be trusted; empty when they can")
    metrics = serializers.DictField()
    dataset_hash = serializers.CharField()
    tags = Texts(child=serializers.CharField())
    notes = serializers.CharField()
    aliases = Texts(child=serializers.CharField())
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()


class VersionReferenceReply(Plain):
    kind = serializers.CharField()
    reference = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class ModelVersionReply(ModelVersionBriefReply):
    config = serializers.DictField()
    signature = serializers.DictField()
    gate = serializers.DictField(allow_null=True)
    card = serializers.DictField()
    ready_at = serializers.DateTimeField(allow_null=True)
    parents = Texts(child=serializers.CharField())
    references = VersionReferenceReply(many=True)


class ArtifactReply(Plain):
    id = serializers.UUIDField()
    model = serializers.CharField()
    number = serializers.IntegerField()
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


class ArtifactLinkReply(Plain):
    url = serializers.CharField()
    expires_in_s = serializers.IntegerField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()


class CheckedReply(Plain):
    artifact = serializers.UUIDField()
    name = serializers.CharField()
    verdict = serializers.CharField()
    detail = serializers.CharField()


class UploadPartReply(Plain):
    number = serializers.IntegerField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class UploadErrorReply(Plain):
    code = serializers.CharField()
    detail = serializers.CharField()


class UploadReply(Plain):
    id = serializers.UUIDField()
    artifact_id = serializers.UUIDField()
    version_id = serializers.UUIDField()
    type = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()
    done_bytes = serializers.IntegerField()
    total_bytes = serializers.IntegerField()
    parts = UploadPartReply(many=True)
    error = UploadErrorReply(allow_null=True)
    created_at = serializers.DateTimeField()


class AliasReply(Plain):
    model = serializers.CharField()
    name = serializers.CharField()
    number = serializers.IntegerField()
    version_id = serializers.UUIDField()
    moved_at = serializers.DateTimeField()


class AliasEventReply(Plain):
    id = serializers.UUIDField()
    model = serializers.CharField()
    alias = serializers.CharField()
    kind = serializers.CharField()
    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    dataset_hash = serializers.CharField()
    actor = serializers.CharField()
    approved_by = serializers.CharField()
    reason = serializers.CharField()
    evidence = serializers.DictField()
    created_at = serializers.DateTimeField()


class PromotionReply(Plain):
    id = serializers.UUIDField()
    model = serializers.CharField()
    alias = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.CharField()
    requested_by = serializers.CharField()
    reason = serializers.CharField()
    evidence = serializers.DictField()
    decided_by = serializers.CharField()
    decision_reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class MoveReply(Plain):
    alias = AliasReply(allow_null=True)
    event = AliasEventReply(allow_null=True, help_text="Null when nothing moved")
    request = PromotionReply(allow_null=True, help_text="Set when a second approver must agree")


class AliasRuleReply(Plain):
    alias = serializers.CharField()
    is_protected = serializers.BooleanField()
    needs_second_approver = serializers.BooleanField()
    thresholds = serializers.ListField(child=serializers.DictField())


class HoldReply(Plain):
    holder = serializers.UUIDField()
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()


class ChangeReply(Plain):
    name = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class DiffReply(Plain):
    before = serializers.CharField()
    after = serializers.CharField()
    parameters = ChangeReply(many=True)
    metrics = ChangeReply(many=True)
    data = ChangeReply(many=True)  # type: ignore[assignment]
    artifacts = ChangeReply(many=True)


class NodeReply(Plain):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    detail = serializers.CharField()
    href = serializers.CharField()
    current = serializers.BooleanField()


class EdgeReply(Plain):
    source = serializers.CharField()  # type: ignore[assignment]
    target = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class LineageReply(Plain):
    nodes = NodeReply(many=True)
    edges = EdgeReply(many=True)


class ArrivedReply(Plain):
    origin = serializers.CharField(help_text="`model/number` where it was exported")
    artifacts = serializers.IntegerField()
    signed_by = serializers.CharField(help_text="The public key")
    dry_run = serializers.BooleanField()
    id = serializers.UUIDField(allow_null=True)
    version = serializers.CharField(allow_null=True, help_text="`model/number` here; null in a dry run")
    state = serializers.CharField(allow_null=True)


class CollectedReply(Plain):
    dry_run = serializers.BooleanField()
    marked = Texts(child=serializers.CharField())
    marked_bytes = serializers.IntegerField()
    deleted = Texts(child=serializers.CharField())
    deleted_bytes = serializers.IntegerField()
    rescued = Texts(child=serializers.CharField())
    unfinished = Texts(child=serializers.CharField())
    orphans = Texts(child=serializers.CharField())
    orphan_bytes = serializers.IntegerField()
