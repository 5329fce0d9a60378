"""The store of the artifacts, which `STORAGES["artifacts"]` in the settings describes.

Bytes leave this module only after hashing: `fetch_verified` and `open_verified` hand out exactly what was hashed, so
that nothing can be swapped between the check and the use.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django.conf import settings
from django.core.files.storage import storages

from registry.contracts import ArtifactRef
from registry.errors import ArtifactDamaged, StoreUnavailable
from youman.core.errors import NotFound
from youman.core.runtime.health import Check

if TYPE_CHECKING:
    from registry.stores.base import Store

CHUNK = 1024 * 1024
_made: tuple[int, object, Store] | None = None


def store() -> Store:
    """Return this process's store. Created after any fork, because processes must not share boto3's connections."""
    global _made
    place: dict[str, Any] = settings.STORAGES["artifacts"]
    made = _made
    if made is None or made[0] != os.getpid() or made[1] is not place:
        made = _made = (os.getpid(), place, cast("Store", storages.create_storage(place)))
    return made[2]


def check_store() -> Check:
    """Check that the store answers a small question."""
    try:
        store().size("owner.json")
    except StoreUnavailable as error:
        return Check("store", False, error.detail)
    return Check("store", True)


def fetch_verified(artifact: ArtifactRef, folder: Path) -> Path:
    """Copy the artifact to `folder/<name>`, which appears only once it is verified. Raises ArtifactDamaged."""
    target = folder / artifact.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
        try:
            _pass_on(artifact, file.write)
        except BaseException:
            os.unlink(file.name)
            raise
    os.replace(file.name, target)
    return target


@contextmanager
def open_verified(artifact: ArtifactRef) -> Iterator[BinaryIO]:
    """Open an anonymous, verified copy at its beginning. Raises ArtifactDamaged."""
    with tempfile.SpooledTemporaryFile(max_size=8 * CHUNK) as file:
        _pass_on(artifact, file.write)
        file.seek(0)
        yield file  # type: ignore[misc]  # a spooled file is read like any binary one


def _pass_on(artifact: ArtifactRef, write: Callable[[bytes], object]) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with store().open(artifact.key) as source:
            while data := source.read(CHUNK):
                size += len(data)
                if size > artifact.size:
                    break
                digest.update(data)
                write(data)
    except NotFound as error:
        raise ArtifactDamaged(
            f"{artifact.version} {artifact.name} is missing; restore it or use another version"
        ) from error
    if size != artifact.size or digest.hexdigest() != artifact.sha256:
        raise ArtifactDamaged(
            f"{artifact.version} {artifact.name} differs from what was stored; restore it from a backup"
        )
