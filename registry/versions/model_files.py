"""Which files a version needs so that a backend of this installation can run it.

`MODEL_FILES` in the settings names the descriptions by dotted path, since the backends live in upper apps.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from registry.contracts import LocalFile, ModelFiles
from registry.models import ModelVersion
from registry.states import ArtifactState
from youman.core.errors import InvalidInput


def model_files_of(task: str) -> ModelFiles | None:
    """Return what versions of a task need, or None where no backend here runs them."""
    found: Iterable[ModelFiles] = map(import_string, settings.MODEL_FILES)
    return next((one for one in found if one.task == task), None)


def missing_files(task: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the files that a version of a task lacks, in the order in which they are described."""
    needed, present = model_files_of(task), set(names)
    return tuple(name for name in needed.files if name not in present) if needed else ()


def missing_in(version: ModelVersion) -> tuple[str, ...]:
    """Return the names of the files that a stored version lacks so that a backend here can run it."""
    return missing_files(version.model.task, _names(version))


def lacking(version: ModelVersion) -> tuple[str, ...]:
    """Return what a version lacks that is meant for a backend here; nothing for a version that runs elsewhere."""
    needed, names = model_files_of(version.model.task), _names(version)
    return missing_in(version) if needed is not None and needed.graph in names else ()


def check_model_files(task: str, files: Sequence[LocalFile]) -> None:
    """Check that a version of a task made of these files could be deployed here. Raises InvalidInput, which says why.

    The files are read by the backend itself, from a folder of links to them.
    """
    needed = model_files_of(task)
    if needed is None:
        return
    names = [file.name or file.path.name for file in files]
    missing = missing_files(task, names)
    if missing:
        raise InvalidInput(
            f"A version for the task {task} needs {', '.join(needed.files)}; missing: {', '.join(missing)}. "
            "Give each with --file TYPE=PATH, or --runs-elsewhere for a model that another server runs"
        )
    with tempfile.TemporaryDirectory(prefix="youman-register-") as text:
        folder = Path(text)
        for name, file in zip(names, files, strict=True):
            os.symlink(file.path.resolve(), folder / name)
        fault: str = import_string(needed.check)(folder)
    if fault:
        raise InvalidInput(f"This version could not be deployed: {fault}")


def _names(version: ModelVersion) -> set[str]:
    return set(version.artifacts.filter(state=ArtifactState.LIVE).values_list("name", flat=True))
