"""An admin page whose changes are in the audit trail, with their old and new values."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from youman.core.accounts import audit
from youman.core.admin.actions import actor_of

_Row = TypeVar("_Row", bound=Model)


class Audited(admin.ModelAdmin[_Row]):
    """Records what its form creates, changes and deletes, many-to-many fields included, in the same transaction."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[_Row], change: bool) -> None:
        before = self.model._default_manager.select_for_update().filter(pk=obj.pk).first() if change else None
        obj._linked_before = _linked(before) if before is not None else {}  # for `save_related`, which comes later
        super().save_model(request, obj, form, change)
        old, new = audit.difference(before, obj)
        if new:
            verb = "change" if before is not None else "create"
            audit.record(actor=actor_of(request), verb=verb, subject=obj, before=old, after=new)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row = form.instance
        before, after = getattr(row, "_linked_before", {}), _linked(row)
        changed = [name for name in after if after[name] != before.get(name, "")]
        if changed:
            old, new = ({name: one.get(name, "") for name in changed} for one in (before, after))
            audit.record(actor=actor_of(request), verb="change", subject=row, before=old, after=new)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            audit.record(actor=actor_of(request), verb="delete", subject=obj, before=audit.difference(None, obj)[1])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[_Row]) -> None:
        for row in queryset:
            self.delete_model(request, row)


def _linked(row: Model) -> dict[str, str]:
    """Return what the many-to-many fields of a row hold, as texts."""
    fields = row._meta.many_to_many
    return {field.name: ", ".join(sorted(map(str, getattr(row, field.name).all()))) for field in fields}
