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
from django.db.models import F, Q
from django.utils import timezone

from registry.models import ModelVersion
from registry.versions import model_files
from serving.backends import vendors
from serving.deployments import provider_keys
from serving.gateway import journal, keys, resolved_target, snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import Budget, BudgetPeriod, CatalogueEntry, ProviderKey, Scope, Span
from serving.models.budgets import subject_fault
from youman.core.errors import Unavailable, YoumanError
from youman.core.http.guarded_client import vetted_address
from youman.core.models.tiers import Tier
from youman.core.security import crypto

_NAMED = 5  # deployments in one line
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
        used = [row for row in rows if row.model is not None and _has_key(row)]
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
    """Budgets whose subject is gone, that no deployment can draw on, or that are used up."""
    hint = "Choose another subject in the admin, or delete the budget"
    paid = [row for row in snapshot.current().deployments.values() if row.model is not None]
    for row in Budget.objects.filter(active=True):
        if fault := subject_fault(row.scope, row.subject) or _no_payer(row, paid):
            what = f"The budget of the {row.scope} {row.subject!r} limits nothing: {fault}"
            yield Warning(what, hint=hint, id="serving.W006")
    today = timezone.now().date()
    current = Q(budget__span=Span.DAY, start=today) | Q(budget__span=Span.MONTH, start=today.replace(day=1))
    full = Q(money_spent__gte=F("budget__money")) | Q(tokens_spent__gte=F("budget__tokens"))
    for period in BudgetPeriod.objects.filter(current & full, budget__active=True).select_related("budget"):
        what = f"The budget of the {period.budget.scope} {period.budget.subject!r} per {period.budget.span} is used up"
        hint = "Raise it in the admin, or wait for the next period; until then only the rules and own models answer"
        yield Warning(what, hint=hint, id="serving.W012")


def _no_payer(budget: Budget, paid: Sequence[LiveRow]) -> str:
    """Why no call can draw on the budget, as a sentence; empty where one can."""
    if budget.scope == Scope.DEPLOYMENT:
        known = any(row.name == budget.subject for row in paid)
        return "" if known else "it is not in use, or its calls cost nothing"
    if budget.scope == Scope.TIER:
        order = list(Tier.values)
        open_to = any(order.index(row.tier_floor) <= order.index(budget.subject) for row in paid)
        return "" if open_to else "no paid deployment in use is open to this tier"
    return "" if paid else "no paid deployment is in use"


def _has_key(row: LiveRow) -> bool:
    try:
        return bool(keys.key_for(row))
    except Unavailable:
        return True  # there is one; `check_keys` reports that it cannot be read


@register(Tags.database)
def check_keys(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report stored keys that KEYRING cannot decrypt: it was changed without keeping the old one."""
    try:
        stored = list(ProviderKey.objects.values_list("owner", "secret")) if databases else []
    except DatabaseError:  # before the first migration
        return []
    owners = [owner for owner, secret in stored if not crypto.is_readable(bytes(secret))]
    hint = "Add the old key to KEYRING after the new one, or store these keys again"
    what = f"KEYRING does not decrypt the provider keys of {', '.join(owners)}"
    return [Error(what, hint=hint, id="serving.E011")] if owners else []


@register(Tags.database)
def check_callable(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: object
) -> list[CheckMessage]:
    """Report deployments in use that no call can reach, those with the same reason in one line."""
    try:
        rows = snapshot.current().deployments if databases else {}
        why: dict[str, list[str]] = {}
        for name, row in sorted(rows.items()):
            if reason := _unreachable(row):
                why.setdefault(reason, []).append(name)
    except DatabaseError:  # before the first migration
        return []
    hint = "Mend it, or retire the deployment"
    return [
        Warning(f"{_listed(names)} cannot be called. {reason}", hint=hint, id="serving.W010")
        for reason, names in why.items()
    ]


def _listed(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _unreachable(row: LiveRow) -> str:
    try:
        if row.endpoint:
            vetted_address(row.endpoint)
        if row.version is not None:
            version = ModelVersion.objects.filter(pk=row.version).first()
            if version is None:
                return "Its version is no longer in the registry"
            if missing := model_files.missing_in(version):
                return f"Its version lacks {', '.join(missing)}"
        resolved_target.target_of(row)
    except YoumanError as error:
        is_unreadable = type(error) is Unavailable  # a key that KEYRING does not decrypt, which `check_keys` reports
        return "" if is_unreadable else error.detail
    return ""


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
