"""A job's progress in words and figures, the same on pages, in API responses and at the terminal."""

from __future__ import annotations

from training.models import DataImport, TrainingJob
from training.states import TERMINAL, JobState


def percent(row: TrainingJob) -> int:
    """Return the progress of the job as a whole percentage from 0 to 100."""
    if row.state == JobState.COMPLETED:
        return 100
    return min(100, row.step * 100 // row.steps) if row.steps else 0


def summary(row: TrainingJob) -> str:
    """Return one sentence about the state of the job."""
    match row.state:
        case JobState.PENDING:
            return f"Waiting: {row.waits_because or 'for the scheduler'}"
        case JobState.QUEUED:
            return "Waiting for a worker to start it"
        case JobState.RUNNING:
            return f"{row.get_stage_display()}: step {row.step:,} of {row.steps:,}" if row.steps else "Started"
        case JobState.COMPLETED:
            return f"Produced {row.produced}" if row.produced else "Failed the gate; the report shows which figures"
        case JobState.CANCELLED:
            return "Cancelled; its checkpoint is kept"
        case _:
            return f"{row.get_failure_display()}: {row.failure_detail}"


def eta(job: TrainingJob) -> str:
    """Return the remaining time as a range, such as ", 40 s to 2 min left"; empty when there is no estimate."""
    if job.eta_low_s is None or job.eta_high_s is None or job.state in TERMINAL:
        return ""
    return f", {_span(job.eta_low_s)} to {_span(job.eta_high_s)} left"


def _span(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3600:.1f} h"


def import_progress(row: DataImport) -> str:
    """Return in a few words how far an import is."""
    if row.total is None:
        return f"checking the file: {row.checked:,} lines so far" if row.checked else "waiting"
    percent = row.lines * 100 // row.total if row.total else 100
    return f"{row.lines:,} of {row.total:,} lines ({percent} %)"
