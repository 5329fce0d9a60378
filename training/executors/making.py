"""Executors by name. `kubernetes` and `sagemaker` come next, behind the same protocol."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from training import places
from training.contracts import Executor
from training.executors.local import LocalExecutor
from youman.core.errors import InvalidInput

NAMES = ("local",)


def executor(name: str) -> Executor:
    """Raises InvalidInput for a name that is not set up here."""
    if name not in NAMES:
        raise InvalidInput(f"executor must be one of {', '.join(NAMES)}")
    return _local(places.root() / "jobs", Path(settings.BASE_DIR), ",".join(settings.PRETRAINED_FOLDERS))


@lru_cache(maxsize=4)
def _local(root: Path, cwd: Path, pretrained: str) -> LocalExecutor:
    return LocalExecutor(root, cwd, environment={"PRETRAINED_FOLDERS": pretrained})
