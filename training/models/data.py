"""Pairs to learn from, how they came in, and what was withdrawn. A point's texts never change once stored."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from humanize.models import Transformation
from training.models.splits import Split
from youman.core.database.ids import new_id
from youman.core.models import Account

SPLITS = tuple(Split)


class DataImport(models.Model):
    """One file that came in: what it held and what was refused. `licence` is the right to train on it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    licence = models.CharField(max_length=200, blank=True)
    imported_by = models.CharField(max_length=200)
    format = models.CharField(max_length=16)
    lines = models.PositiveBigIntegerField(default=0)
    accepted = models.PositiveBigIntegerField(default=0)
    duplicates = models.PositiveBigIntegerField(default=0)
    refused = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=list, help_text="The first refused lines: [{line, problem}]")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class TrainingDataPoint(models.Model):
    """A pair: the text as drafted, and as its author kept it; personal data is out of both.

    `author` is a keyed hash, so that splits and caps work without a name. `cluster` names the first of its near
    duplicates. `consent_version` and `consent_at` are those under which it was given; imports have a licence instead.
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
    pii = models.JSONField(default=dict, help_text="How much personal data was taken out, by kind")
    consent_version = models.CharField(max_length=32, blank=True)
    consent_at = models.DateTimeField(null=True)
    content_hash = models.CharField(max_length=64)
    kept_hash = models.CharField(max_length=64, db_index=True, default="", help_text="Of the kept text's bare words")
    cluster = models.UUIDField(db_index=True)
    split = models.CharField(max_length=8)
    times_used = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="training_point_page"),
            # A value that is rare, or none, would have a page read all rows; by these it reads a page.
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
    """The index of near duplicates: points that share a key are candidates."""

    pk = models.CompositePrimaryKey("key", "point_id")
    key = models.BigIntegerField()
    # Two million rows come with 100,000 pairs; checking each against its point would double the time of an import.
    point = models.ForeignKey(TrainingDataPoint, models.CASCADE, related_name="bands", db_constraint=False)

    def __str__(self) -> str:
        return f"band {self.key}"


class Collected(models.Model):
    """What became of a rewrite's feedback, once; feedback that changed since is looked at again."""

    transformation = models.OneToOneField(Transformation, models.CASCADE, related_name="collected")
    feedback_at = models.DateTimeField()
    outcome = models.CharField(max_length=16)
    detail = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "collected"

    def __str__(self) -> str:
        return f"{self.transformation_id}: {self.outcome}"


class Withdrawal(models.Model):
    """An account took its consent back: what was removed, and what had been made from it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="withdrawals")
    points = models.PositiveIntegerField()
    datasets = models.JSONField(default=list, help_text="Names of the datasets that held points")
    versions = models.JSONField(default=list, help_text="Model versions trained on them")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"withdrawal of {self.points} points"


class BarredPair(models.Model):
    """The hash of a withdrawn pair, so that it does not come back by another door."""

    content_hash = models.CharField(max_length=64, unique=True)
    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="barred")

    def __str__(self) -> str:
        return self.content_hash[:12]


class PointCount(models.Model):
    """Counts of points by one dimension, kept as they come and go: a count of a million rows takes seconds."""

    dimension = models.CharField(max_length=16)
    value = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)
    scored = models.BigIntegerField(default=0)
    quality_sum = models.FloatField(default=0, help_text="Of the scored ones")

    class Meta:
        indexes = [models.Index(fields=["dimension", "-count"], name="training_count_most")]
        constraints = [models.UniqueConstraint(fields=["dimension", "value"], name="training_count_once")]

    def __str__(self) -> str:
        return f"{self.dimension}={self.value}: {self.count}"
