"""Pretrained models in folders that staff have allowed; a job can use no other path on the machine.

Transformers reads them only from the folder: no download, no code from the folder, weights only as safetensors.
"""

from __future__ import annotations

import os
from pathlib import Path

from training.trainers.contract import UserError

VARIABLE = "PRETRAINED_FOLDERS"  # comma-separated paths; the executor passes it to the trainer
# Arguments for every call of Transformers.
OFFLINE = {"local_files_only": True, "trust_remote_code": False}


def pretrained_folder(name: str) -> Path:
    """Return the folder of a model, given its name in an allowed folder or its full path. Raises UserError."""
    allowed = [Path(path.strip()).resolve() for path in os.environ.get(VARIABLE, "").split(",") if path.strip()]
    if not allowed:
        raise UserError(f"no folder with pretrained models is configured; set {VARIABLE}")
    if not name.strip():
        raise UserError("pretrained must be the name of a model folder")
    for parent in allowed:
        path = (parent / name).resolve()
        if path != parent and path.is_relative_to(parent) and (path / "config.json").is_file():
            return path
    raise UserError(f"{name} is not a model folder in one of the folders of {VARIABLE}")
