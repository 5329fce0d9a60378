"""The loop of a stage: epochs over shuffled parts, the dev loss after each, periodic checkpoints and one when stopped.

All randomness comes from the seed and the step, so a resumed run and an uninterrupted one give the same result.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic

from training.trainers.contract import StopFlag, StopRequested, TrainerError, report, stop_flag
from training.trainers.neural.checkpoints import CheckpointStore, StagePoint
from training.trainers.neural.protocols import Learner, P, StageData, State, TrainingPlan

SAVE_EVERY_S = 30.0  # a killed run loses up to this many seconds of work,
_DEAREST = 10  # or this many times the duration of saving, because a large encoder's state takes gigabytes
REPORT_EVERY = 10  # steps between two points of the loss curve
_REPORT_S = 0.5  # two reports per second are enough for people and for the detection of stalls
_WARM = 0.05  # share of the steps in which the learning rate rises
_LEAST_GAIN = 1e-4


@dataclass(slots=True)
class FitStage(Generic[P]):
    """One network on one selection of texts. ``start`` is the step of the whole run at which the stage begins."""

    title: str
    learner: Learner[P]
    data: StageData[P]
    plan: TrainingPlan
    start: int
    saved_at: float = field(default_factory=time.monotonic)
    saving_s: float = 0.0
    reported_at: float = 0.0
    tokens: int = 0
    started_at: float = field(default_factory=time.monotonic)

    @property
    def steps_per_epoch(self) -> int:
        return -(-self.data.parts // self.plan.accumulate)

    @property
    def steps(self) -> int:
        return self.plan.epochs * self.steps_per_epoch

    @property
    def end(self) -> int:
        return self.start + self.steps


def fit(stage: FitStage[P], checkpoints: CheckpointStore) -> State:
    """Train a stage and return the weights with the lowest dev loss.

    Raises StopRequested after it saved a checkpoint, TrainerError if training diverged.
    """
    if stage.title in checkpoints.done:
        checkpoints.step = stage.end
        return checkpoints.done[stage.title]
    point = checkpoints.stage(stage.title)
    if point.current:
        stage.learner.load(point.current)
    with stop_flag() as halt:
        while point.epoch < stage.plan.epochs and point.epochs_without_gain <= stage.plan.patience:
            _epoch(stage, point, checkpoints, halt)
            _judge(stage, point, checkpoints, halt)
    _report_early_end(stage, point)
    return checkpoints.finish(stage.title, point.best, stage.end)


def _epoch(stage: FitStage[P], point: StagePoint, kept: CheckpointStore, halt: StopFlag) -> None:
    groups = _in_groups(stage.data.epoch(point.epoch), stage.plan.accumulate)
    for parts in islice(groups, point.turn, None):
        loss = stage.learner.step(parts, rate_at(point.step, stage), point.step)
        point.turn, point.step = point.turn + 1, point.step + 1
        done = point.epoch * stage.steps_per_epoch + min(point.turn, stage.steps_per_epoch)
        kept.step = stage.start + done
        stage.tokens += sum(part.size for part in parts)
        _report(stage, point, kept, loss)
        _save_now_and_then(stage, point, kept, halt)


def _in_groups(found: Iterable[P], size: int) -> Iterator[list[P]]:
    rest = iter(found)
    while group := list(islice(rest, size)):
        yield group


def rate_at(step: int, stage: FitStage[P]) -> float:
    """Return the learning rate of a step: it rises, then falls linearly to zero."""
    total = max(1, stage.steps)
    warm = max(1, round(total * _WARM))
    return stage.plan.rate * min((step + 1) / warm, max(0.0, (total - step) / max(1, total - warm)), 1.0)


def _judge(stage: FitStage[P], point: StagePoint, kept: CheckpointStore, halt: StopFlag) -> None:
    total = counted = 0.0
    for part in stage.data.dev():
        _stop_if_requested(stage, point, kept, halt)
        loss, count = stage.learner.loss(part)
        total, counted = total + loss, counted + count
    dev_loss = total / max(counted, 1.0)
    report(type="metric", key=_key(stage, "dev_loss"), step=kept.step, value=round(dev_loss, 6))
    if dev_loss < point.best_loss - _LEAST_GAIN:
        point.best_loss, point.epochs_without_gain, point.best = dev_loss, 0, dict(stage.learner.weights())
    else:
        point.epochs_without_gain += 1
    if not point.best:
        raise TrainerError(f"the dev loss is {dev_loss:g} after the first epoch; lower the learning rate")
    point.epoch, point.turn = point.epoch + 1, 0
    _save(stage, point, kept)


def _report(stage: FitStage[P], point: StagePoint, kept: CheckpointStore, loss: float) -> None:
    if not math.isfinite(loss):
        report(type="metric", key=_key(stage, "loss"), step=kept.step, value=loss)
        raise TrainerError(f"the loss is not finite at step {kept.step:,}; lower the learning rate")
    if point.step % REPORT_EVERY == 0:
        report(type="metric", key=_key(stage, "loss"), step=kept.step, value=round(loss, 6))
    now = time.monotonic()
    if now - stage.reported_at < _REPORT_S and point.turn < stage.steps_per_epoch:
        return
    speed = stage.tokens / max(now - stage.started_at, 1e-6)
    report(
        type="progress", epoch=point.epoch + 1, epochs=stage.plan.epochs, step=kept.step, steps=kept.steps,
        throughput=round(speed, 1), unit="tokens/s",
    )  # fmt: skip
    stage.reported_at = now


def _key(stage: FitStage[P], name: str) -> str:
    return name if stage.title == "whole" else f"{stage.title}/{name}"


def _save_now_and_then(stage: FitStage[P], point: StagePoint, kept: CheckpointStore, halt: StopFlag) -> None:
    _stop_if_requested(stage, point, kept, halt)
    if time.monotonic() - stage.saved_at > max(SAVE_EVERY_S, _DEAREST * stage.saving_s):
        _save(stage, point, kept)


def _stop_if_requested(stage: FitStage[P], point: StagePoint, kept: CheckpointStore, halt: StopFlag) -> None:
    if halt.is_set:
        _save(stage, point, kept)
        raise StopRequested


def _save(stage: FitStage[P], point: StagePoint, kept: CheckpointStore) -> None:
    started = time.monotonic()
    point.current = stage.learner.state()
    kept.save()
    stage.saved_at = time.monotonic()
    stage.saving_s = stage.saved_at - started


def _report_early_end(stage: FitStage[P], point: StagePoint) -> None:
    if point.epoch < stage.plan.epochs:
        message = f"{stage.title}: stopped after epoch {point.epoch}, because the dev loss no longer falls"
        report(type="note", message=message)
