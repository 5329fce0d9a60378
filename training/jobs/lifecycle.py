"""Creates, cancels and retries jobs. The supervisor runs them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from registry.models import ModelVersion, RegisteredModel
from training.contract import trainer_catalogue
from training.contract.executor import Resources
from training.datasets.export import check_dataset as check_dataset
from training.errors import NotCancellable
from training.executors.factory import executor_named
from training.jobs import dispatcher
from training.jobs.inputs import base_version, hold_base, release_base
from training.models import Dataset, TrainingJob
from training.models.series import record_event
from training.states import EDGES, TERMINAL, FailureClass, GateVerdict, JobState, Stage
from youman.core.accounts import audit
from youman.core.accounts.idempotency_keys import Claim, unclaimed
from youman.core.errors import InvalidInput, NotFound
from youman.core.models import Account
from youman.core.states import transition, try_transition

_MODEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
PRIORITIES = range(-10, 11)
MOST_DEADLINE_S = 7 * 86_400  # a week: longer training should be divided into jobs that continue from each other


@dataclass(frozen=True, slots=True)
class JobRequest:
    """The request for a new job.

    `resources` None means the trainer's defaults; `thresholds` override those of the trainer. `base` is the version to
    continue from: `model/3` or `model@champion`. With `canary_share` above 0 (a percentage of the traffic) a model that
    passes the gate is deployed. `deadline_s` and `stall_s` are in seconds.
    """

    model: str
    dataset: UUID
    trainer: str
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    executor: str = "local"
    resources: Resources | None = None
    priority: int = 0
    deadline_s: int = 86_400
    stall_s: int = 600
    notes: str = ""
    base: str = ""
    canary_share: int = 0


def create_job(*, account: Account, request: JobRequest, actor: audit.Actor, claim: Claim = unclaimed) -> TrainingJob:
    """Check everything that can be checked now, store the job, `claim` it, and start it when there is room.

    Raises InvalidInput or a subclass, which names the field; NotFound if the dataset does not exist; DatasetBroken if
    pairs of it were withdrawn.
    """
    trainer = trainer_catalogue.trainer_named(request.trainer)
    values = trainer_catalogue.check_hyperparameters(trainer, request.hyperparameters)
    dataset = Dataset.objects.filter(pk=request.dataset).first()
    if dataset is None:
        raise NotFound("There is no such dataset; check its id or name")
    _check(request)
    check_dataset(dataset)
    base = _base(request, trainer)
    resources = request.resources or trainer.resources
    with transaction.atomic():
        job = TrainingJob(
            requested_by=account,
            model_name=request.model,
            dataset=dataset,
            base_version=base,
            trainer=trainer.name,
            hyperparameters=values,
            thresholds=dict(trainer.thresholds) | dict(request.thresholds),
            executor=request.executor,
            cpus=resources.cpus,
            memory_mib=resources.memory_mib,
            gpus=resources.gpus,
            priority=request.priority,
            deadline_s=request.deadline_s,
            stall_s=request.stall_s,
            notes=request.notes,
            canary_share=request.canary_share,
        )
        claim(job)
        job.save(force_insert=True)
        hold_base(job)
        record_event(job, "created", f"{trainer.title} on {dataset.name} for {request.model}")
        after = {"trainer": trainer.name, "dataset": dataset.name}
        audit.record(actor=actor, verb="create", subject=job, after=after)
        # Called directly and not through the broker, whose delay would be noticeable for a short job.
        transaction.on_commit(dispatcher.schedule)
    return job


def cancel_job(*, job_id: UUID, actor: audit.Actor) -> None:
    """Cancel a job. A waiting one ends at once; a running one ends within seconds and keeps its checkpoint.

    Idempotent while the job runs. Raises NotCancellable if it has ended, NotFound.
    """
    rows = TrainingJob.objects.filter(pk=job_id)
    with transaction.atomic():
        job = rows.first()
        if job is None:
            raise NotFound("There is no such job; check its id")
        now = timezone.now()
        if job.state in TERMINAL:
            raise NotCancellable(f"The job is {job.state}; there is nothing to cancel")
        waiting = rows.filter(state__in=(JobState.PENDING, JobState.QUEUED))
        if try_transition(waiting, edges=EDGES, to=JobState.CANCELLED, finished_at=now, waits_because=""):
            release_base(job)
        else:
            rows.filter(cancel_requested_at=None).update(cancel_requested_at=now)
        record_event(job, "cancel", f"{actor} cancelled the job")
        before, after = {"state": job.state}, {"state": JobState.CANCELLED.value}
        audit.record(actor=actor, verb="cancel", subject=job, before=before, after=after)


def retry_job(*, job_id: UUID, actor: audit.Actor, resources: Resources | None = None) -> None:
    """Run a failed or cancelled job again from its newest checkpoint, with other resources if they are given.

    Raises WrongState, NotFound, DatasetBroken, and InvalidInput if the job would fail again in the same way.
    """
    rows = TrainingJob.objects.filter(pk=job_id)
    job = rows.first()
    if job is None:
        raise NotFound("There is no such job; check its id")
    if job.failure == FailureClass.OUT_OF_MEMORY and (resources is None or resources.memory_mib <= job.memory_mib):
        raise InvalidInput(f"The job ran out of memory with {job.memory_mib:,} MiB; give it more memory")
    check_dataset(job.dataset)
    limits = resources or dispatcher.resources_of(job)
    _check_resources(limits)
    with transaction.atomic():
        transition(
            rows,
            edges=EDGES,
            to=JobState.PENDING,
            stage=Stage.NONE,
            failure=FailureClass.NONE,
            failure_detail="",
            finished_at=None,
            cancel_requested_at=None,
            not_before=None,
            started_at=None,
            retries={},
            lost=0,
            gate=GateVerdict.NONE,
            gate_report=None,
            cpus=limits.cpus,
            memory_mib=limits.memory_mib,
            gpus=limits.gpus,
        )
        hold_base(job)
        record_event(job, "retry", f"{actor} retried the job")
        old, new = dispatcher.resources_of(job), limits
        audit.record(
            actor=actor,
            verb="retry",
            subject=job,
            before={"state": job.state, "cpus": old.cpus, "memory_mib": old.memory_mib, "gpus": old.gpus},
            after={"state": "pending", "cpus": new.cpus, "memory_mib": new.memory_mib, "gpus": new.gpus},
        )
        transaction.on_commit(dispatcher.schedule)


def _base(request: JobRequest, trainer: trainer_catalogue.Trainer) -> ModelVersion | None:
    known = RegisteredModel.objects.filter(name=request.model).first()
    if known is not None and known.task != trainer.task:
        raise InvalidInput(f"{request.model} is a model for {known.task}; {trainer.name} trains for {trainer.task}")
    return base_version(request.base) if request.base else None


def _check(request: JobRequest) -> None:
    if not _MODEL.fullmatch(request.model):
        raise InvalidInput("model must have up to 100 lower-case letters, digits, dots, dashes and underscores")
    executor_named(request.executor)
    if request.priority not in PRIORITIES:
        raise InvalidInput("priority must be a whole number from -10 to 10")
    if not 1 <= request.deadline_s <= MOST_DEADLINE_S:
        raise InvalidInput(f"deadline_s must be a whole number from 1 to {MOST_DEADLINE_S}")
    if not 1 <= request.stall_s <= MOST_DEADLINE_S:
        raise InvalidInput(f"stall_s must be a whole number from 1 to {MOST_DEADLINE_S}")
    if not 0 <= request.canary_share <= 100:
        raise InvalidInput("canary_share must be a whole number from 0 to 100")
    if request.resources is not None:
        _check_resources(request.resources)


def _check_resources(limits: Resources) -> None:
    if not (1 <= limits.cpus <= 1_024 and 64 <= limits.memory_mib <= 4_194_304 and 0 <= limits.gpus <= 64):
        raise InvalidInput(
            "resources must have cpus from 1 to 1024, memory_mib from 64 to 4194304 and gpus from 0 to 64"
        )
