"""System check of the product: can the promoted detector be used? Explained in docs/operations.md."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register

from humanize.pipeline import detectors


@register(Tags.database)
def check_detector(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check the detector. It needs the database, so it runs with `check --database default` and in `doctor`."""
    trouble = detectors.champion_trouble() if databases else ""
    hint = f"Repair this version of {detectors.MODEL} or promote another one; until then the shipped detector is used"
    return [Warning(trouble[:1].upper() + trouble[1:], hint=hint, id="humanize.W001")] if trouble else []
