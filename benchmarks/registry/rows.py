"""Versions of a model, written into the database: through the API ten thousand would take minutes."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from registry.models import ModelVersion, RegisteredModel, VersionCounter


def seed(name: str, count: int) -> None:
    """Add ready versions to the registered model up to number `count`."""
    model = RegisteredModel.objects.get(name=name)
    have = VersionCounter.objects.get(model=model).last
    metrics = {"auroc": {"value": 0.9}, "f1": {"value": 0.8}}
    rows = [
        ModelVersion(
            model=model, number=n, state="ready", ready_at=timezone.now(), metrics=metrics, notes=f"run {n}",
            tags=" bench ", search_text=f"{name}/{n} {name} bench run {n}", created_by="bench",
            config={"lr": 0.1, "layers": 2},
        )
        for n in range(have + 1, count + 1)
    ]  # fmt: skip
    ModelVersion.objects.bulk_create(rows, batch_size=1000)
    VersionCounter.objects.filter(model=model).update(last=count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum would within the minute; MLflow's side does it too
