"""Changes of vendors' keys. A stored secret is never shown again; the audit trail names only its owner."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from serving.backends import vendors
from serving.errors import StateUnknown
from serving.gateway import breaker, keys, snapshot
from serving.models import Deployment, ProviderKey, ProviderModel
from serving.states import DeploymentState
from youman.core.accounts import audit
from youman.core.errors import FieldProblem, InvalidInput, NotFound
from youman.core.models import Webhook
from youman.core.security import crypto

_KEY = re.compile(r"[\x21-\x7e]{8,500}")


@transaction.atomic
def store_key(*, owner: str, secret: str, actor: audit.Actor, hosts: Sequence[str] | None = None) -> ProviderKey:
    """Store or replace the key of a provider or a deployment. Raises InvalidInput, which never repeats the secret.

    `hosts` are the hosts of endpoints that may receive it (`host` or `host:port`). None leaves a provider's as they
    are; a deployment's are those of its endpoint if none are given. They are stored only together with the secret, so
    that nobody who does not know the key can send it elsewhere.
    """
    check_key(owner, secret)
    before = ProviderKey.objects.select_for_update().filter(owner=owner).first()
    named = _hosts_of(owner, before, hosts)
    values = {"secret": crypto.encrypt(secret), "hint": secret[-4:], "rotated_at": timezone.now(), "hosts": named}
    row, made = ProviderKey.objects.update_or_create(owner=owner, defaults=values)
    verb, old = ("store key", None) if made or before is None else ("replace key", _facts(before))
    audit.record(actor=actor, verb=verb, subject=row, before=old, after=_facts(row))
    transaction.on_commit(lambda: _begin_anew(owner))
    return row


def _hosts_of(owner: str, before: ProviderKey | None, given: Sequence[str] | None) -> list[str]:
    endpoint = Deployment.objects.filter(name=owner).values_list("endpoint", flat=True).first()
    if endpoint and not given:
        return [keys.host_of(endpoint)]
    if given is not None:
        return keys.checked_hosts(given)
    return list(before.hosts) if before and endpoint is None else []


def _facts(row: ProviderKey) -> audit.Facts:
    """Return what the audit trail tells of a key; the secret is masked."""
    return {"owner": row.owner, "key": f"…{row.hint}", "hosts": ", ".join(row.hosts)}


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
    audit.record(actor=actor, verb="remove key", subject=row, before=_facts(row))
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
