"""Registered models, their numbered versions, where versions come from, and who needs them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.contracts import VersionRef
from registry.states import VersionState
from youman.core.database.ids import new_id

NAME_LENGTH = 100
TAGS_LENGTH = 1_000


class Task(models.TextChoices):
    HUMANIZE = "humanize", "Rewrite"
    DETECT = "detect", "Detect"
    JUDGE = "judge", "Judge"


class RegisteredModel(models.Model):
    """A named series of versions. `tags` are stored as ` a b `, so that every database finds a tag by ` a `."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    task = models.CharField(max_length=16, choices=Task.choices)
    framework = models.CharField(max_length=NAME_LENGTH, blank=True)
    architecture = models.CharField(max_length=NAME_LENGTH, blank=True)
    description = models.TextField(blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    tags = models.CharField(max_length=TAGS_LENGTH, blank=True)
    is_active = models.BooleanField(default=True)
    search_text = models.TextField(blank=True, editable=False)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="registry_model_page")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="registry_model_named"),
            models.CheckConstraint(condition=Q(task__in=Task.values), name="registry_task_known"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="registry_model_not_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tag_list(self) -> list[str]:
        return self.tags.split()


class VersionCounter(models.Model):
    """The last version number given out within a model; the lock on its row keeps the numbers gapless."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, primary_key=True, related_name="counter")
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.model_id}: {self.last}"


def is_deployable(state: str, fault: str) -> bool:
    """Return whether a version in this state and with this fault may be deployed or promoted."""
    return state == VersionState.READY and not fault


class ModelVersion(models.Model):
    """One trained state of a model. `fault` is why its bytes cannot be trusted; empty means that they can.

    draft ──▶ ready ──▶ deprecated ──▶ archived (see `registry.states`)

    `has_…` tell whether related rows may exist; `selectors.whole_versions` finds out, elsewhere they are True.
    """

    has_aliases = has_parents = has_references = True

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=VersionState.choices, default=VersionState.DRAFT)
    config = models.JSONField(default=dict)
    signature = models.JSONField(default=dict, help_text="Inputs and outputs of the model, and an example")
    metrics = models.JSONField(default=dict, help_text="Metric name → {value, low, high, n}")
    gate = models.JSONField(null=True, help_text="Result of the validation gate: whether it passed, and its checks")
    card = models.JSONField(default=dict, help_text="Texts for the model card, by section")
    dataset_hash = models.CharField(max_length=64, blank=True)
    notes = models.TextField(blank=True)
    tags = models.CharField(max_length=TAGS_LENGTH, blank=True)
    fault = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(blank=True, editable=False)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        permissions = [("move_protected_alias", "Can move a protected alias")]
        indexes = [
            models.Index(fields=["model", "-created_at", "-id"], name="registry_version_page"),
            models.Index(fields=["-created_at", "-id"], name="registry_version_all"),
            models.Index(fields=["dataset_hash"], condition=~Q(dataset_hash=""), name="registry_version_dataset"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="registry_version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="registry_version_from_1"),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="registry_version_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.model}/{self.number}"

    @property
    def tag_list(self) -> list[str]:
        return self.tags.split()

    @property
    def ref(self) -> VersionRef:
        return VersionRef(self.model.name, self.number)

    @property
    def deployable(self) -> bool:
        return is_deployable(self.state, self.fault)

    @property
    def model_name(self) -> str:
        return self.model.name


class ModelVersionParent(models.Model):
    """The child came from the parent. Created with the child and never later, so that no cycle can form."""

    child = models.ForeignKey(ModelVersion, models.CASCADE, related_name="parent_links")
    parent = models.ForeignKey(ModelVersion, models.PROTECT, related_name="child_links")
    relation = models.CharField(max_length=32, default="trained from")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["child", "parent"], name="registry_parent_once"),
            models.CheckConstraint(condition=~Q(child=F("parent")), name="registry_not_own_parent"),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class VersionReference(models.Model):
    """Something outside the registry that a version came from (a dataset, a job, a commit), by name only."""

    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="references")
    kind = models.CharField(max_length=32)
    reference = models.CharField(max_length=200)
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "reference"], name="registry_reference_found")]
        constraints = [
            models.UniqueConstraint(fields=["version", "kind", "reference"], name="registry_reference_once"),
            models.CheckConstraint(condition=~Q(kind="") & ~Q(reference=""), name="registry_reference_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Hold(models.Model):
    """A claim that an upper app needs this version; `holder` is that app's own row. Released holds stay as history."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="holds")
    holder = models.UUIDField()
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["holder"], name="registry_hold_holder")]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "holder"], condition=Q(released_at=None), name="registry_hold_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="registry_hold_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.holder})"
