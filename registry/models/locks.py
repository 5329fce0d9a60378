"""Row locks of the registry, always in this order: model, then version. Held until the transaction ends.

`FOR NO KEY UPDATE`, so that inserting rows that point at a locked one does not wait.
"""

from __future__ import annotations

from uuid import UUID

from registry.models import ModelVersion, RegisteredModel
from youman.core.errors import NotFound


def lock_model(pk: UUID) -> RegisteredModel:
    """Lock a model; every move of an alias holds this lock."""
    return RegisteredModel.objects.select_for_update(no_key=True).get(pk=pk)


def lock_model_named(name: str) -> RegisteredModel:
    """Lock a model by its name. Raises NotFound."""
    rows = RegisteredModel.objects.select_for_update(no_key=True).only("id", "name", "is_active")
    found = rows.filter(name=name).order_by().first()
    if found is None:
        raise NotFound(f"There is no model named {name[:100]!r}")
    return found


def lock_version(pk: UUID) -> ModelVersion:
    """Lock a version; every change of who needs its bytes holds this lock."""
    return ModelVersion.objects.select_for_update(no_key=True, of=("self",)).select_related("model").get(pk=pk)


def lock_number(model: RegisteredModel, number: int) -> ModelVersion:
    """Lock a version by its number within a model that is already loaded. Raises NotFound."""
    rows = ModelVersion.objects.select_for_update(no_key=True).defer("search_text", "config", "signature", "card")
    found = rows.filter(model=model, number=number).order_by().first()
    if found is None:
        raise NotFound(f"There is no version {number} of {model}")
    found.model = model
    return found
