"""Resolves a deployment's row to what can be called: key, URL, capabilities, and the backend built from them."""

from __future__ import annotations

import os

from serving.backends import vendors
from serving.backends.base import RewriteBackend, RewriteRequest, RewriteResult
from serving.backends.factory import rewrite_backend
from serving.backends.target import Capabilities, Target
from serving.errors import KeyMissing
from serving.gateway import keys, snapshot
from serving.gateway.snapshot import LiveRow

_kept: tuple[snapshot.Snapshot, int, dict[str, Callee]] | None = None


class Callee:
    """What is called for a deployment. The backend is built at its first use, within the call that needs it."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._backend: RewriteBackend | None = None

    def rewrite(self, request: RewriteRequest) -> RewriteResult:
        """Build the backend if need be, and call it once. Raises BackendError, also when a model cannot be loaded."""
        if self._backend is None:
            self._backend = rewrite_backend(self.target)
        return self._backend.rewrite(request)


def callee_of(row: LiveRow, now: snapshot.Snapshot) -> Callee:
    """Return what is called, cached for each snapshot and process. Raises KeyMissing, UnknownDeployment."""
    global _kept
    kept = _kept
    if kept is None or kept[0] is not now or kept[1] != os.getpid():
        kept = _kept = (now, os.getpid(), {})
    found = kept[2].get(row.name)
    if found is None:
        vendors.descriptor_of(row.backend)
        found = kept[2][row.name] = Callee(target_of(row))
    return found


def target_of(row: LiveRow) -> Target:
    """Return what a backend needs to call the deployment. Raises KeyMissing."""
    key = keys.key_for(row)
    if row.kind == "llm" and not key and vendors.needs_key(row.backend):
        raise KeyMissing(missing_key(row))
    return Target(
        name=row.name,
        backend=row.backend,
        model=row.model.model_id if row.model else row.name,
        base_url=row.endpoint,
        key=key,
        capabilities=row.model.capabilities if row.model else Capabilities(),
        options=row.options,
        version=row.version,
    )


def missing_key(row: LiveRow) -> str:
    """Return a sentence that says which key is missing and how to add it."""
    provider = row.model.provider if row.model else row.backend
    vendor = vendors.descriptors().get(provider)
    where = f"set {vendor.key_variable} or add" if vendor and vendor.needs_key else "add"
    if row.endpoint and keys.has_untied_key(row):
        return (
            f"The key for {provider} may not go to {keys.host_of(row.endpoint)}: store a key for the deployment "
            f"{row.name}, or name this host in the provider key (in PROVIDER_KEY_HOSTS for a key in the environment)"
        )
    return f"There is no key for {provider}: {where} a provider key in the admin"
