"""Changes of vendors' keys. A stored secret is never shown again; the audit trail names only its owner."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from serving.backends import vendors
from serving.errors import StateUnknown
from serving.gateway import breaker, snapshot
from serving.models import Deployment, ProviderKey, ProviderModel
from serving.states import DeploymentState
from youman.core.accounts import audit
from youman.core.errors import FieldProblem, InvalidInput, NotFound
from youman.core.models import Webhook
from youman.core.security import crypto

_KEY = re.compile(r"[\x21-\x7e]{8,500}")


@transaction.atomic
def store_key(*, owner: str, secret: str, actor: audit.Actor) -> ProviderKey:
    """Store or replace the key of a provider or a deployment. Raises InvalidInput, which never repeats the secret."""
    check_key(owner, secret)
    sealed = crypto.encrypt(secret)
    row, made = ProviderKey.objects.update_or_create(
        owner=owner, defaults={"secret": sealed, "hint": secret[-4:], "rotated_at": timezone.now()}
    )
    audit.record(actor=actor, verb="store key" if made else "replace key", subject=row, after={"owner": owner})
    transaction.on_commit(lambda: _begin_anew(owner))
    return row


def _begin_anew(owner: str) -> None:
    """End the pause that a refused key caused, once there is a new key."""
    snapshot.clear_cache()
    rows = Deployment.objects.filter(Q(name=owner) | Q(provider_model__provider=owner), state=DeploymentState.ACTIVE)
    for name in rows.values_list("name", flat=True):
        try:
            breaker.reset(name)
        except StateUnknown:
            return  # the pause ends by itself


@transaction.atomic
def remove_key(*, owner: str, actor: audit.Actor) -> None:
    """Delete a key. Raises NotFound."""
    row = ProviderKey.objects.filter(owner=owner).first()
    if row is None:
        raise NotFound(f"There is no key for {owner}")
    audit.record(actor=actor, verb="remove key", subject=row, before={"owner": owner})
    row.delete()
    transaction.on_commit(snapshot.clear_cache)


def rotate_keys() -> int:
    """Encrypt every stored secret again with the first key of KEYRING, and return how many. May be repeated.

    Raises Unavailable when a secret cannot be decrypted: put the old key back, after the new one.
    """
    done = 0
    for model in (ProviderKey, Webhook):
        for pk in list(model.objects.values_list("pk", flat=True)):
            done += _rotate(model, str(pk))
    snapshot.clear_cache()
    return done


@transaction.atomic
def _rotate(model: type[ProviderKey] | type[Webhook], pk: str) -> int:
    # Locked, so that a secret that is changed at the same time is not overwritten by the old one.
    row = model.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        return 0
    # Decrypted first, so that a secret that cannot be decrypted gives a clear error.
    crypto.decrypt(bytes(row.secret))
    model.objects.filter(pk=pk).update(secret=crypto.rotate(bytes(row.secret)))
    return 1


def owners() -> tuple[str, ...]:
    """Return who may have a key: the vendors, other providers of the catalogue, and the deployments."""
    known = [one.name for one in vendors.descriptors().values() if one.needs_key]
    others = ProviderModel.objects.exclude(provider__in=known).values_list("provider", flat=True).distinct()
    return (*known, *others.order_by("provider"), *Deployment.objects.values_list("name", flat=True))


def check_key(owner: str, secret: str) -> None:
    """Check owner and secret. Raises InvalidInput, which never repeats the secret."""
    if not _KEY.fullmatch(secret):
        message = "A key has 8 to 500 printable characters without spaces; copy it again"
        raise InvalidInput(message, problems=(FieldProblem("secret", message),))
    if owner not in owners():
        message = "Name a provider of the catalogue or a deployment"
        raise InvalidInput(message, problems=(FieldProblem("owner", message),))
