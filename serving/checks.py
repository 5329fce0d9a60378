"""System checks of serving: the catalogue, and models in use that a vendor shuts down. See docs/operations.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone

from serving.gateway import keys, snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import CatalogueEntry

NOTICE = timedelta(days=60)


@register(Tags.database)
def check_endings(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Needs the database, so it runs with `check --database default` and in `manage.py doctor`."""
    if not databases:
        return []
    try:
        rows = snapshot.current().deployments.values()
        used = [row for row in rows if row.model is not None and keys.key_for(row)]
    except DatabaseError:  # before the first migration
        return []
    return [message for row in used if (message := _ending(row, timezone.now().date()))]


@register(Tags.database)
def check_catalogue(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """A release without `sync_catalogue` leaves an installation that knows no vendor's model."""
    try:
        if not databases or CatalogueEntry.objects.exists():
            return []
    except DatabaseError:  # before the first migration
        return []
    hint = "Run `manage.py sync_catalogue`, as each release does"
    return [Warning("The catalogue of models is not in the database", hint=hint, id="serving.W003")]


def _ending(row: LiveRow, today: date) -> CheckMessage | None:
    assert row.model is not None
    ends, name = row.model.ends_on, row.model.model_id
    if ends is None or ends > today + NOTICE:
        return None
    if ends <= today:
        hint = "Give it a successor in the catalogue, or retire the deployment"
        return Error(f"{row.name} calls {name}, which ended on {ends}", hint=hint, id="serving.E001")
    hint = "Its successor answers from that day on; try it before, or choose another model"
    return Warning(f"{row.name} calls {name}, which ends on {ends}", hint=hint, id="serving.W002")
