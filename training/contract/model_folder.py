"""Reads the folder that a trainer wrote: the manifest and its files. The folder is not trusted; no link is followed.

It imports no Django, so that every reader of a model folder can use the same check.
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
    """The manifest is invalid, or the model folder does not match it."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    path: Path
    name: str
    type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The content of a model folder that was checked against its manifest."""

    files: tuple[ModelFile, ...]
    framework: str
    architecture: str
    metrics: Mapping[str, object]
    config: Mapping[str, object]
    signature: Mapping[str, object]


def read_model(folder: Path) -> ModelFolder:
    """Read a model folder. Every file is compared with its hash, and the manifest must name every file.

    Raises InvalidManifest.
    """
    raw = _manifest(folder)
    listed = raw.get("files")
    if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_FILES:
        raise InvalidManifest(f"manifest.json must list 1 to {_MOST_FILES:,} files")
    files = tuple(_file(folder, entry) for entry in listed)
    present = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    extra = sorted(present - {file.name for file in files} - {MANIFEST})
    if extra:
        raise InvalidManifest(f"The folder contains files that manifest.json does not list: {', '.join(extra)[:200]}")
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
        raise InvalidManifest("The trainer ended successfully but wrote no model/manifest.json") from error
    except (ValueError, RecursionError) as error:
        raise InvalidManifest("model/manifest.json is not JSON") from error
    if not isinstance(raw, dict):
        raise InvalidManifest("model/manifest.json is not a JSON object")
    return raw


def _file(folder: Path, entry: object) -> ModelFile:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
        raise InvalidManifest("Each file in manifest.json must have a path, a type and a sha256")
    name = PurePosixPath(entry["path"])
    path = folder / name
    if name.is_absolute() or ".." in name.parts or path.is_symlink() or not path.is_file():
        raise InvalidManifest(f"manifest.json lists {str(name)[:100]}, which is not a file in the folder")
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidManifest(f"{str(name)[:100]} is outside the folder")
    if entry.get("type") not in _TYPES:
        raise InvalidManifest(f"The type of {str(name)[:100]} must be one of {', '.join(_TYPES)}")
    digest = _sha256(path)
    if entry.get("sha256") != digest:
        raise InvalidManifest(f"The SHA-256 of {str(name)[:100]} differs from the one in manifest.json")
    return ModelFile(path, str(name), str(entry["type"]), digest)


def _object(raw: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = raw.get(name, {})
    if not isinstance(value, dict):
        raise InvalidManifest(f"{name} in manifest.json must be an object")
    return value


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()
