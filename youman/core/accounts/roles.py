"""The usual roles of staff, as groups of Django's permissions. `manage.py sync_roles` brings them into the database.

Permissions are named as texts, because the kernel does not import the apps above it. `view` of an app stands for all
its rows; the texts of writers are in no role, and neither is the right to give rights, which superusers have.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from youman.core.errors import InvalidInput

_SEE_REGISTRY = (
    "registry.view_registeredmodel registry.view_modelversion registry.view_modelartifact registry.view_alias "
    "registry.view_aliasrule registry.view_aliasevent registry.view_promotionrequest registry.view_hold "
    "registry.view_upload"
)
_SEE_SERVING = (
    "serving.view_deployment serving.view_providermodel serving.view_driftreport serving.view_driftalert "
    "serving.view_vendorbatch"
)


@dataclass(frozen=True, slots=True)
class Role:
    """A group, with the full names of its permissions separated by spaces."""

    name: str
    permissions: str


ROLES = (
    Role(
        "Model managers",
        f"{_SEE_REGISTRY} {_SEE_SERVING} registry.add_registeredmodel registry.change_registeredmodel "
        "registry.add_modelversion registry.change_modelversion registry.add_modelartifact "
        "registry.change_modelartifact registry.change_alias registry.change_aliasrule serving.add_deployment "
        "serving.change_deployment serving.change_driftalert training.view_trainingdatapoint "
        "training.add_trainingdatapoint training.view_dataimport training.view_dataset training.add_dataset "
        "training.view_trainingjob training.add_trainingjob training.change_trainingjob training.view_executorpool "
        "training.view_retrainrule training.add_retrainrule training.change_retrainrule training.delete_retrainrule",
    ),
    Role(
        "Approvers",
        f"{_SEE_REGISTRY} registry.change_alias registry.change_promotionrequest registry.move_protected_alias",
    ),
    Role(
        "Operators",
        f"{_SEE_REGISTRY} {_SEE_SERVING} serving.change_deployment serving.change_driftalert serving.view_providerkey "
        "serving.add_providerkey serving.change_providerkey serving.delete_providerkey core.view_webhook "
        "core.add_webhook core.change_webhook core.delete_webhook core.view_webhookdelivery "
        "core.change_webhookdelivery training.view_trainingjob training.change_trainingjob training.view_executorpool "
        "training.change_executorpool humanization.view_routepolicy humanization.add_routepolicy "
        "humanization.change_routepolicy humanization.delete_routepolicy",
    ),
    Role(
        "Finance",
        "serving.view_invocation serving.view_budget serving.add_budget serving.change_budget serving.delete_budget "
        "serving.view_budgetperiod serving.view_deployment serving.view_providermodel serving.view_vendorbatch "
        "core.view_account",
    ),
    Role(
        "Support",
        "auth.view_user auth.change_user core.view_account core.change_account core.view_apikey core.change_apikey "
        "core.view_invitation core.add_invitation core.delete_invitation",
    ),
    Role(
        "Auditors",
        f"{_SEE_REGISTRY} {_SEE_SERVING} serving.view_invocation serving.view_budget serving.view_budgetperiod "
        "serving.view_providerkey core.view_auditevent core.view_webhook core.view_webhookdelivery core.view_account "
        "core.view_apikey core.view_invitation auth.view_user training.view_trainingjob training.view_dataset "
        "training.view_withdrawal humanization.view_routepolicy",
    ),
)


def sync_roles() -> tuple[str, ...]:
    """Give the groups of these roles exactly their permissions, and return the names of those that changed.

    Idempotent. Groups of other names, and who is in which group, stay as they are.
    """
    return tuple(role.name for role in ROLES if _sync(role))


@transaction.atomic
def _sync(role: Role) -> bool:
    group, created = Group.objects.get_or_create(name=role.name)
    wanted = {_permission(name).pk for name in role.permissions.split()}
    if not created and set(group.permissions.values_list("pk", flat=True)) == wanted:
        return False
    group.permissions.set(wanted)
    return True


def _permission(name: str) -> Permission:
    app, _, codename = name.partition(".")
    found = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    if found is None:
        raise InvalidInput(f"There is no permission {name}; run `manage.py migrate` first")
    return found
