"""Publishes a judged model: it becomes a version in the registry if it passed the gate; else only its report is stored.

The version and its link from the job are written in one transaction under the attempt's fencing token, so that a job
that was killed here continues with the same version and never creates a second one.
"""

from __future__ import annotations

import math
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry import selectors
from registry.contracts import GateCheck, GateResult, Metric, Reference, VersionSpec
from registry.errors import ArtifactExists
from registry.models import ModelVersion, RegisteredModel
from registry.states import VersionState
from registry.validation import metrics_from
from registry.versions import lifecycle
from registry.versions.publish import put_artifact
from serving.deployments.rollout import DeployRequest, deploy_version
from training import events
from training.contract import paths
from training.contract.executor import GateFigure, GateReport
from training.contract.model_folder import MANIFEST, InvalidManifest, ModelFolder, read_model
from training.contract.trainer_catalogue import Trainer
from training.jobs import dispatcher
from training.jobs.inputs import release_base
from training.jobs.outcome import claimed_rows
from training.models import DatasetPoint, TrainingDataPoint, TrainingJob
from training.models.series import record_event
from training.models.splits import Split
from training.states import EDGES, GateVerdict, JobState, Stage
from youman.core.errors import NotFound, StaleAttempt, YoumanError
from youman.core.events.outbox import announce
from youman.core.states import try_transition

_ACTOR = "training"


def publish(job: TrainingJob, trainer: Trainer, report: GateReport, model: tuple[str, ...]) -> None:
    """Upload and verify the artifacts, make the version ready, complete the job.

    `model` holds the URIs of the files in the model folder. Raises InvalidManifest, StaleAttempt.
    """
    contents = read_model(paths.path_of(folder_of(model)))
    version = _version(job, trainer, contents, report)
    try:
        _upload(version, contents)
    except ArtifactExists:
        # A killed attempt had uploaded other bytes: its draft is archived and a new one takes its place.
        lifecycle.archive(version=version, actor=_ACTOR, reason="The attempt was lost while publishing this version")
        claimed_rows(job).update(produced_version=None)
        version = _version(job, trainer, contents, report)
        _upload(version, contents)
    _make_ready(job, version)
    if job.canary_share:
        _deploy(job, version)
    _complete(job, version)


@transaction.atomic
def keep_report(job: TrainingJob) -> None:
    """Complete a job whose model failed the gate. Its report is stored already."""
    _end(job, "Failed the gate: the report is stored and no version is created", None)


def folder_of(model: tuple[str, ...]) -> str:
    """Return the URI of the folder that contains the manifest. Raises InvalidManifest if there is none."""
    manifest = next((uri for uri in model if uri.endswith(f"/{MANIFEST}")), None)
    if manifest is None:
        raise InvalidManifest("The trainer ended successfully but wrote no model/manifest.json")
    return manifest.rpartition("/")[0]


@transaction.atomic
def _version(job: TrainingJob, trainer: Trainer, contents: ModelFolder, report: GateReport) -> ModelVersion:
    """Return the draft version of the job; create it if it does not exist."""
    # Locked until the version exists: a reaper that takes the job back waits, and no attempt creates a second version.
    row = claimed_rows(job).select_for_update().first()
    if row is None:
        raise StaleAttempt
    if row.produced_version_id is not None:
        return selectors.version_by_id(row.produced_version_id)
    model = _model(job, trainer, contents)
    version = lifecycle.create_version(model=model, actor=_ACTOR, spec=_spec(job, contents, report))
    claimed_rows(job).update(produced_version=version)
    return version


def _model(job: TrainingJob, trainer: Trainer, contents: ModelFolder) -> RegisteredModel:
    try:
        return selectors.model_named(job.model_name)
    except NotFound:
        return lifecycle.register_model(
            name=job.model_name,
            task=trainer.task,
            actor=_ACTOR,
            framework=contents.framework,
            architecture=contents.architecture,
            description=trainer.title,
        )


def _spec(job: TrainingJob, contents: ModelFolder, report: GateReport) -> VersionSpec:
    facts = {"trainer": job.trainer, "hyperparameters": job.hyperparameters}
    measured = {metric.name: metric for metric in metrics_from(contents.metrics)}
    measured |= {
        figure.name: Metric(figure.name, figure.value, figure.low, figure.high)
        for figure in report.figures
        if math.isfinite(figure.value)
    }
    checks = tuple(
        GateCheck(figure.name, bool(figure.passed), _sentence(figure))
        for figure in report.figures
        if figure.passed is not None
    )
    return VersionSpec(
        config={**contents.config, **facts},
        signature=dict(contents.signature),
        metrics=tuple(measured.values()),
        gate=GateResult(checks),
        parents=(job.base_version.ref,) if job.base_version else (),
        references=(
            Reference("dataset", job.dataset.root, job.dataset.name),
            Reference("job", str(job.pk), job.trainer),
        ),
        dataset_hash=job.dataset.root,
        notes=job.notes,
    )


def _sentence(figure: GateFigure) -> str:
    interval = ""
    if figure.low is not None and figure.high is not None:
        interval = f" ({figure.low:.4g} to {figure.high:.4g})"
    return f"{figure.value:.4g}{interval}, required {figure.bound} {figure.threshold or 0:.4g} ({figure.against})"


def _upload(version: ModelVersion, contents: ModelFolder) -> None:
    if version.state != VersionState.DRAFT:
        return
    for file in contents.files:
        put_artifact(
            version=version, type=file.type, name=file.name, source=Path(file.path), actor=_ACTOR, sha256=file.sha256
        )


@transaction.atomic
def _make_ready(job: TrainingJob, version: ModelVersion) -> None:
    if not claimed_rows(job).update(heartbeat_at=timezone.now()):
        raise StaleAttempt
    if version.state == VersionState.DRAFT:
        lifecycle.mark_ready(version=version, actor=_ACTOR)


def _deploy(job: TrainingJob, version: ModelVersion) -> None:
    """Deploy the version as a canary. A refusal is recorded as an event and does not undo the version."""
    try:
        deployment = deploy_version(request=DeployRequest(version.ref, share=job.canary_share), actor=_ACTOR)
        share = deployment.traffic_share
        record_event(job, "deployed", f"{deployment.name} is {deployment.state} with {share} % of the traffic")
    except YoumanError as error:
        record_event(job, "not deployed", error.detail)


@transaction.atomic
def _complete(job: TrainingJob, version: ModelVersion) -> None:
    used = DatasetPoint.objects.filter(dataset=job.dataset, split=Split.TRAIN).values("point_id")
    TrainingDataPoint.objects.filter(pk__in=used).update(times_used=F("times_used") + 1)
    if not _end(job, f"Passed the gate: {version}", version):
        raise StaleAttempt  # everything above is rolled back; the attempt that holds the job does it


def _end(job: TrainingJob, message: str, version: ModelVersion | None) -> bool:
    changes = {"finished_at": timezone.now(), "stage": Stage.NONE, "eta_low_s": None, "eta_high_s": None, "warning": ""}
    if not try_transition(claimed_rows(job), edges=EDGES, to=JobState.COMPLETED, **changes):
        return False
    record_event(job, "completed", message)
    gate, number = (GateVerdict.PASSED, version.number) if version else (GateVerdict.FAILED, None)
    announce(events.TrainingJobCompleted(job.pk, job.trainer, job.model_name, job.attempt, gate.value, number))
    release_base(job)
    transaction.on_commit(dispatcher.schedule)
    return True
