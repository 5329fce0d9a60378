"""Training pairs, their imports and their withdrawals. The texts of a pair never change once they are stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from humanize.models import Transformation
from training.models.splits import Split
from training.states import ImportState
from youman.core.database.ids import new_id
from youman.core.models import Account

SPLITS = tuple(Split)


class DataImport(models.Model):
    """A file of pairs and the job that imports it; `attempt` is the fencing token.

    queued ──▶ running ──▶ completed | failed | cancelled (see `training.states`). Its pairs are trained on only once it
    is completed. A file has a `key` in the artifact store, or none when a command reads it from its own disk.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    licence = models.CharField(max_length=200, blank=True, help_text="The licence under which models may train on it")
    imported_by = models.CharField(max_length=200)
    format = models.CharField(max_length=16, blank=True)
    scored = models.BooleanField(default=True, help_text="Whether the quality of each pair is scored")
    partial = models.BooleanField(
        default=False, help_text="Whether good lines are imported although others are refused"
    )
    state = models.CharField(max_length=16, choices=ImportState.choices, default=ImportState.QUEUED)
    error = models.TextField(blank=True, help_text="Why nothing was imported")
    key = models.CharField(max_length=200, blank=True)
    total = models.PositiveBigIntegerField(null=True, help_text="Lines in the file, once all have been checked")
    checked = models.PositiveBigIntegerField(default=0, help_text="Lines checked so far")
    lines = models.PositiveBigIntegerField(default=0, help_text="Lines processed so far")
    accepted = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=list, help_text="The first 200 refused lines, as [{line, outcome, problem}]")
    attempt = models.PositiveIntegerField(default=0)
    recoveries = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    enqueued_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="training_import_state_known"),
            # Two at once would call the same pair a duplicate of each other, and one of them may be rolled back.
            models.UniqueConstraint(
                fields=["state"], condition=Q(state=ImportState.RUNNING), name="training_one_import_runs"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TrainingDataPoint(models.Model):
    """A pair: a draft and the text that its author kept. Personal data has been removed from both.

    `author` is a keyed hash, so that splits and caps work without a name. `cluster` is the id of the first of its near
    duplicates. `consent_version` and `consent_at` record the consent under which the pair was collected; an imported
    pair has the licence of its file instead.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contributor = models.ForeignKey(Account, models.CASCADE, null=True, related_name="training_points")
    transformation = models.ForeignKey(Transformation, models.CASCADE, null=True, related_name="training_points")
    data_import = models.ForeignKey(DataImport, models.CASCADE, null=True, related_name="points")
    author = models.CharField(max_length=64, blank=True)
    original = models.TextField()
    humanized = models.TextField()
    words = models.PositiveIntegerField()
    strategy = models.CharField(max_length=16, blank=True)
    level = models.PositiveSmallIntegerField(null=True)
    language = models.CharField(max_length=8)
    domain = models.CharField(max_length=50, blank=True)
    ai_before = models.FloatField(null=True)
    ai_after = models.FloatField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    quality = models.FloatField(null=True)
    reasons = models.JSONField(default=list)
    pii = models.JSONField(default=dict, help_text="Number of removed values of personal data, by kind")
    consent_version = models.CharField(max_length=32, blank=True)
    consent_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64)
    kept_hash = models.CharField(
        max_length=64,
        db_index=True,
        default="",
        help_text="SHA-256 of the words of the kept text, without case and punctuation",
    )
    cluster = models.UUIDField(db_index=True)
    split = models.CharField(max_length=8)
    times_used = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="training_point_page"),
            # Without these, a filter on a rare value would read all rows for one page.
            models.Index(fields=["split", "-created_at", "-id"], name="training_point_split"),
            models.Index(fields=["language", "-created_at", "-id"], name="training_point_language"),
            models.Index(fields=["domain", "-created_at", "-id"], name="training_point_domain"),
            models.Index(fields=["strategy", "-created_at", "-id"], name="training_point_strategy"),
            models.Index(fields=["quality"], name="training_point_quality"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["content_hash", "author"], name="training_pair_once"),
            models.CheckConstraint(condition=~Q(original="") & ~Q(humanized=""), name="training_pair_whole"),
            models.CheckConstraint(condition=Q(split__in=SPLITS), name="training_split_known"),
            models.CheckConstraint(
                condition=Q(quality=None) | Q(quality__gte=0, quality__lte=1), name="training_quality_0_to_1"
            ),
            models.CheckConstraint(condition=Q(level=None) | Q(level__range=(1, 5)), name="training_level_1_to_5"),
            models.CheckConstraint(
                condition=Q(transformation=None) | Q(consent_at__isnull=False), name="training_collected_with_consent"
            ),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"


class PointBand(models.Model):
    """An entry in the index of near duplicates: points that share a key are compared."""

    pk = models.CompositePrimaryKey("key", "point_id")
    key = models.BigIntegerField()
    # 100,000 pairs bring two million rows; checking each against its point would double the time of an import.
    point = models.ForeignKey(TrainingDataPoint, models.CASCADE, related_name="bands", db_constraint=False)

    def __str__(self) -> str:
        return f"band {self.key}"


class CollectedFeedback(models.Model):
    """The outcome of collecting the feedback on one rewrite. It is repeated after a change of feedback or decisions."""

    transformation = models.OneToOneField(Transformation, models.CASCADE, related_name="collected_feedback")
    feedback_at = models.DateTimeField()
    decision_number = models.PositiveIntegerField(help_text="Number of the latest decision at that time; 0 for none")
    outcome = models.CharField(max_length=16)
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "collected feedback"

    def __str__(self) -> str:
        return f"{self.transformation_id}: {self.outcome}"


class Withdrawal(models.Model):
    """An account withdrew its consent: how many pairs were removed, and which datasets and models had used them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="withdrawals")
    points = models.PositiveIntegerField()
    datasets = models.JSONField(default=list, help_text="Names of the datasets that contained the pairs")
    versions = models.JSONField(default=list, help_text="Names of the model versions trained on the pairs")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"withdrawal of {self.points} pairs"


class BarredPair(models.Model):
    """The hash of a withdrawn pair, so that it cannot be imported again."""

    content_hash = models.CharField(max_length=64, unique=True)
    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="barred")

    def __str__(self) -> str:
        return self.content_hash[:12]


class PointCount(models.Model):
    """The number of pairs with one value of one dimension, updated with each change: counting rows takes seconds."""

    dimension = models.CharField(max_length=16)
    value = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
    scored = models.BigIntegerField(default=0)
    quality_sum = models.FloatField(default=0, help_text="Sum of the quality (0 to 1) of the scored pairs")

    class Meta:
        indexes = [models.Index(fields=["dimension", "-count"], name="training_count_most")]
        constraints = [models.UniqueConstraint(fields=["dimension", "value"], name="training_count_once")]

    def __str__(self) -> str:
        return f"{self.dimension}={self.value}: {self.count}"
