"""System checks of the registry: who owns the artifact store. See docs/operations.md."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError

from registry.artifacts import ownership
from registry.artifacts.ownership import Verdict
from registry.errors import StoreUnavailable


@register(Tags.database)
def check_ownership(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report a store that this installation does not own, so that its collector deletes nothing."""
    if not databases:
        return []
    try:
        standing = ownership.examine()
    except DatabaseError:  # before the first migration
        return []
    except StoreUnavailable as error:
        return [Warning(error.detail, hint="Start the store, or correct its address", id="registry.W002")]
    if standing.verdict in {Verdict.OWNED, Verdict.UNCLAIMED}:
        return []
    hint = "The collector deletes nothing until then; docs/operations.md describes restores and copies"
    return [Warning(standing.detail[0].upper() + standing.detail[1:], hint=hint, id="registry.W001")]
