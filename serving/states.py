"""The states of a deployment and of a vendor's batch, and who may take each edge.

    draft ──staff──▶ deploying ──probe──▶ active ──staff──▶ draining ──staff, sweep──▶ retired
      │                │  ▲                 │                  │
      │                │  └──staff── failed ◀──────────────────┘ (what serves it died)
      │                └──probe──▶ failed ──staff──▶ retired
      └──staff──▶ retired

Only an active deployment gets new calls; a draining one finishes its running calls.

    submitting ──vendor accepted or already has it──▶ submitted ──vendor is done──▶ ended ──all booked──▶ collected
        └──refused, never arrived, nothing to send──▶ failed        ended ──not this batch after all──▶ submitting

A periodic task takes every edge, under a lease. From `submitting` on, the vendor may have the batch, whether we know it
or not.
"""

from __future__ import annotations

from django.db import models

from youman.core.states import Edges


class DeploymentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    DEPLOYING = "deploying", "Deploying"
    ACTIVE = "active", "Active"
    DRAINING = "draining", "Draining"
    RETIRED = "retired", "Retired"
    FAILED = "failed", "Failed"


_S = DeploymentState
EDGES: Edges = {
    _S.DRAFT: frozenset({_S.DEPLOYING, _S.RETIRED}),
    _S.DEPLOYING: frozenset({_S.ACTIVE, _S.FAILED}),
    _S.ACTIVE: frozenset({_S.DRAINING, _S.FAILED}),
    _S.DRAINING: frozenset({_S.ACTIVE, _S.RETIRED, _S.FAILED}),
    _S.FAILED: frozenset({_S.DEPLOYING, _S.RETIRED}),
    _S.RETIRED: frozenset(),
}


class Purpose(models.TextChoices):
    """What a call was made for."""

    REWRITE = "rewrite", "Rewrite"
    OPINION = "opinion", "Second opinion on a rewrite"


class BatchState(models.TextChoices):
    SUBMITTING = "submitting", "Submitting"
    SUBMITTED = "submitted", "With the vendor"
    ENDED = "ended", "Ended, not yet collected"
    COLLECTED = "collected", "Collected"
    FAILED = "failed", "Failed"


class ItemState(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Answered"
    FAILED = "failed", "Failed"
    DROPPED = "dropped", "Not sent"


_B, _I = BatchState, ItemState
BATCH_EDGES: Edges = {
    _B.SUBMITTING: frozenset({_B.SUBMITTED, _B.FAILED}),
    _B.SUBMITTED: frozenset({_B.ENDED}),
    _B.ENDED: frozenset({_B.COLLECTED, _B.SUBMITTING}),
    _B.COLLECTED: frozenset(),
    _B.FAILED: frozenset(),
}
ITEM_EDGES: Edges = {
    _I.OPEN: frozenset({_I.ANSWERED, _I.FAILED, _I.DROPPED}),
    _I.ANSWERED: frozenset(),
    _I.FAILED: frozenset(),
    _I.DROPPED: frozenset(),
}
