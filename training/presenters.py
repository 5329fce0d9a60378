"""The JSON of training, the same from the API, the stream and the commands."""

from __future__ import annotations

from dataclasses import asdict
from typing import TypeAlias

from training.contract.trainer_catalogue import Parameter, Trainer
from training.jobs.curves import Curve
from training.models import DataImport, Dataset, JobEvent, TrainingDataPoint, TrainingJob, Withdrawal
from training.states import TERMINAL, JobState

Json: TypeAlias = dict[str, object]


def point(row: TrainingDataPoint) -> Json:
    return {
        "id": str(row.pk),
        "original": row.original,
        "humanized": row.humanized,
        "strategy": row.strategy,
        "level": row.level,
        "language": row.language,
        "domain": row.domain,
        "split": row.split,
        "quality": row.quality,
        "reasons": row.reasons,
        "pii": row.pii,
        "cluster": str(row.cluster),
        "source": "rewrites" if row.transformation_id else "imports",
        "consent": row.consent_version,
        "times_used": row.times_used,
        "created_at": row.created_at.isoformat(),
    }


def data_import(row: DataImport) -> Json:
    return {
        "id": str(row.pk),
        "name": row.name,
        "licence": row.licence,
        "lines": row.lines,
        "accepted": row.accepted,
        "duplicates": row.duplicates,
        "refused": row.refused,
        "report": row.report,
        "created_at": row.created_at.isoformat(),
    }


def dataset(row: Dataset) -> Json:
    return {
        "id": str(row.pk),
        "name": row.name,
        "root": row.root,
        "points": row.points,
        "counts": row.counts,
        "query": row.query,
        "withdrawn": row.withdrawn,
        "created_by": row.created_by,
        "created_at": row.created_at.isoformat(),
    }


def withdrawal(row: Withdrawal) -> Json:
    return {
        "points": row.points,
        "datasets": row.datasets,
        "versions": row.versions,
        "created_at": row.created_at.isoformat(),
    }


def trainer(one: Trainer) -> Json:
    return {
        "name": one.name,
        "title": one.title,
        "description": one.description,
        "task": one.task,
        "resources": asdict(one.resources),
        "thresholds": dict(one.thresholds),
        "lacks": list(one.lacks),
        "parameters": [_parameter(parameter) for parameter in one.parameters],
    }


def _parameter(one: Parameter) -> Json:
    return {key: value for key, value in asdict(one).items() if value not in (None, "", ())} | {"default": one.default}


def job(row: TrainingJob) -> Json:
    return {
        "id": str(row.pk),
        "model": row.model_name,
        "dataset": str(row.dataset_id),
        "dataset_name": row.dataset.name,
        "trainer": row.trainer,
        "hyperparameters": row.hyperparameters,
        "thresholds": row.thresholds,
        "base": str(row.base_version) if row.base_version else None,
        "executor": row.executor,
        "resources": {"cpus": row.cpus, "memory_mib": row.memory_mib, "gpus": row.gpus},
        "priority": row.priority,
        "deadline_s": row.deadline_s,
        "stall_s": row.stall_s,
        "notes": row.notes,
        "canary_share": row.canary_share,
        "requested_by": row.requested_by.user.get_username(),
        "created_at": row.created_at.isoformat(),
        "gate": row.gate or None,
        "gate_report": row.gate_report,
        "produced_version": row.produced or None,
        **progress(row),
    }


def progress(row: TrainingJob) -> Json:
    """What changes while it runs."""
    return {
        "state": row.state,
        "stage": row.stage or None,
        "summary": summary(row),
        "attempt": row.attempt,
        "progress": {
            "epoch": row.epoch,
            "epochs": row.epochs,
            "step": row.step,
            "steps": row.steps,
            "percent": percent(row),
            "throughput": row.throughput,
            "unit": row.throughput_unit,
            "eta_low_s": row.eta_low_s,
            "eta_high_s": row.eta_high_s,
            "checkpoint_step": row.checkpoint_step,
        },
        "waits_because": row.waits_because or None,
        "expected_at": row.expected_at.isoformat() if row.expected_at else None,
        "warning": row.warning or None,
        "failure": {"class": row.failure, "detail": row.failure_detail} if row.failure else None,
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "trainer_started_at": row.trainer_started_at.isoformat() if row.trainer_started_at else None,
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def percent(row: TrainingJob) -> int:
    if row.state == JobState.COMPLETED:
        return 100
    return min(100, row.step * 100 // row.steps) if row.steps else 0


def summary(row: TrainingJob) -> str:
    """One plain sentence for people."""
    match row.state:
        case JobState.PENDING:
            return f"Waits: {row.waits_because or 'for the scheduler'}"
        case JobState.QUEUED:
            return "Handed to a trainer"
        case JobState.RUNNING:
            return f"{row.get_stage_display()}: step {row.step:,} of {row.steps:,}" if row.steps else "Started"
        case JobState.COMPLETED:
            return f"Made {row.produced}" if row.produced else "Fell short at the gate; the report says where"
        case JobState.CANCELLED:
            return "Cancelled; its checkpoint is kept"
        case _:
            return f"{row.get_failure_display()}: {row.failure_detail}"


def curve(one: Curve) -> Json:
    """Columns, not rows: a third of the bytes."""
    points = one.points
    columns = {name: [getattr(point, name) for point in points] for name in ("step", "value", "low", "high")}
    return {"key": one.key, **columns}


def event(row: JobEvent) -> Json:
    return {
        "id": row.pk,
        "at": row.at.isoformat(),
        "attempt": row.attempt,
        "kind": row.kind,
        "message": row.message,
    }


def eta(job: TrainingJob) -> str:
    """How long it still takes, as a range; empty where nobody can tell."""
    if job.eta_low_s is None or job.eta_high_s is None or job.state in TERMINAL:
        return ""
    return f", {_span(job.eta_low_s)} to {_span(job.eta_high_s)} left"


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"
