"""System check of the product: can the promoted detector and judge be used? Explained in docs/operations.md."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register

from humanize.judging import Judge
from humanize.pipeline import champions
from humanize.pipeline.champions import Champion
from humanize.scoring import Detector


@register(Tags.database)
def check_champions(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Check detector and judge. It needs the database, so it runs with `check --database default` and in `doctor`."""
    return [_warning(one) for one in champions.ALL if one.trouble()] if databases else []


def _warning(champion: Champion[Detector] | Champion[Judge]) -> CheckMessage:
    trouble, name = champion.trouble(), champion.model
    hint = f"Repair this version of {name} or promote another one; until then the shipped {name} is used"
    return Warning(trouble[:1].upper() + trouble[1:], hint=hint, id="humanize.W001")
