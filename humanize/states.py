"""The states of a transformation and of its chunks, and who may take each edge.

    queued ──worker──▶ running ──worker──▶ completed
      ▲ ▲                │ │ └───worker, reaper──▶ failed ──┐
      │ └─────reaper─────┘ └──writer──▶ cancelled ──┐       │
      └───────────────────writer (resume)───────────┴───────┘
    queued ──writer──▶ cancelled

A short text is stored as completed at once. A chunk goes from pending to done and stays there.
"""

from __future__ import annotations

from django.db import models

from youman.core.states import Edges


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    COMPLETED = "completed", "Completed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class ChunkState(models.TextChoices):
    PENDING = "pending", "Pending"
    DONE = "done", "Done"


class Decision(models.TextChoices):
    UNDECIDED = "undecided", "Undecided"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"


class Aim(models.TextChoices):
    """What a route policy orders the candidates by."""

    COST = "cost", "Cost: the cheapest that is good enough"
    BALANCE = "balance", "Quality for its cost"
    QUALITY = "quality", "Quality first"


EDGES: Edges = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.COMPLETED, State.FAILED, State.CANCELLED, State.QUEUED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
    State.COMPLETED: frozenset(),
}
CHUNK_EDGES: Edges = {ChunkState.PENDING: frozenset({ChunkState.DONE}), ChunkState.DONE: frozenset()}
TERMINAL = (State.COMPLETED, State.FAILED, State.CANCELLED)  # a tuple: migrations store its order
REWRITE_TASK = "humanize.rewrite"  # whom the doorbell is for
