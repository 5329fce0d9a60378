"""Reads what a trainer left: the manifest and the files it names. The folder is hostile: nothing outside is followed.

No Django: the same check runs wherever a model folder is taken in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MANIFEST = "manifest.json"
_TYPES = ("model", "tokenizer", "config", "report", "metadata")
_MOST_FILES = 1_000
_CHUNK = 1024 * 1024


class InvalidManifest(ValueError):
    """The model folder is not what its manifest says, or the manifest is none."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    path: Path
    name: str
    type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A checked model folder."""

    files: tuple[ModelFile, ...]
    framework: str
    architecture: str
    metrics: Mapping[str, object]
    config: Mapping[str, object]
    signature: Mapping[str, object]


def read_model(folder: Path) -> ModelFolder:
    """Raises BadManifest. Every file is hashed and compared, and no file may stand beside the named ones."""
    raw = _manifest(folder)
    listed = raw.get("files")
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_FILES:
        raise InvalidManifest("manifest.json names no files, or too many")
    files = tuple(_file(folder, entry) for entry in listed)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    extra = sorted(present - {one.name for one in files} - {MANIFEST})
    if extra:
        raise InvalidManifest(f"manifest.json does not name {', '.join(extra)[:200]}")
    own = ModelFile(folder / MANIFEST, MANIFEST, "metadata", _sha256(folder / MANIFEST))
    signature = {str(name): raw[name] for name in ("inputs", "outputs") if name in raw}
    return ModelFolder(
        files=(*files, own),
        framework=str(raw.get("framework", ""))[:100],
        architecture=str(raw.get("architecture", ""))[:100],
        metrics=_object(raw, "metrics"),
        config=_object(raw, "config"),
        signature=signature,
    )


def _manifest(folder: Path) -> dict[str, object]:
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InvalidManifest("The trainer ended well but left no model/manifest.json") from error
    except (ValueError, RecursionError) as error:
        raise InvalidManifest("model/manifest.json is not JSON") from error
    if not isinstance(raw, dict):
        raise InvalidManifest("model/manifest.json is not a JSON object")
    return raw


def _file(folder: Path, entry: object) -> ModelFile:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise InvalidManifest("Each of the manifest's files has a path, a type and a sha256")
    name = PurePosixPath(entry["path"])
    path = folder / name
    if name.is_absolute() or ".." in name.parts or path.is_symlink() or not path.is_file():
        raise InvalidManifest(f"The manifest names {str(name)[:100]}, which is no file of the folder")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidManifest(f"{str(name)[:100]} leads out of the folder")
    if entry.get("type") not in _TYPES:
        raise InvalidManifest(f"The type of {str(name)[:100]} must be one of {', '.join(_TYPES)}")
    found = _sha256(path)
    if entry.get("sha256") != found:
        raise InvalidManifest(f"{str(name)[:100]} does not have the SHA-256 that the manifest names")
    return ModelFile(path, str(name), str(entry["type"]), found)


def _object(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise InvalidManifest(f"{name} of the manifest is no object")
    return found


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()
