"""Model folders from the registry for those who need them: the base to go on from, the champion to beat.

What a job goes on from is held while it is open, so that the registry's collector leaves the bytes alone.
"""

from __future__ import annotations

import shutil

from registry import selectors
from registry.artifacts import storage
from registry.contracts import HoldRequest, VersionRef
from registry.models import ModelVersion
from registry.versions import holds
from training.contract import paths
from training.models import TrainingJob
from youman.core.errors import InvalidInput, NotFound

CHAMPION = "champion"


def base_version(name: str) -> ModelVersion:
    """`model/3` or `model@champion`. Raises InvalidInput, NotFound."""
    model, mark, alias = name.partition("@")
    if mark:
        return selectors.version_by_alias(model, alias)
    model, _, number = name.rpartition("/")
    if not model or not number.isascii() or not number.isdigit():
        raise InvalidInput("Name a version as model/3 or model@champion")
    return selectors.version_at(VersionRef(model, int(number[:9])))


def hold_base(job: TrainingJob) -> None:
    if job.base_version is not None:
        reason = f"training job {job.pk} goes on from it"
        holds.place_hold(request=HoldRequest(job.base_version.ref, job.pk, reason))


def release_base(job: TrainingJob) -> None:
    if job.base_version is not None:
        holds.release_hold(version=job.base_version.ref, holder=job.pk)


def model_channels(job: TrainingJob) -> dict[str, str]:
    """Folders with the base's and the champion's files, every byte checked against its hash."""
    found = {"base": job.base_version, CHAMPION: _champion(job.model_name)}
    return {name: _fetched(job, version) for name, version in found.items() if version is not None}


def _champion(model: str) -> ModelVersion | None:
    try:
        return selectors.version_by_alias(model, CHAMPION)
    except NotFound:
        return None


def _fetched(job: TrainingJob, version: ModelVersion) -> str:
    folder = paths.job_folder(job.pk) / "versions" / str(version.pk)
    if not (folder / "manifest.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for artifact in selectors.live_artifacts(version):
            storage.fetch_verified(selectors.artifact_ref(artifact), part)
        part.rename(folder)
    return paths.uri_of(folder)
