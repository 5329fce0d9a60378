"""System checks of the product: does the detector that was promoted score? Explained in docs/operations.md."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register

from humanize.pipeline import detectors


@register(Tags.database)
def check_detector(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Needs the database, so it runs with `check --database default` and in `manage.py doctor`."""
    trouble = detectors.champion_trouble() if databases else ""
    hint = f"Mend or promote another version of {detectors.MODEL}; until then the shipped detector scores"
    return [Warning(trouble[:1].upper() + trouble[1:], hint=hint, id="humanize.W001")] if trouble else []
