"""The states of training jobs and of imports of pairs, and who may make each transition.

    pending ──scheduler──▶ queued ──supervisor──▶ running ──supervisor──▶ completed
      ▲  ▲                   │  │                  │ │ └──supervisor, reaper──▶ failed ──┐
      │  └──────reaper───────┼──┼──────────────────┘ └────supervisor──▶ cancelled ──┐    │
      │                      │  └──staff──▶ cancelled                               │    │
      └──────────────────────┴─────────────────staff (retry)────────────────────────┴────┘
    pending ──staff──▶ cancelled

Cancelling a running job is a request: `cancel_requested_at` is set, and the supervisor stops the trainer and keeps its
checkpoint. While a job is running, `stage` tells what it does: preparing, training, judging or publishing.

An import of pairs:

    queued ──worker, command──▶ running ──worker, command──▶ completed | failed | cancelled
      ▲ │                          │
      │ └──staff──▶ cancelled      │     queued ──reaper, whose command is gone──▶ failed
      └─────────reaper─────────────┘
"""

from __future__ import annotations

from django.db import models

from youman.core.states import Edges


class JobState(models.TextChoices):
    PENDING = "pending", "Pending"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class ImportState(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Stage(models.TextChoices):
    NONE = "", "–"
    PREPARING = "preparing", "Preparing the data"
    TRAINING = "training", "Training"
    JUDGING = "judging", "At the gate"
    PUBLISHING = "publishing", "Publishing"


class FailureClass(models.TextChoices):
    NONE = "", "–"
    USER_ERROR = "user_error", "Invalid hyperparameters or data"
    OUT_OF_MEMORY = "out_of_memory", "Out of memory"
    TRAINER_ERROR = "trainer_error", "Trainer error"
    WORKER_LOST = "worker_lost", "Worker lost or preempted"
    KILLED = "killed", "Trainer killed"
    STALLED = "stalled", "Stalled"
    DIVERGED = "diverged", "Diverged"
    DISK_FULL = "disk_full", "Disk full"
    DEADLINE = "deadline", "Deadline passed"
    INTERNAL = "internal", "Internal error"


class GateVerdict(models.TextChoices):
    NONE = "", "Not judged"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"


_RETRY = frozenset({JobState.PENDING})
EDGES: Edges = {
    JobState.PENDING: frozenset({JobState.QUEUED, JobState.CANCELLED, JobState.FAILED}),
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.PENDING, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED, JobState.PENDING}),
    JobState.FAILED: _RETRY,
    JobState.CANCELLED: _RETRY,
    JobState.COMPLETED: frozenset(),
}
TERMINAL = (JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED)  # a tuple: migrations store its order
IMPORT_EDGES: Edges = {
    ImportState.QUEUED: frozenset({ImportState.RUNNING, ImportState.CANCELLED, ImportState.FAILED}),
    ImportState.RUNNING: frozenset(
        {ImportState.QUEUED, ImportState.COMPLETED, ImportState.FAILED, ImportState.CANCELLED}
    ),
    ImportState.COMPLETED: frozenset(),
    ImportState.FAILED: frozenset(),
    ImportState.CANCELLED: frozenset(),
}
IMPORT_OPEN = (ImportState.QUEUED, ImportState.RUNNING)
