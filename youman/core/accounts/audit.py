"""Writes the audit trail, in the same transaction as the change that it records."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

from youman.core.models import AuditEvent

Actor = AbstractBaseUser | AnonymousUser | str
Facts = Mapping[str, str | int | float | bool | None]


def shown(value: object) -> str | int | float | bool | None:
    """Return the value of a field as the trail shows it: a plain value as it is, everything else as a text."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)[:300]


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
