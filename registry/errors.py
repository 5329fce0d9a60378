"""Errors of the registry, as branches of the kernel's exception tree.

InvalidInput ── DigestMismatch, SignatureRefused
Forbidden ── PromotionForbidden
Conflict ── NameTaken, AliasMoved, NotDeployable, PromotionRefused, ArtifactExists, StillNeeded
UnsupportedFile ── FormatRefused ── PickleRefused
Unavailable ── StoreUnavailable, ArtifactDamaged
YoumanError ── StorageFull 507
"""

from __future__ import annotations

from youman.core.errors import Conflict, Forbidden, InvalidInput, Unavailable, UnsupportedFile, YoumanError


class DigestMismatch(InvalidInput):
    code, title = "digest_mismatch", "The bytes that arrived do not match the announced ones"


class SignatureRefused(InvalidInput):
    code, title = "signature_refused", "The archive's signature is not valid"


class PromotionForbidden(Forbidden):
    code, title = "promotion_forbidden", "You may not move a protected alias"


class NameTaken(Conflict):
    code, title = "name_taken", "This name is taken"


class AliasMoved(Conflict):
    code, title = "alias_moved", "The alias has moved since you last read it"


class NotDeployable(Conflict):
    code, title = "not_deployable", "This version cannot be used"


class PromotionRefused(Conflict):
    code, title = "promotion_refused", "The version does not meet the requirements of the alias"


class ArtifactExists(Conflict):
    code, title = "artifact_exists", "The version already has another artifact of this type and name"


class StillNeeded(Conflict):
    code, title = "still_needed", "This is still needed"


class FormatRefused(UnsupportedFile):
    code, title = "format_refused", "This file format is not accepted"


class PickleRefused(FormatRefused):
    code, title = "pickle_refused", "The file holds a pickle, which runs code when it is loaded"


class StoreUnavailable(Unavailable):
    code, title = "store_unavailable", "The artifact store does not answer"


class ArtifactDamaged(Unavailable):
    code, title = "artifact_damaged", "The artifact's bytes differ from what was stored"


class StorageFull(YoumanError):
    code, status, title = "storage_full", 507, "There is no room for this artifact"
