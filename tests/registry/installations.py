"""Two states of the registry's tables over one store: a database and its copy, or two installations."""

from __future__ import annotations

from django.apps import apps
from django.core import serializers
from django.db import connection

from registry.models import ModelArtifact

_MODELS = list(apps.get_app_config("registry").get_models())


class Installations:
    """Switches the registry's tables between named states, as if each were a database of its own."""

    def __init__(self) -> None:
        self.here = "production"
        self._dumps: dict[str, str] = {}

    def copy_to(self, name: str) -> None:
        """Dump this database and restore the dump as another one."""
        self._dumps[name] = _dump()

    def empty(self, name: str) -> None:
        """A new installation with its own, empty database."""
        self._dumps[name] = "[]"

    def use(self, name: str) -> None:
        if name != self.here:
            self._dumps[self.here] = _dump()
            _restore(self._dumps[name])
            self.here = name

    def restore(self, name: str) -> None:
        """Put a dump in the place of this database, which is lost."""
        _restore(self._dumps[name])


def live_keys() -> set[str]:
    """The keys whose bytes this database needs."""
    return set(ModelArtifact.objects.filter(state__in=("live", "marked")).values_list("key", flat=True))


def _dump() -> str:
    rows = [row for model in _MODELS for row in model._default_manager.order_by("pk")]
    return str(serializers.serialize("json", rows))


def _restore(dump: str) -> None:
    with connection.cursor() as cursor:
        for model in reversed(_MODELS):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")
    for row in serializers.deserialize("json", dump):
        row.save()
