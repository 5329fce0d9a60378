"""Models that others have trained lie in folders that staff allowed: nothing else of the machine can be named.

Read by Transformers from this folder alone: no hub, no code of the folder's own, weights as safetensors only.
"""

from __future__ import annotations

import os
from pathlib import Path

from training.trainers.contract import UserError

VARIABLE = "PRETRAINED_FOLDERS"  # with commas; handed to the trainer by its executor
# What every call of Transformers gets.
OFFLINE = {"local_files_only": True, "trust_remote_code": False}


def pretrained_folder(name: str) -> Path:
    """By name in one of the allowed folders, or by its whole path. Raises UserError."""
    allowed = [Path(one.strip()).resolve() for one in os.environ.get(VARIABLE, "").split(",") if one.strip()]
    if not allowed:
        raise UserError(f"no folder with pretrained models is set up here: name it in {VARIABLE}")
    if not name.strip():
        raise UserError("pretrained must name a model's folder")
    for parent in allowed:
        path = (parent / name).resolve()
        if path != parent and path.is_relative_to(parent) and (path / "config.json").is_file():
            return path
    raise UserError(f"{name} is no model in the folders that {VARIABLE} allows")
