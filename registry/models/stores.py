"""What this database remembers of its artifact store: that it owns it, and the marks that it has written there."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from youman.core.database.ids import new_id


class StoreOwnership(models.Model):
    """The only row says that this database owns its artifact store, and which database it was when it claimed it."""

    singleton = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    installation = models.UUIDField(default=new_id)
    database = models.CharField(max_length=100, blank=True, help_text="Identity of the database that claimed the store")
    held_since = models.DateTimeField(help_text="When the store was claimed, by the store's clock")
    refused = models.TextField(blank=True, help_text="Why the last collection deleted nothing")

    class Meta:
        verbose_name_plural = "store ownership"
        constraints = [models.CheckConstraint(condition=Q(singleton=1), name="registry_one_store_ownership")]

    def __str__(self) -> str:
        return f"installation {self.installation}"


class StoreMark(models.Model):
    """A mark that this database has written to the store. A mark in the store without a row is another's."""

    token = models.UUIDField(primary_key=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="registry_store_mark_age")]

    def __str__(self) -> str:
        return f"mark {self.token}"
