"""Request bodies of the registry. They check types; `registry.validation` checks meaning, also for commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from registry import validation
from registry.contracts import Evidence, Reference, VersionSpec, version_ref
from registry.models.artifacts import ArtifactKind
from registry.models.versions import Task
from youman.core.api.requests import RequestSerializer

Texts = serializers.ListField


class RegisterModel(RequestSerializer):
    name = serializers.CharField()
    task = serializers.ChoiceField(choices=Task.choices)
    framework = serializers.CharField(default="", allow_blank=True)
    architecture = serializers.CharField(default="", allow_blank=True)
    description = serializers.CharField(default="", allow_blank=True)
    tags = Texts(child=serializers.CharField(), default=list)
    parent = serializers.CharField(default="", allow_blank=True, help_text="Name of the model it was derived from")  # type: ignore[assignment]  # DRF's own attribute of that name


class ChangeModel(RequestSerializer):
    framework = serializers.CharField(required=False, allow_blank=True)
    architecture = serializers.CharField(required=False, allow_blank=True)
    description = serializers.CharField(required=False, allow_blank=True)
    tags = Texts(child=serializers.CharField(), required=False)
    is_active = serializers.BooleanField(required=False)


class AddReference(RequestSerializer):
    kind = serializers.CharField()
    reference = serializers.CharField()
    label = serializers.CharField(default="", allow_blank=True)  # type: ignore[assignment]  # DRF's own attribute of that name


class CreateVersion(RequestSerializer):
    config = serializers.DictField(default=dict)
    signature = serializers.DictField(default=dict)
    metrics = serializers.DictField(default=dict, help_text="Metric name → number, or {value, low, high, n}")
    gate = serializers.DictField(
        default=None, allow_null=True, help_text="Result of the validation gate: {checks: [{name, passed, detail}]}"
    )
    card = serializers.DictField(child=serializers.CharField(allow_blank=True), default=dict)
    parents = Texts(child=serializers.CharField(), default=list, help_text="Versions it came from, as `model/number`")
    references = AddReference(many=True, default=list)
    dataset_hash = serializers.CharField(default="", allow_blank=True)
    notes = serializers.CharField(default="", allow_blank=True)
    tags = Texts(child=serializers.CharField(), default=list)


class ChangeVersion(RequestSerializer):
    notes = serializers.CharField(required=False, allow_blank=True)
    tags = Texts(child=serializers.CharField(), required=False)
    card = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    metrics = serializers.DictField(required=False)
    gate = serializers.DictField(required=False, allow_null=True)


class ActionReason(RequestSerializer):
    reason = serializers.CharField(default="", allow_blank=True)


class MoveAlias(RequestSerializer):
    version = serializers.IntegerField(min_value=1, help_text="Number of the version within this model")
    reason = serializers.CharField(default="", allow_blank=True)
    gate = serializers.DictField(
        default=None, allow_null=True, help_text="Result of the validation gate: {checks: [{name, passed, detail}]}"
    )
    note = serializers.CharField(default="", allow_blank=True)
    expected = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, help_text="Number that the alias must point to now, 0 for none"
    )

    def evidence(self) -> Evidence:
        note = validation.check_text(self.validated_data["note"], "note", 2_000)
        return Evidence(validation.gate_from(self.validated_data["gate"]), note)


class SetAliasRule(RequestSerializer):
    is_protected = serializers.BooleanField(default=True)
    needs_second_approver = serializers.BooleanField(default=False)
    thresholds = serializers.ListField(child=serializers.DictField(), default=list, max_length=50)


class StartUpload(RequestSerializer):
    type = serializers.ChoiceField(choices=ArtifactKind.choices)
    name = serializers.CharField(max_length=200)
    size = serializers.IntegerField(default=None, allow_null=True, min_value=1)
    sha256 = serializers.CharField(default="", allow_blank=True)


class CollectArtifacts(RequestSerializer):
    dry_run = serializers.BooleanField(default=True)
    grace_days = serializers.FloatField(default=7.0, min_value=0, max_value=3650)
    model = serializers.CharField(default="", allow_blank=True, help_text="Only artifacts of the model with this name")


def checked(ask: type[RequestSerializer], data: object) -> Any:
    """Return the validated data of a request. Raises DRF's ValidationError, answered as 400."""
    asked = ask(data=data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def spec_from(data: Mapping[str, Any]) -> VersionSpec:
    """Return the specification of a version from a validated CreateVersion. Raises InvalidInput."""
    return VersionSpec(
        config=data["config"],
        signature=data["signature"],
        metrics=validation.metrics_from(data["metrics"]),
        gate=validation.gate_from(data["gate"]),
        card=data["card"],
        parents=tuple(version_ref(one) for one in data["parents"]),
        references=tuple(Reference(**one) for one in data["references"]),
        dataset_hash=data["dataset_hash"],
        notes=data["notes"],
        tags=tuple(data["tags"]),
    )


def changes_from(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes from a validated ChangeVersion, in the types of the domain. Raises InvalidInput."""
    changes = dict(data)
    if "metrics" in changes:
        changes["metrics"] = validation.metrics_from(changes["metrics"])
    if "gate" in changes:
        changes["gate"] = validation.gate_from(changes["gate"])
    return changes
