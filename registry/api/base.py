"""What all views of the registry share: the access to each kind of row, and the scopes of reading and writing."""

from __future__ import annotations

from django.db.models import Model

from registry.models import (
    Alias,
    AliasEvent,
    AliasRule,
    Hold,
    ModelArtifact,
    ModelVersion,
    PromotionRequest,
    RegisteredModel,
    Upload,
)
from youman.core.accounts import scopes
from youman.core.accounts.access import StaffAccess, permission_of
from youman.core.api.base import ApiView


class RegistryView(ApiView):
    """A view of the registry; reading needs `registry:read`, writing `registry:write` or `registry:promote`."""


def _access(model: type[Model], *, promotes: bool = False, **verbs: str) -> StaffAccess:
    write_scope = scopes.REGISTRY_PROMOTE if promotes else scopes.REGISTRY_WRITE
    return StaffAccess(scopes.REGISTRY_READ, model, write_scope, {name.upper(): verb for name, verb in verbs.items()})


_ADD_ARTIFACT = permission_of(ModelArtifact, "add")
MODELS = _access(RegisteredModel)
VERSIONS = _access(ModelVersion)
VERSION_MOVES = _access(ModelVersion, post="change")
VERSION_ARCHIVES = _access(ModelVersion, get=permission_of(ModelArtifact, "view"), post="change")  # it holds all bytes
HOLDS = _access(Hold)
ARTIFACTS = _access(ModelArtifact, put="add")
ARTIFACT_CHECKS = _access(ModelArtifact, post="change")
# Who uploads adds an artifact; an upload itself is only the way.
UPLOADS = _access(Upload, post=_ADD_ARTIFACT, put=_ADD_ARTIFACT, delete=_ADD_ARTIFACT)
# Where an alias points is one fact, whether it pointed anywhere before or not.
ALIASES = _access(Alias, promotes=True, post="change", delete="change")
ALIAS_RULES = _access(AliasRule, promotes=True)
ALIAS_EVENTS = _access(AliasEvent, promotes=True)
PROMOTIONS = _access(PromotionRequest, promotes=True, post="change")
# Who requested a promotion may withdraw it without the right to decide on those of others.
WITHDRAWALS = _access(PromotionRequest, promotes=True, post=permission_of(Alias, "change"))
