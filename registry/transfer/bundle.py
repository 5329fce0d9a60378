"""Export and import of a version with its artifacts, as one signed archive, from one installation to another.

The archive is a ZIP without compression: `manifest.json`, `signature.json` over the manifest's bytes, and
`artifacts/<sha256>`. The manifest names every artifact by size and SHA-256, so that one signature covers everything.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import transaction

from registry import selectors, validation
from registry.artifacts import storage
from registry.contracts import ArtifactRef, Reference, VersionRef, VersionSpec, version_ref
from registry.errors import DigestMismatch, NameTaken, NotDeployable, SignatureRefused
from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.models.locks import lock_model
from registry.states import VersionState
from registry.transfer import signing
from registry.versions import lifecycle
from registry.versions.publish import discard_version, put_artifact
from youman.core.accounts.audit import Actor
from youman.core.errors import InvalidInput, NotFound, WrongState
from youman.core.security.archives import UNPACKING_ERRORS, Bounds, check_zip, read_entry

_MIB = 1024 * 1024
_BOUNDS = Bounds(entries=1_002, total=64 * 1024 * _MIB, entry=32 * 1024 * _MIB, ratio=1_000)
_MANIFEST_BOUNDS = Bounds(entry=4 * _MIB)
ARCHIVE_REFERENCE = "archive"
FORMAT, FORMAT_VERSION = "youman-model", 1
_MODEL_FIELDS = ("name", "task", "framework", "architecture", "description")


@dataclass(frozen=True, slots=True)
class ExportedArchive:
    """The file of an archive, its size in bytes, and the base64 public key that signed it."""

    path: Path
    size: int
    public_key: str


@dataclass(frozen=True, slots=True)
class OutgoingArchive:
    """An archive that is created while it is read."""

    pieces: Iterator[bytes]
    public_key: str


@dataclass(frozen=True, slots=True)
class ArchiveContents:
    """The contents of an archive, as its signed manifest lists them."""

    model: dict[str, str]
    tags: tuple[str, ...]
    version: dict[str, Any]
    artifacts: tuple[dict[str, Any], ...]
    signed_by: str

    @property
    def name(self) -> str:
        return f"{self.model['name']}/{self.version['number']}"

    @property
    def digest(self) -> str:
        """What stays the same in a later export of the version: its origin and files, not its state or notes."""
        origin = {name: self.version.get(name) for name in ("number", "created_at", "created_by")}
        files = sorted((str(a.get("type")), str(a.get("name")), str(a.get("sha256"))) for a in self.artifacts)
        same = [self.model["name"], origin, files, self.signed_by]
        return hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """The contents of an archive and the version that holds them, which is None in a dry run of a new archive.

    `created` is False for an archive that was imported before: then the version is the earlier one.
    """

    contents: ArchiveContents
    version: ModelVersion | None
    created: bool = False
    dry_run: bool = False


def export_version(*, version: ModelVersion, path: Path) -> ExportedArchive:
    """Write the archive to `path`, which appears only when it is complete.

    Raises ArtifactDamaged for bytes that do not verify, and InvalidInput for a path that cannot be written.
    """
    leaving = outgoing_archive(version)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as file:
            _write(file, leaving.pieces)
        os.replace(file.name, path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
    return ExportedArchive(path, path.stat().st_size, leaving.public_key)


def _write(file: Any, pieces: Iterator[bytes]) -> None:
    done = False
    try:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
        done = True
    finally:
        if not done:
            os.unlink(file.name)


def outgoing_archive(version: ModelVersion) -> OutgoingArchive:
    """Return an archive that is created while it is read, with about 1 MiB in memory and without further queries."""
    artifacts = list(selectors.live_artifacts(version))
    manifest = json.dumps(_manifest(version, artifacts), ensure_ascii=False, sort_keys=True, indent=1).encode()
    signature = {"algorithm": "ed25519", "public_key": signing.public_key(), "signature": signing.sign(manifest)}
    stored = {one.sha256: selectors.artifact_ref(one) for one in artifacts}
    return OutgoingArchive(_pieces(manifest, signature, list(stored.values())), signature["public_key"])


def _pieces(manifest: bytes, signature: Mapping[str, str], artifacts: list[ArtifactRef]) -> Iterator[bytes]:
    """Yield the archive, once the first artifact has verified; if one fails, the ZIP's directory is never written."""
    sink = _Sink()
    with zipfile.ZipFile(cast(BinaryIO, sink), "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("signature.json", json.dumps(signature))
        for artifact in artifacts:
            with (
                storage.open_verified(artifact) as source,
                archive.open(f"artifacts/{artifact.sha256}", "w", force_zip64=True) as target,
            ):
                while data := source.read(_MIB):
                    target.write(data)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """Collects what the ZIP writer has written since the last call of `taken`."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing, because nothing is held back."""

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _manifest(version: ModelVersion, artifacts: list[ModelArtifact]) -> dict[str, Any]:
    model = version.model
    references = [{"kind": r.kind, "reference": r.reference, "label": r.label} for r in version.references.all()]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "model": {name: getattr(model, name) for name in _MODEL_FIELDS} | {"tags": model.tag_list},
        "version": {
            "number": version.number,
            "state": version.state,
            "config": version.config,
            "signature": version.signature,
            "metrics": version.metrics,
            "gate": version.gate,
            "card": version.card,
            "parents": [str(link.parent) for link in version.parent_links.select_related("parent__model")],
            "references": references,
            "dataset_hash": version.dataset_hash,
            "notes": version.notes,
            "tags": version.tag_list,
            "created_by": version.created_by,
            "created_at": version.created_at.isoformat(),
        },
        "artifacts": [{"type": a.type, "name": a.name, "size": a.size, "sha256": a.sha256} for a in artifacts],
    }


