"""Writes the audit trail, in the same transaction as the change that it records."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

from youman.core.models import AuditEvent

Actor = AbstractBaseUser | AnonymousUser | str
_SECRETS = frozenset({"password", "secret", "digest"})
Facts = Mapping[str, str | int | float | bool | None]


def shown(value: object) -> str | int | float | bool | None:
    """Return the value of a field as the trail shows it: a plain value as it is, everything else as a text."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value if isinstance(value, str | int | float | bool | None) else str(value)[:300]


def difference(before: models.Model | None, after: models.Model) -> tuple[Facts | None, Facts]:
    """Return the old and the new values of the fields that differ between two states of a row.

    Without an earlier state, the new values are all fields. What is encrypted or hashed is shown as `***`.
    """
    old: dict[str, str | int | float | bool | None] = {}
    new: dict[str, str | int | float | bool | None] = {}
    for field in after._meta.concrete_fields:
        value = getattr(after, field.attname)
        if before is not None and getattr(before, field.attname) == value:
            continue
        secret = isinstance(field, models.BinaryField) or field.name in _SECRETS
        new[field.name] = "***" if secret else shown(value)
        if before is not None:
            old[field.name] = "***" if secret else shown(getattr(before, field.attname))
    return (old if before is not None else None), new


def record(
    *, actor: Actor, verb: str, subject: models.Model, before: Facts | None = None, after: Facts | None = None
) -> None:
    """Append one event. `before` and `after` hold the changed values, but never a secret or a writer's text."""
    AuditEvent.objects.create(
        actor=str(actor)[:200],
        verb=verb,
        object_kind=subject._meta.label_lower,
        object_id=str(subject.pk),
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
