"""Holds, with which upper apps state what they need, in their own transaction; the registry never queries them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from registry import selectors, validation
from registry.contracts import HoldRequest, VersionRef
from registry.errors import NotDeployable
from registry.models import Hold, ModelArtifact
from registry.models.locks import lock_version
from registry.states import ARTIFACT_EDGES, ArtifactState, VersionState
from youman.core.errors import InvalidInput
from youman.core.states import try_transition


@transaction.atomic
def place_hold(*, request: HoldRequest) -> Hold:
    """Keep the version's bytes until the hold is released; idempotent by holder. Unmarks artifacts marked for deletion.

    Raises InvalidInput without a reason, NotFound, and NotDeployable when the version is archived or has no bytes.
    """
    reason = validation.check_text(request.reason, "reason", 200)
    if not reason:
        raise InvalidInput("Give the reason why the version is held")
    version = lock_version(selectors.version_at(request.version).pk)
    if version.state == VersionState.ARCHIVED:
        raise NotDeployable(f"{version} is archived; hold another version")
    if not version.artifacts.filter(state__in=(ArtifactState.LIVE, ArtifactState.MARKED)).exists():
        raise NotDeployable(f"{version} has no bytes to keep; upload an artifact first")
    marked = ModelArtifact.objects.filter(version=version, state=ArtifactState.MARKED)
    try_transition(marked, edges=ARTIFACT_EDGES, to=ArtifactState.LIVE, marked_at=None)
    hold, _ = Hold.objects.get_or_create(
        version=version, holder=request.holder, released_at=None, defaults={"reason": reason}
    )
    return hold


def release_hold(*, version: VersionRef, holder: UUID) -> bool:
    """Release a hold; idempotent. Returns False when there is none."""
    rows = Hold.objects.filter(
        version__model__name=version.model, version__number=version.number, holder=holder, released_at=None
    )
    return bool(rows.update(released_at=timezone.now()))
