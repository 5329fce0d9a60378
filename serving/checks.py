"""System checks of serving: vendors' SDKs, backends, the catalogue, models that end. See docs/operations.md."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone

from serving.backends import vendors
from serving.deployments import provider_keys
from serving.gateway import journal, keys, snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import Budget, CatalogueEntry, ProviderKey
from serving.models.budgets import subject_fault

NOTICE = timedelta(days=60)  # time to try a successor before the vendor ends the model


@register()
def check_sdks(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Report a vendor that has a key in the environment but no SDK, so that the first call would fail."""
    return [
        Error(
            f"There is a key for {one.label}, but its SDK {one.sdk} is not installed",
            hint=f"Install it, or unset {one.key_variable}",
            id="serving.E004",
        )
        for one in vendors.descriptors().values()
        if one.sdk and settings.PROVIDER_KEYS.get(one.name) and not _is_installed(one.sdk)
    ]


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        return False


@register()
def check_journal(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Without it an answered call is booked as an estimate when its process dies, or not at all."""
    folder, found = journal.folder(), list[CheckMessage]()
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        hint = "Let the processes write in YOUMAN_VAR"
        found.append(Warning(f"The journal of calls cannot be written in {folder}", hint=hint, id="serving.W008"))
    if (folder / journal.UNBOOKABLE).exists():
        hint = "Add up what they cost, then delete the file"
        message = f"The ledger lacks calls that the database refused; they are in {folder / journal.UNBOOKABLE}"
        found.append(Warning(message, hint=hint, id="serving.W009"))
    return found


@register(Tags.database)
def check_backends(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report a deployment whose backend the installation no longer has, such as after a change of settings."""
    try:
        rows = snapshot.current().deployments.values() if databases else ()
    except DatabaseError:  # before the first migration
        return []
    known = vendors.descriptors()
    hint = f"Retire it, or choose one of {', '.join(known)}"
    return [
        Error(f"{row.name} uses the backend {row.backend!r}, which does not exist", hint=hint, id="serving.E005")
        for row in rows
        if row.backend not in known
    ]


@register(Tags.database)
def check_endings(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report models that end soon. Needs the database, so run `check --database default` or `manage.py doctor`."""
    if not databases:
        return []
    try:
        rows = snapshot.current().deployments.values()
        used = [row for row in rows if row.model is not None and keys.key_for(row)]
    except DatabaseError:  # before the first migration
        return []
    return [message for row in used if (message := _ending(row, timezone.now().date()))]


@register(Tags.database)
def check_catalogue(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report an installation without the catalogue, which knows no vendor's model."""
    try:
        if not databases or CatalogueEntry.objects.exists():
            return []
    except DatabaseError:  # before the first migration
        return []
    hint = "Run `manage.py sync_catalogue`, as each release does"
    return [Warning("The catalogue of models is not in the database", hint=hint, id="serving.W003")]


@register(Tags.database)
def check_subjects(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """A budget whose account, tier or deployment is gone limits nothing; a key whose owner is gone opens nothing."""
    if not databases:
        return []
    try:
        return [*_dead_budgets(), *_dead_keys()]
    except DatabaseError:  # before the first migration
        return []


def _dead_budgets() -> Iterator[CheckMessage]:
    hint = "Choose another subject in the admin, or delete the budget"
    for row in Budget.objects.filter(active=True):
        if fault := subject_fault(row.scope, row.subject):
            what = f"The budget of the {row.scope} {row.subject!r} limits nothing: {fault}"
            yield Warning(what, hint=hint, id="serving.W006")


def _dead_keys() -> Iterator[CheckMessage]:
    known = set(provider_keys.owners())
    for owner in ProviderKey.objects.values_list("owner", flat=True):
        if owner not in known:
            hint = "Store it for a vendor or a deployment that exists, and delete it here"
            yield Warning(f"The key of {owner!r} belongs to nothing that can be called", hint=hint, id="serving.W007")


def _ending(row: LiveRow, today: date) -> CheckMessage | None:
    assert row.model is not None
    ends, name = row.model.ends_on, row.model.model_id
    if ends is None or ends > today + NOTICE:
        return None
    if ends <= today:
        hint = "Give it a successor in the catalogue, or retire the deployment"
        return Error(f"{row.name} calls {name}, which ended on {ends}", hint=hint, id="serving.E001")
    hint = "Its successor answers from that day on; try it before, or choose another model"
    return Warning(f"{row.name} calls {name}, which ends on {ends}", hint=hint, id="serving.W002")
