"""Where training keeps its files, and their URIs: one folder per dataset, one per job."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings

from youman.core.errors import InvalidInput


def root() -> Path:
    return Path(settings.TRAINING_PATH)


def dataset_folder(dataset_id: UUID) -> Path:
    return root() / "datasets" / str(dataset_id)


def job_folder(job_id: UUID | str) -> Path:
    return root() / "jobs" / str(job_id)


def report_file(import_id: UUID) -> Path:
    return root() / "imports" / f"{import_id}.jsonl"


def uri_of(path: Path) -> str:
    return path.absolute().as_uri()


def path_of(uri: str) -> Path:
    """Return the path of a `file://` URI. Raises InvalidInput for another scheme."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        raise InvalidInput(f"This executor reads file:// URIs, not {parts.scheme}://")
    return Path(unquote(parts.path))
