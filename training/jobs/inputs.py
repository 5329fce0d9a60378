"""Model folders from the registry: the base that a job continues from, and the champion that the gate compares with.

A hold protects the base from the registry's collector while the job is open.
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
    """Return the version called `model/3` or `model@champion`. Raises InvalidInput, NotFound."""
    model, mark, alias = name.partition("@")
    if mark:
        return selectors.version_by_alias(model, alias)
    model, _, number = name.rpartition("/")
    if not model or not number.isascii() or not number.isdigit():
        raise InvalidInput("Give the version as model/3 or model@champion")
    return selectors.version_at(VersionRef(model, int(number[:9])))


def hold_base(job: TrainingJob) -> None:
    if job.base_version is not None:
        reason = f"training job {job.pk} continues from it"
        holds.place_hold(request=HoldRequest(job.base_version.ref, job.pk, reason))


def release_base(job: TrainingJob) -> None:
    if job.base_version is not None:
        holds.release_hold(version=job.base_version.ref, holder=job.pk)


def model_channels(job: TrainingJob) -> dict[str, str]:
    """Return the URIs of the folders `base` and `champion`, as far as they exist.

    Every file is checked against its hash.
    """
    versions = {"base": job.base_version, CHAMPION: _champion(job.model_name)}
    return {name: _fetch(job, version) for name, version in versions.items() if version is not None}


def _champion(model: str) -> ModelVersion | None:
    try:
        return selectors.version_by_alias(model, CHAMPION)
    except NotFound:
        return None


def _fetch(job: TrainingJob, version: ModelVersion) -> str:
    folder = paths.job_folder(job.pk) / "versions" / str(version.pk)
    if not (folder / "manifest.json").exists():
        shutil.rmtree(folder, ignore_errors=True)
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        for artifact in selectors.live_artifacts(version):
            storage.fetch_verified(selectors.artifact_ref(artifact), part)
        part.rename(folder)
    return paths.uri_of(folder)
