"""Ramps canaries: more traffic, step by step, while writers keep as many edits as of the others; a worse one drains.

This concerns only deployments with `ramps`. A step waits for enough answers since the last one; without another
deployment to compare with, nothing moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from serving.deployments import acceptance_by_band, lifecycle, rollout
from serving.deployments.acceptance import AcceptanceStats, acceptance_gap, by_deployment
from serving.models import Deployment, DeploymentKind, Rollout
from serving.states import DeploymentState
from youman.core.errors import WrongState

SHARES = (10, 25, 50, 100)
MIN_ANSWERS = 20  # answers on each side
MARGIN = 0.05  # as good means surely not worse by more than this share of edits
SURE = 1.645  # standard errors: 95 %, one-sided
LOOK_BACK = timedelta(days=30)  # for the other deployments: recent enough to be the same kind of texts
_ACTOR = "ramp"
Verdict = Literal["more", "drain", "wait"]


@dataclass(frozen=True, slots=True)
class RampStep:
    """What was done with a canary; `share` is its new percentage, 0 for one that drains."""

    name: str
    share: int
    why: str


def judge_canary(mine: AcceptanceStats, theirs: AcceptanceStats) -> Verdict:
    """Decide whether a canary is surely worse, surely as good, or not yet known. Pure."""
    if min(mine.answers, theirs.answers) < MIN_ANSWERS:
        return "wait"
    found = acceptance_gap(mine, theirs)
    if found.value + SURE * found.error < 0 and found.value < -MARGIN:
        return "drain"
    return "more" if found.value - SURE * found.error > -MARGIN else "wait"


def ramp_canaries(now: datetime | None = None) -> tuple[RampStep, ...]:
    """Move each canary that is due, and return the steps.

    Safe to run concurrently: of two runs that read the same share, one moves it.
    """
    moment = now or timezone.now()
    rows = Deployment.objects.filter(
        state=DeploymentState.ACTIVE, strategy=Rollout.CANARY, ramps=True, traffic_share__range=(1, 99)
    ).exclude(kind=DeploymentKind.RULES)
    moved = [_moved(row, moment) for row in rows.select_related("version__model")]
    if any(moved):
        acceptance_by_band.clear_cache()
    return tuple(one for one in moved if one is not None)


def _moved(row: Deployment, now: datetime) -> RampStep | None:
    mine = by_deployment(row.share_since, now).get(row.pk, AcceptanceStats())
    theirs = _others(row, by_deployment(now - LOOK_BACK, now))
    verdict = judge_canary(mine, theirs)
    why = f"{mine.mean:.0%} of its edits kept in {mine.answers} answers, {theirs.mean:.0%} of the others' edits"
    if verdict == "wait":
        return None
    if verdict == "drain":
        return _drained(row, why)
    share = next(step for step in SHARES if step > row.traffic_share)
    if share == SHARES[-1] and row.version is not None:
        rollout.promote(deployment=row, actor=_ACTOR)
    elif not rollout.set_share(deployment=row, share=share, actor=_ACTOR):
        return None
    return RampStep(row.name, share, why)


def _others(row: Deployment, found: Mapping[int, AcceptanceStats]) -> AcceptanceStats:
    total = AcceptanceStats()
    for pk, kept in found.items():
        total = total if pk == row.pk else total.plus(kept)
    return total


def _drained(row: Deployment, why: str) -> RampStep | None:
    try:
        lifecycle.drain(deployment=row, actor=_ACTOR, note=f"Writers kept less: {why}")
    except WrongState:
        return None
    return RampStep(row.name, 0, why)
