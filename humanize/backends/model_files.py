"""The files that our own models need; `MODEL_FILES` of the settings names them."""

from __future__ import annotations

from pathlib import Path

from humanize.judging import JudgeError, load_judge
from humanize.judging.loader import ARRAYS as JUDGE_ARRAYS
from humanize.judging.loader import MANIFEST as JUDGE_MANIFEST
from humanize.revision.model import CONFIG, GRAPH
from humanize.scoring import DetectorError, load_detector
from humanize.scoring.loader import MANIFEST
from registry.contracts import ModelFiles

REVISION = ModelFiles(
    task="humanize",
    files=("manifest.json", CONFIG, GRAPH),
    graph=GRAPH,
    check="humanize.backends.model_files.revision_fault",
)
DETECTOR = ModelFiles(  # what else it needs depends on its kind, which the manifest names
    task="detect", files=(MANIFEST,), graph=MANIFEST, check="humanize.backends.model_files.detector_fault"
)
JUDGE = ModelFiles(
    task="judge",
    files=(JUDGE_MANIFEST, JUDGE_ARRAYS),
    graph=JUDGE_ARRAYS,
    check="humanize.backends.model_files.judge_fault",
)


def revision_fault(folder: Path) -> str:
    """Return why the revision backend cannot run the model in a folder, or an empty text."""
    from humanize.backends.revision import from_folder  # the runtime costs memory that most processes do not need
    from serving.backends.runtime import ArtifactError

    try:
        from_folder(folder)
    except ArtifactError as error:
        return error.detail
    return ""


def detector_fault(folder: Path) -> str:
    """Return why texts cannot be scored by the detector in a folder, or an empty text."""
    try:
        load_detector(folder)
    except DetectorError as error:
        return str(error)
    return ""


def judge_fault(folder: Path) -> str:
    """Return why texts cannot be compared by the judge in a folder, or an empty text."""
    try:
        load_judge(folder)
    except JudgeError as error:
        return str(error)
    return ""
