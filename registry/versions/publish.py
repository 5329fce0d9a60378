"""Storing a file or a whole version in one call, for upper apps, commands and the import."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.db import DatabaseError

from registry import selectors
from registry.artifacts import storage
from registry.artifacts.upload import receiving_artifact
from registry.contracts import NOTHING_KNOWN, LocalFile, VersionSpec
from registry.models import ModelArtifact, ModelVersion
from registry.versions import lifecycle
from youman.core.accounts.audit import Actor
from youman.core.errors import InvalidInput, YoumanError

logger = logging.getLogger(__name__)


def put_artifact(
    *,
    version: ModelVersion,
    type: str,
    name: str,
    source: BinaryIO | Path,
    actor: Actor,
    sha256: str = "",
) -> ModelArtifact:
    """Store a stream or a file as an artifact, or return the existing one with the same content.

    Raises what `ArtifactIntake.finish` raises, and InvalidInput for a file that cannot be read; then nothing is live.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                return put_artifact(version=version, type=type, name=name, source=file, actor=actor, sha256=sha256)
        except OSError as error:
            raise InvalidInput(f"{source.name} cannot be read: {error.strerror}") from error
    with receiving_artifact(version=version, type=type, name=name, actor=actor) as intake:
        while data := source.read(storage.CHUNK):
            intake.write(data)
        return intake.finish(actor=actor, sha256=sha256)


def publish_version(
    *, model: str, actor: Actor, files: Sequence[LocalFile], spec: VersionSpec = NOTHING_KNOWN
) -> ModelVersion:
    """Make a version with its artifacts: hashed, checked and ready. When it fails, nothing of the version stays.

    Call it outside a transaction, because bytes are stored. Raises InvalidInput without files, NotFound for the
    model, and what the checks of an artifact raise.
    """
    if not files:
        raise InvalidInput("A version needs at least one file")
    version = lifecycle.create_version(model=selectors.model_named(model), actor=actor, spec=spec)
    ready = False
    try:
        for file in files:
            name = file.name or file.path.name
            put_artifact(version=version, type=file.type, name=name, source=file.path, actor=actor)
        made = lifecycle.mark_ready(version=version, actor=actor)
        ready = True
        return made
    finally:
        if not ready:
            discard_version(version=version, actor=actor)


def discard_version(*, version: ModelVersion, actor: Actor) -> None:
    """Remove a draft that the caller has just created, with its bytes; no other state of the database knows them.

    Archive it instead while the store does not answer, so that the collector finds the bytes. Never raises YoumanError:
    the error that ended the work matters.
    """
    place = storage.store()
    try:
        for key in list(place.keys(f"{version.pk}/")):
            place.delete(key)
        gone = lifecycle.discard(version=version, actor=actor)
        if not gone:
            logger.warning("version not discarded", extra={"version": str(version)})
    except (YoumanError, DatabaseError):
        with suppress(YoumanError, DatabaseError):
            lifecycle.archive(version=version, actor=actor, reason="Publishing did not finish")
