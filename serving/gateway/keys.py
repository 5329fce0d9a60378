"""Vendors' keys, from the environment or from an encrypted row. They are decrypted only here, and never logged."""

from __future__ import annotations

from django.conf import settings

from serving.gateway import snapshot
from serving.gateway.snapshot import LiveRow
from serving.models import ProviderKey
from youman.core.security import crypto

_kept: tuple[snapshot.Snapshot, dict[str, str]] | None = None


def key_for(row: LiveRow) -> str:
    """Return the deployment's own key, else its provider's, the environment first, else "". Cached per snapshot."""
    global _kept
    now, kept = snapshot.current(), _kept
    if kept is None or kept[0] is not now:
        kept = _kept = (now, {})
    if row.name not in kept[1]:
        kept[1][row.name] = _found(row)
    return kept[1][row.name]


def _found(row: LiveRow) -> str:
    provider = row.model.provider if row.model else ""
    rows = dict(ProviderKey.objects.filter(owner__in=[row.name, provider]).values_list("owner", "secret"))
    if row.name in rows:
        return crypto.decrypt(bytes(rows[row.name]))
    given: str = settings.PROVIDER_KEYS.get(provider, "")
    if given:
        return given
    return crypto.decrypt(bytes(rows[provider])) if provider in rows else ""
