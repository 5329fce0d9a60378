"""The states of a transformation and of its chunks, and who makes each change of state.

    queued ──worker──▶ running ──worker──▶ completed
      ▲ ▲                │ │ └───worker, reaper──▶ failed ──┐
      │ └─────reaper─────┘ └──writer──▶ cancelled ──┐       │
      └───────────────────writer (resume)───────────┴───────┘
    queued, waiting ──writer──▶ cancelled
    running ──worker (sent to a vendor's batch)──▶ waiting ──beat (answered or overdue)──▶ queued

A short text is stored as completed at once. A chunk goes from pending to done and never back.
"""

from __future__ import annotations

from django.db import models

from youman.core.states import Edges


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for a vendor's batch"
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


class DecisionScope(models.TextChoices):
    """How the writer chose the edits of a decision, from the most precise to the broadest."""

    SINGLE = "single", "One by one"
    KIND = "kind", "All of a kind"
    ALL = "all", "All of the text"


class DecisionAction(models.TextChoices):
    """What a decision event records: a decision, its undo, or its redo."""

    DECIDE = "decide", "Decide"
    UNDO = "undo", "Undo"
    REDO = "redo", "Redo"


class Door(models.TextChoices):
    """Where a decision came from."""

    EDITOR = "editor", "The editor"
    API = "api", "A program with an API key"
    COMMAND = "command", "A command of the installation"


class ServiceTier(models.TextChoices):
    """How long a text may wait, which decides how cheaply it can be requested."""

    STANDARD = "standard", "Now"
    FLEX = "flex", "Minutes: a vendor's slower, cheaper service where it has one"
    BATCH = "batch", "Up to a day: a vendor's batch at half the price where it has one"


class SecondLook(models.TextChoices):
    """For which texts a better model is asked about the sentences that the first one left unchanged."""

    NEVER = "never", "Never, except for sentences that failed their checks"
    COMPLEX = "complex", "Complex texts"
    MEDIUM = "medium", "Medium and complex texts"
    SIMPLE = "simple", "All texts"


PATIENT_TIERS = [ServiceTier.FLEX.value, ServiceTier.BATCH.value]  # the tiers that a batch may have


class Aim(models.TextChoices):
    """What a route policy orders the candidates by."""

    COST = "cost", "Cost: the cheapest that is good enough"
    BALANCE = "balance", "Quality for its cost"
    QUALITY = "quality", "Quality first"


EDGES: Edges = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.COMPLETED, State.FAILED, State.CANCELLED, State.QUEUED, State.WAITING}),
    State.WAITING: frozenset({State.QUEUED, State.CANCELLED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
    State.COMPLETED: frozenset(),
}
CHUNK_EDGES: Edges = {ChunkState.PENDING: frozenset({ChunkState.DONE}), ChunkState.DONE: frozenset()}
TERMINAL = (State.COMPLETED, State.FAILED, State.CANCELLED)  # a tuple: migrations store its order
REWRITE_TASK = "humanize.rewrite"
