"""A version's files on this machine, for code that reads them by path. Each file is hashed before every use."""

from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import UUID

from django.conf import settings

from registry import selectors
from registry.artifacts.storage import fetch_verified
from registry.contracts import ArtifactRef
from registry.errors import ArtifactDamaged

_CHUNK = 1024 * 1024


def working_copy(version_id: UUID) -> Path:
    """Return the folder with all live artifacts of the version, verified; existing files are hashed, not fetched.

    Safe for many processes at once, because files appear by rename. Raises NotFound, ArtifactDamaged, StoreUnavailable.
    """
    version = selectors.version_by_id(version_id)
    if version.fault:
        raise ArtifactDamaged(f"{version.ref} cannot be used: {version.fault}")
    folder = Path(settings.MODEL_COPIES_PATH) / str(version.pk)
    for artifact in selectors.live_artifacts(version):
        ref = selectors.artifact_ref(artifact)
        if not _is_same(folder / ref.name, ref):
            fetch_verified(ref, folder)
    return folder


def _is_same(path: Path, ref: ArtifactRef) -> bool:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while data := file.read(_CHUNK):
                digest.update(data)
    except OSError:
        return False
    return digest.hexdigest() == ref.sha256
