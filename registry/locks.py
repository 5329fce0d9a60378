"""Row locks of the registry, always in this order: model, then version. Held until the transaction ends.

`FOR NO KEY UPDATE`, so that inserting rows that point at a locked one does not wait.
"""

from __future__ import annotations

from uuid import UUID

from registry.models import ModelVersion, RegisteredModel


def lock_model(pk: UUID) -> RegisteredModel:
    """Whoever moves an alias holds this."""
    return RegisteredModel.objects.select_for_update(no_key=True).get(pk=pk)


def lock_version(pk: UUID) -> ModelVersion:
    """Whoever changes who needs a version's bytes holds this."""
    return ModelVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("model").get(pk=pk)
