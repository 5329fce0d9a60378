"""What becomes of a judged model: a version in the registry when it passed, a kept report when it did not.

The version and the job's claim on it are written in one transaction under the attempt's fence, so that a job that was
killed here goes on with the same version: never two.
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
    """Upload and verify the artifacts, make the version ready, complete the job. Raises BadManifest, StaleAttempt."""
    packed = read_model(paths.path_of(folder_of(model)))
    version = _version(job, trainer, packed, report)
    try:
        _upload(version, packed)
    except ArtifactExists:
        # An attempt that was killed had uploaded other bytes: its draft is put away, a fresh one takes its place.
        lifecycle.archive(version=version, actor=_ACTOR, reason="Its attempt was lost while it was published")
        claimed_rows(job).update(produced_version=None)
        version = _version(job, trainer, packed, report)
        _upload(version, packed)
    _make_ready(job, version)
    if job.canary_share:
        _deploy(job, version)
    _complete(job, version)


@transaction.atomic
def keep_report(job: TrainingJob) -> None:
    _over(job, "Fell short at the gate: the report is kept and nothing is promoted", None)


def folder_of(model: tuple[str, ...]) -> str:
    """The URI of the folder that holds the manifest. Raises BadManifest when there is none."""
    manifest = next((uri for uri in model if uri.endswith(f"/{MANIFEST}")), None)
    if manifest is None:
        raise InvalidManifest("The trainer ended well but left no model/manifest.json")
    return manifest.rpartition("/")[0]


@transaction.atomic
def _version(job: TrainingJob, trainer: Trainer, packed: ModelFolder, report: GateReport) -> ModelVersion:
    """The job's own draft, made on first need."""
    # Locked until the version is made: a reaper that takes the job back waits, and no attempt makes a second version.
    row = claimed_rows(job).select_for_update().first()
    if row is None:
        raise StaleAttempt
    if row.produced_version_id is not None:
        return selectors.version_by_id(row.produced_version_id)
    model = _model(job, trainer, packed)
    version = lifecycle.create_version(model=model, actor=_ACTOR, spec=_spec(job, packed, report))
    claimed_rows(job).update(produced_version=version)
    return version


def _model(job: TrainingJob, trainer: Trainer, packed: ModelFolder) -> RegisteredModel:
    try:
        return selectors.model_named(job.model_name)
    except NotFound:
        return lifecycle.register_model(
            name=job.model_name,
            task=trainer.task,
            actor=_ACTOR,
            framework=packed.framework,
            architecture=packed.architecture,
            description=trainer.title,
        )


def _spec(job: TrainingJob, packed: ModelFolder, report: GateReport) -> VersionSpec:
    facts = {"trainer": job.trainer, "hyperparameters": job.hyperparameters}
    measured = {one.name: one for one in metrics_from(packed.metrics)}
    measured |= {one.name: Metric(one.name, one.value, one.low, one.high) for one in report.figures if _finite(one)}
    checks = tuple(
        GateCheck(one.name, bool(one.passed), _said(one)) for one in report.figures if one.passed is not None
    )
    return VersionSpec(
        config={**packed.config, **facts},
        signature=dict(packed.signature),
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


def _finite(one: GateFigure) -> bool:
    return math.isfinite(one.value)


def _said(one: GateFigure) -> str:
    between = f" ({one.low:.4g} to {one.high:.4g})" if one.low is not None and one.high is not None else ""
    return f"{one.value:.4g}{between}, wanted {one.bound} {one.threshold or 0:.4g} ({one.against})"


def _upload(version: ModelVersion, packed: ModelFolder) -> None:
    if version.state != VersionState.DRAFT:
        return
    for one in packed.files:
        put_artifact(
            version=version, type=one.type, name=one.name, source=Path(one.path), actor=_ACTOR, sha256=one.sha256
        )


@transaction.atomic
def _make_ready(job: TrainingJob, version: ModelVersion) -> None:
    if not claimed_rows(job).update(heartbeat_at=timezone.now()):
        raise StaleAttempt
    if version.state == VersionState.DRAFT:
        lifecycle.mark_ready(version=version, actor=_ACTOR)


def _deploy(job: TrainingJob, version: ModelVersion) -> None:
    """As a canary. What speaks against it is said, and does not undo the version."""
    try:
        made = deploy_version(request=DeployRequest(version.ref, share=job.canary_share), actor=_ACTOR)
        record_event(job, "deployed", f"{made.name} is {made.state} with {made.traffic_share} % of the traffic")
    except YoumanError as error:
        record_event(job, "not deployed", error.detail)


@transaction.atomic
def _complete(job: TrainingJob, version: ModelVersion) -> None:
    used = DatasetPoint.objects.filter(dataset=job.dataset, split=Split.TRAIN).values("point_id")
    TrainingDataPoint.objects.filter(pk__in=used).update(times_used=F("times_used") + 1)
    if not _over(job, f"Passed the gate: {version}", version):
        raise StaleAttempt  # everything above is rolled back: the attempt that holds the job does it


def _over(job: TrainingJob, message: str, version: ModelVersion | None) -> bool:
    over = {"finished_at": timezone.now(), "stage": Stage.NONE, "eta_low_s": None, "eta_high_s": None, "warning": ""}
    if not try_transition(claimed_rows(job), edges=EDGES, to=JobState.COMPLETED, **over):
        return False
    record_event(job, "completed", message)
    gate, number = (GateVerdict.PASSED, version.number) if version else (GateVerdict.FAILED, None)
    announce(events.TrainingJobCompleted(job.pk, job.trainer, job.model_name, job.attempt, gate.value, number))
    release_base(job)
    transaction.on_commit(dispatcher.schedule)
    return True
