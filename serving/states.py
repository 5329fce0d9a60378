"""The states of a deployment, and who may take each edge.

    draft ──staff──▶ deploying ──probe──▶ active ──staff──▶ draining ──staff, sweep──▶ retired
      │                │  ▲                 │                  │
      │                │  └──staff── failed ◀──────────────────┘ (what serves it died)
      │                └──probe──▶ failed ──staff──▶ retired
      └──staff──▶ retired

Only an active deployment gets calls; a draining one finishes those that it has.
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
