"""Foreign keys obey the chain of apps too: import-linter cannot see a reference by string."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

CHAIN = ("core", "registry", "serving", "humanization", "training")
OURS = [model for model in apps.get_models() if model._meta.app_label in CHAIN]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_the_chain(model: type[Model]) -> None:
    own = CHAIN.index(model._meta.app_label)
    for field in model._meta.get_fields():
        target = field.related_model
        if field.auto_created or not isinstance(target, type) or target._meta.app_label not in CHAIN:
            continue
        assert CHAIN.index(target._meta.app_label) <= own, f"{field} points up to {target._meta.label}"


def test_all_five_apps_are_installed_in_the_order_of_the_chain() -> None:
    labels = [config.label for config in apps.get_app_configs() if config.label in CHAIN]
    assert tuple(labels) == CHAIN


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_constraints_are_named_after_their_app(model: type[Model]) -> None:
    prefix = {"humanization": "humanize"}.get(model._meta.app_label, model._meta.app_label)
    assert [c.name for c in model._meta.constraints if not c.name.startswith(f"{prefix}_")] == []
