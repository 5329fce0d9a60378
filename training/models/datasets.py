"""Frozen datasets: which pairs, with which content, in which split. They never change."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from training.models.data import SPLITS
from youman.core.database.ids import new_id


class Dataset(models.Model):
    """A frozen selection of pairs.

    `root` is the SHA-256 over the sorted lines of ids, hashes and splits: datasets with the same root are the same.
    `withdrawn` counts the pairs that were withdrawn since. Their rows here stay but their texts are deleted, and no new
    job may train on the dataset.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    query = models.JSONField()
    root = models.CharField(max_length=64)
    points = models.PositiveIntegerField()
    counts = models.JSONField(help_text="Number of pairs by split, language, domain and source")
    withdrawn = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="training_dataset_named"),
            models.CheckConstraint(condition=Q(points__gt=0), name="training_dataset_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class DatasetPoint(models.Model):
    """One pair of a dataset.

    It has no foreign key to the pair: it outlives a withdrawn pair, so that the models trained on it can be named.
    """

    pk = models.CompositePrimaryKey("dataset_id", "point_id")
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="members")
    point_id = models.UUIDField(db_index=True)
    content_hash = models.CharField(max_length=64)
    split = models.CharField(max_length=8)
    quality = models.FloatField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(split__in=SPLITS), name="training_member_split_known")]

    def __str__(self) -> str:
        return f"{self.point_id} in {self.dataset_id}"
