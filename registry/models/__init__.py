"""The database models of the registry. States change only through `youman.core.states.transition`.

No model refers to an upper app.
"""

from registry.models.aliases import Alias, AliasEvent, AliasRule, PromotionRequest
from registry.models.artifacts import ModelArtifact, Upload, UploadPart
from registry.models.stores import StoreMark, StoreOwnership
from registry.models.versions import (
    Hold,
    ModelVersion,
    ModelVersionParent,
    RegisteredModel,
    VersionCounter,
    VersionReference,
)

__all__ = [
    "Alias",
    "AliasEvent",
    "AliasRule",
    "Hold",
    "ModelArtifact",
    "ModelVersion",
    "ModelVersionParent",
    "PromotionRequest",
    "RegisteredModel",
    "StoreMark",
    "StoreOwnership",
    "Upload",
    "UploadPart",
    "VersionCounter",
    "VersionReference",
]