def _contents(archive: zipfile.ZipFile) -> ArchiveContents:
    manifest = read_entry(archive, "manifest.json", _MANIFEST_BOUNDS)
    signature = _object(read_entry(archive, "signature.json", _MANIFEST_BOUNDS))
    signing.check_signature(manifest, str(signature.get("signature", "")), str(signature.get("public_key", "")))
    found = _object(manifest)
    if found.get("format") != FORMAT or found.get("format_version") != FORMAT_VERSION:
        raise InvalidInput("This archive was not made by export_model, or by a newer version of it")
    try:
        model, artifacts = dict(found["model"]), tuple(dict(one) for one in found["artifacts"])
        tags = tuple(str(tag) for tag in model.pop("tags", ()))
        plain = {name: str(model.get(name, "")) for name in _MODEL_FIELDS}
        return ArchiveContents(plain, tags, dict(found["version"]), artifacts, str(signature["public_key"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _not_whole() from error


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SignatureRefused("The archive's manifest or signature is not JSON") from error
    if not isinstance(found, dict):
        raise SignatureRefused("The archive's manifest or signature is not a JSON object")
    return found


def import_version(*, file: BinaryIO, actor: Actor, name: str = "", dry_run: bool = False) -> ImportedVersion:
    """Import an archive as the next version of its model, or of the model `name`.

    Idempotent: an archive that was imported before gives the same version, and an import that was killed is finished,
    unless that version has been archived since. The whole archive is checked before anything is created; if a file is
    refused, nothing stays. Raises ArchiveRefused, SignatureRefused, DigestMismatch, InvalidInput.
    """
    if name:
        validation.check_name(name)
    archive = check_zip(file, _BOUNDS)
    contents = _contents(archive)
    spec = _spec(contents)
    for one in contents.artifacts:
        _check_artifact(archive, one)
    target = name or contents.model["name"]
    if dry_run:
        return ImportedVersion(contents, _earlier(target, contents.digest), dry_run=True)
    version, created = _import(archive, contents, actor, target, spec)
    return ImportedVersion(contents, version, created)


def _earlier(model: str, digest: str) -> ModelVersion | None:
    rows = ModelVersion.objects.filter(
        model__name=model, references__kind=ARCHIVE_REFERENCE, references__reference=digest
    )
    return rows.exclude(state=VersionState.ARCHIVED).select_related("model").order_by("number").first()


def _check_artifact(archive: zipfile.ZipFile, one: Mapping[str, object]) -> None:
    digest = hashlib.sha256()
    with _entry(archive, one) as stream:
        while data := stream.read(_MIB):
            digest.update(data)
    if digest.hexdigest() != one["sha256"]:
        raise DigestMismatch(f"The artifact {str(one.get('name'))[:100]} is not the one that was signed")


@contextmanager
def _entry(archive: zipfile.ZipFile, one: Mapping[str, object]) -> Iterator[BinaryIO]:
    """Open an artifact in the archive. Raises InvalidInput for one that is missing or damaged."""
    name, sha256 = str(one.get("name"))[:100], validation.check_sha256(str(one.get("sha256", "")))
    try:
        stream = archive.open(f"artifacts/{sha256}")
    except KeyError as error:
        raise InvalidInput(f"The archive lacks the artifact {name}") from error
    except UNPACKING_ERRORS as error:
        raise InvalidInput(f"The artifact {name} is damaged or encrypted in the archive") from error
    with stream:
        try:
            yield cast(BinaryIO, stream)
        except UNPACKING_ERRORS as error:
            raise InvalidInput(f"The artifact {name} is damaged in the archive") from error


def _import(
    archive: zipfile.ZipFile, contents: ArchiveContents, actor: Actor, name: str, spec: VersionSpec
) -> tuple[ModelVersion, bool]:
    version, created, made = _begin(contents, actor, name, spec)
    if version.state != VersionState.DRAFT:
        return version, created
    done = False
    try:
        version = _fill(archive, contents, version, actor)
        done = True
        return version, created
    finally:
        if created and not done:
            discard_version(version=version, actor=actor)
            if made:
                lifecycle.discard_model(model=version.model, actor=actor)


def _begin(contents: ArchiveContents, actor: Actor, name: str, spec: VersionSpec) -> tuple[ModelVersion, bool, bool]:
    """Return the version of the archive, whether it was created now, and whether its model was."""
    with transaction.atomic():  # a refused version leaves no model without versions behind
        model, made = _model(contents, actor, name)
        lock_model(model.pk)  # of two imports at once, the second finds the version of the first
        earlier = _earlier(name, contents.digest)
        if earlier is not None:
            return earlier, False, False
        return lifecycle.create_version(model=model, actor=actor, spec=spec), True, made


def _fill(archive: zipfile.ZipFile, contents: ArchiveContents, version: ModelVersion, actor: Actor) -> ModelVersion:
    """Store what the draft lacks and make it ready; another import of the same archive may be doing so too."""
    try:
        for one in contents.artifacts:
            _import_artifact(archive, version, one, actor)
        if contents.version.get("state") == VersionState.DRAFT:
            return version
        return lifecycle.mark_ready(version=version, actor=actor)
    except (NotDeployable, WrongState):
        found = selectors.version_by_id(version.pk)
        if found.state != VersionState.READY:
            raise
        return found  # another import of the same archive was quicker


def _import_artifact(archive: zipfile.ZipFile, version: ModelVersion, one: Mapping[str, object], actor: Actor) -> None:
    with _entry(archive, one) as stream:
        put_artifact(
            version=version, type=str(one.get("type")), name=str(one.get("name")),
            source=stream, actor=actor, sha256=str(one["sha256"]),
        )  # fmt: skip


def _model(contents: ArchiveContents, actor: Actor, name: str) -> tuple[RegisteredModel, bool]:
    try:
        return selectors.model_named(name), False
    except NotFound:
        fields: dict[str, Any] = contents.model | {"name": name}
    try:
        return lifecycle.register_model(**fields, tags=contents.tags, actor=actor), True
    except NameTaken:
        return selectors.model_named(name), False  # another import has registered it in between


def _spec(contents: ArchiveContents) -> VersionSpec:
    try:
        return _spec_of(contents)
    except (KeyError, TypeError, AttributeError) as error:
        raise _not_whole() from error


def _not_whole() -> InvalidInput:
    return InvalidInput("The archive's manifest is incomplete; export it again")


def _spec_of(contents: ArchiveContents) -> VersionSpec:
    """Turn parents that exist here into parents, and other parents and the origin into references."""
    given = contents.version
    here: list[VersionRef] = []
    away: list[VersionRef] = []
    for text in given.get("parents", ()):
        ref = version_ref(str(text))
        (here if _is_here(ref) else away).append(ref)
    named = [Reference(str(r["kind"]), str(r["reference"]), str(r.get("label", ""))) for r in given["references"]]
    references = [one for one in named if one.kind != ARCHIVE_REFERENCE]  # that of an earlier import elsewhere
    references += [Reference("version", str(ref), "a parent that was not imported") for ref in away]
    references.append(Reference("import", f"{contents.name} of {contents.signed_by}"))
    references.append(Reference(ARCHIVE_REFERENCE, contents.digest))
    return VersionSpec(
        config=given.get("config", {}),
        signature=given.get("signature", {}),
        metrics=validation.metrics_from(given.get("metrics", {})),
        gate=validation.gate_from(given.get("gate")),
        card=given.get("card", {}),
        parents=tuple(here),
        references=tuple(references),
        dataset_hash=str(given.get("dataset_hash", "")),
        notes=str(given.get("notes", "")),
        tags=tuple(given.get("tags", ())),
    )


def _is_here(ref: VersionRef) -> bool:
    return ModelVersion.objects.filter(model__name=ref.model, number=ref.number).exists()
