"""A version with its artifacts as one signed archive, from one installation to another.

A ZIP without compression: `manifest.json`, `signature.json` over the manifest's bytes, `artifacts/<sha256>`.
The manifest names every artifact by size and SHA-256, so the one signature covers all of it.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import DatabaseError

from registry import asks, checking, selectors, signing, storage, versioning
from registry.contracts import Reference, VersionRef, VersionSpec
from registry.errors import SignatureRefused
from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.publishing import put_artifact
from registry.states import VersionState
from youman.core.archive import Bounds, check_zip, read_entry
from youman.core.audit import Actor
from youman.core.errors import InvalidInput, NotFound, YoumanError

_MIB = 1024 * 1024
_BOUNDS = Bounds(entries=1_002, total=64 * 1024 * _MIB, entry=32 * 1024 * _MIB, ratio=1_000)
_MANIFEST_BOUNDS = Bounds(entry=4 * _MIB)
FORMAT, FORMAT_VERSION = "youman-model", 1
_MODEL_FIELDS = ("name", "task", "framework", "architecture", "description")


@dataclass(frozen=True, slots=True)
class Exported:
    path: Path
    size: int
    public_key: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds, its signature checked."""

    model: dict[str, str]
    tags: tuple[str, ...]
    version: dict[str, Any]
    artifacts: tuple[dict[str, Any], ...]
    signed_by: str

    @property
    def name(self) -> str:
        return f"{self.model['name']}/{self.version['number']}"


def export_version(*, version: ModelVersion, path: Path) -> Exported:
    """Write the archive; there only when it is whole. Raises ArtifactDamaged for bytes that do not verify."""
    artifacts = list(selectors.live_artifacts(version))
    manifest = json.dumps(_manifest(version, artifacts), ensure_ascii=False, sort_keys=True, indent=1).encode()
    signature = {"algorithm": "ed25519", "public_key": signing.public_key(), "signature": signing.sign(manifest)}
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".export-", delete=False) as file:
            _write(file, manifest, signature, artifacts)
        os.replace(file.name, path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
    return Exported(path, path.stat().st_size, signature["public_key"])


def _write(file: Any, manifest: bytes, signature: Mapping[str, str], artifacts: list[ModelArtifact]) -> None:
    done = False
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("manifest.json", manifest)
            archive.writestr("signature.json", json.dumps(signature))
            for artifact in {one.sha256: one for one in artifacts}.values():
                with (
                    storage.open_verified(selectors.artifact_ref(artifact)) as source,
                    archive.open(f"artifacts/{artifact.sha256}", "w", force_zip64=True) as target,
                ):
                    while data := source.read(_MIB):
                        target.write(data)
        file.flush()
        os.fsync(file.fileno())
        done = True
    finally:
        if not done:
            os.unlink(file.name)


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


def read_contents(file: BinaryIO) -> Contents:
    """Check archive, signature and manifest; unpacks no artifact. Raises ArchiveRefused, SignatureRefused."""
    archive = check_zip(file, _BOUNDS)
    manifest = read_entry(archive, "manifest.json", _MANIFEST_BOUNDS)
    signature = _object(read_entry(archive, "signature.json", _MANIFEST_BOUNDS))
    signing.check(manifest, str(signature.get("signature", "")), str(signature.get("public_key", "")))
    found = _object(manifest)
    if found.get("format") != FORMAT or found.get("format_version") != FORMAT_VERSION:
        raise InvalidInput("This archive was not made by export_model, or by a newer one")
    try:
        model, artifacts = dict(found["model"]), tuple(dict(one) for one in found["artifacts"])
        tags = tuple(str(tag) for tag in model.pop("tags", ()))
        plain = {name: str(model.get(name, "")) for name in _MODEL_FIELDS}
        return Contents(plain, tags, dict(found["version"]), artifacts, str(signature["public_key"]))
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("The archive's manifest is not whole; export it again") from error


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise SignatureRefused("The archive's manifest or signature is not JSON") from error
    if not isinstance(found, dict):
        raise SignatureRefused("The archive's manifest or signature is not a JSON object")
    return found


def import_version(*, path: Path, actor: Actor, name: str = "") -> ModelVersion:
    """The model's next number here, with artifacts verified against the manifest; `name` to take another model.

    When an artifact is refused the version is archived and the error goes up. Raises SignatureRefused, ArchiveRefused.
    """
    try:
        with path.open("rb") as file:
            contents = read_contents(file)
            file.seek(0)
            return _import(check_zip(file, _BOUNDS), contents, actor, name or contents.model["name"])
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _import(archive: zipfile.ZipFile, contents: Contents, actor: Actor, name: str) -> ModelVersion:
    model = _model(contents, actor, name)
    version = versioning.create_version(model=model, actor=actor, spec=_spec(contents))
    done = False
    try:
        for one in contents.artifacts:
            _import_artifact(archive, version, one, actor)
        if contents.version.get("state") != VersionState.DRAFT:
            version = versioning.mark_ready(version=version, actor=actor)
        done = True
        return version
    finally:
        if not done:
            try:
                versioning.archive(version=version, actor=actor, reason="The import did not come to its end")
            except (YoumanError, DatabaseError):
                version.refresh_from_db()  # the first error matters; the collector finds the rest


def _import_artifact(archive: zipfile.ZipFile, version: ModelVersion, one: dict[str, Any], actor: Actor) -> None:
    sha256 = checking.check_sha256(str(one.get("sha256", "")))
    try:
        with archive.open(f"artifacts/{sha256}") as stream:
            put_artifact(
                version=version, type=str(one.get("type")), name=str(one.get("name")),
                source=cast(BinaryIO, stream), actor=actor, sha256=sha256,
            )  # fmt: skip
    except KeyError as error:
        raise InvalidInput(f"The archive lacks the artifact {str(one.get('name'))[:100]}") from error
    except (zipfile.BadZipFile, EOFError) as error:
        raise InvalidInput(f"The artifact {str(one.get('name'))[:100]} is damaged in the archive") from error


def _model(contents: Contents, actor: Actor, name: str) -> RegisteredModel:
    try:
        return selectors.model_named(name)
    except NotFound:
        return versioning.register_model(**(contents.model | {"name": name}), tags=contents.tags, actor=actor)


def _spec(contents: Contents) -> VersionSpec:
    """Parents that are here become parents, others a reference; where it came from is one too."""
    given = contents.version
    here: list[VersionRef] = []
    away: list[VersionRef] = []
    for text in given.get("parents", ()):
        ref = asks.version_ref(str(text))
        (here if _is_here(ref) else away).append(ref)
    references = [Reference(str(r["kind"]), str(r["reference"]), str(r.get("label", ""))) for r in given["references"]]
    references += [Reference("version", str(ref), "a parent that was not imported") for ref in away]
    references.append(Reference("import", f"{contents.name} of {contents.signed_by}"))
    return VersionSpec(
        config=given.get("config", {}),
        signature=given.get("signature", {}),
        metrics=checking.metrics_from(given.get("metrics", {})),
        gate=checking.gate_from(given.get("gate")),
        card=given.get("card", {}),
        parents=tuple(here),
        references=tuple(references),
        dataset_hash=str(given.get("dataset_hash", "")),
        notes=str(given.get("notes", "")),
        tags=tuple(given.get("tags", ())),
    )


def _is_here(ref: VersionRef) -> bool:
    return ModelVersion.objects.filter(model__name=ref.model, number=ref.number).exists()
