"""Vendors' keys, from the environment or from an encrypted row. They are decrypted only here, and never logged.

A key goes to its vendor's own address and to the hosts that it names. A person who may change a deployment's
endpoint thus cannot have a key sent elsewhere: the hosts are stored with the key, and only by somebody who knows it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings

from serving.gateway import snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import ProviderKey
from youman.core.errors import FieldProblem, InvalidInput, UnsafeAddress
from youman.core.http.guarded_client import endpoint_of, is_private_endpoint
from youman.core.security import crypto

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?")
_kept: tuple[snapshot.Snapshot, dict[str, str]] | None = None


def key_for(row: LiveRow) -> str:
    """Return the deployment's own key, else its provider's, the environment first, else "". Cached per snapshot.

    A key that may not go to the deployment's endpoint does not count.
    """
    global _kept
    now, kept = snapshot.current(), _kept
    if kept is None or kept[0] is not now:
        kept = _kept = (now, {})
    if row.name not in kept[1]:
        kept[1][row.name] = _found(row)
    return kept[1][row.name]


def has_untied_key(row: LiveRow) -> bool:
    """Return whether there is a key that is not used only because it may not go to the deployment's endpoint."""
    provider = row.model.provider if row.model else ""
    owners = [row.name, provider]
    return bool(settings.PROVIDER_KEYS.get(provider)) or ProviderKey.objects.filter(owner__in=owners).exists()


def _found(row: LiveRow) -> str:
    provider = row.model.provider if row.model else ""
    stored = {one.owner: one for one in ProviderKey.objects.filter(owner__in=[row.name, provider])}
    own = stored.get(row.name)
    if own is not None and _may_go(own.hosts, row.endpoint, vendors_too=not own.hosts):
        return crypto.decrypt(bytes(own.secret))
    given: str = settings.PROVIDER_KEYS.get(provider, "")
    if given and _may_go(settings.PROVIDER_KEY_HOSTS.get(provider, ()), row.endpoint):
        return given
    vendors = stored.get(provider)
    if vendors is not None and _may_go(vendors.hosts, row.endpoint):
        return crypto.decrypt(bytes(vendors.secret))
    return ""


def _may_go(hosts: Sequence[str], endpoint: str, *, vendors_too: bool = True) -> bool:
    """Return whether a key with these hosts may go to an endpoint, or, without one, to the vendor's own address."""
    if not endpoint:
        return vendors_too
    try:
        scheme, host, port = endpoint_of(endpoint)
    except UnsafeAddress:
        return False
    shown = f"[{host}]" if ":" in host else host
    # Without a port the entry names a host, not a way to it: unencrypted only inside the installation's own network.
    return f"{shown}:{port}" in hosts or (shown in hosts and (scheme == "https" or is_private_endpoint(host, port)))


def checked_hosts(hosts: Sequence[str]) -> list[str]:
    """Return hosts as they are stored: lower case, sorted, without repeats. Raises InvalidInput for anything else."""
    plain = sorted({host.strip().lower() for host in hosts if host.strip()})
    wrong = [host for host in plain if not _HOST.fullmatch(host)]
    if wrong or len(plain) > 20:
        message = "Name up to 20 hosts, such as gateway.example or gateway.example:8443, without https:// and path"
        raise InvalidInput(message, problems=(FieldProblem("hosts", message),))
    return plain


def host_of(endpoint: str) -> str:
    """Return `host:port` of an endpoint, as a key names it. Raises UnsafeAddress."""
    _, host, port = endpoint_of(endpoint)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
