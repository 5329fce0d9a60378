"""The events that training announces; see `docs/events.md`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from youman.core.events.event_types import About, Event, declare


@dataclass(frozen=True, slots=True)
class TrainingJobEvent(Event):
    """The fields that every event of a training job has."""

    job_id: Annotated[UUID, About("Id of the training job", "01936c5e-9a10-7b42-8c3d-2f4e6a8b0c1d")]
    trainer: Annotated[str, About("Name of the trainer", "revision_linear")]
    model: Annotated[str, About("Name of the registered model that the job trains", "editor")]
    attempt: Annotated[int, About("Number of the attempt that ended the job; the first is 1", 1)]


@declare
@dataclass(frozen=True, slots=True)
class TrainingJobCompleted(TrainingJobEvent):
    """A training job has completed. Its model has become a version only if it passed the gate."""

    type: ClassVar[str] = "training_job.completed"
    gate: Annotated[str, About("passed or failed", "passed")]
    version: Annotated[int | None, About("Number of the version that it produced; null when the gate failed", 4)]


@declare
@dataclass(frozen=True, slots=True)
class TrainingJobFailed(TrainingJobEvent):
    """A training job has failed for good: it is not tried again unless staff retry it. Not sent for a cancelled job."""

    type: ClassVar[str] = "training_job.failed"
    failure: Annotated[str, About("Class of the failure, such as out_of_memory or diverged", "out_of_memory")]
