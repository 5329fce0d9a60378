"""Trains by turns under the contract and in a plain PyTorch loop: `python -m benchmarks.overhead.loops` prints JSON.

The same network, data and thread for both. The trainer draws its dropout from the step, reports its progress, looks for
SIGTERM at each step and writes a checkpoint at the end of the epoch; the plain loop does nothing of that.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import torch
from torch.nn import functional

from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.neural.checkpoints import CheckpointStore
from training.trainers.neural.loop import FitStage, fit
from training.trainers.neural.protocols import TrainingPlan
from training.trainers.neural.shape import Shape, Weights, initial
from training.trainers.neural.strips import StripRow, Strips
from training.trainers.neural.torch_net import TorchLearner
from training.trainers.neural.torch_state import make_deterministic

REPEATS = 5
_TEXTS, _LENGTH = 1_500, 500
_SHAPE, _PLAN = Shape(), TrainingPlan(epochs=1)


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens per second of the clock, and of CPU time; on a busy machine only the second is steady."""

    wall: float
    cpu: float


class Clock:
    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def speed(self, tokens: int) -> Speed:
        return Speed(tokens / (time.perf_counter() - self._wall), tokens / (time.process_time() - self._cpu))


def main() -> None:
    make_deterministic(1)
    rows = _rows(np.random.default_rng(0))
    data = Strips(rows, rows[:20], _SHAPE, _PLAN)
    weights = initial(_SHAPE, [row.dense for row in rows], [row.labels for row in rows], 0)
    _plain(Strips(rows[:100], [], _SHAPE, _PLAN), weights)  # the first steps allocate
    plain, trainer = list[Speed](), list[Speed]()
    for turn in range(REPEATS):
        for measure in (_plain, _trainer) if turn % 2 else (_trainer, _plain):
            (plain if measure is _plain else trainer).append(measure(data, weights))
    pairs = list(zip(trainer, plain, strict=True))
    shares = [1 - ours.wall / theirs.wall for ours, theirs in pairs]
    found = {
        "overhead": median(shares),
        "cpu_overhead": median(1 - ours.cpu / theirs.cpu for ours, theirs in pairs),
        "plain": median(one.wall for one in plain),
        "trainer": median(one.wall for one in trainer),
        "each": shares,
    }
    print(json.dumps(found))


def _rows(chance: np.random.Generator) -> list[StripRow]:
    size = (_LENGTH, TEMPLATES)
    return [
        StripRow(
            (chance.zipf(1.3, size) % (1 << _SHAPE.bits)).astype(np.int32),
            chance.normal(size=(_LENGTH, DENSE)).astype(np.float32),
            np.sort(chance.integers(0, 20, _LENGTH)),
            (chance.random(_LENGTH) < 0.4).astype(np.float32), 1.0, 0,
        )
        for _ in range(_TEXTS)
    ]  # fmt: skip


def _plain(data: Strips, weights: Weights) -> Speed:
    """Train as a notebook would."""
    net = TorchLearner(_SHAPE, weights, _PLAN)
    trained = [value for value in net.tensors.values() if value.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=_PLAN.rate, weight_decay=_PLAN.decay)
    clock, tokens = Clock(), 0
    for strip in data.epoch(0):
        optimiser.zero_grad()
        drop = functional.dropout(torch.ones(len(strip.labels), _SHAPE.width), _PLAN.dropout)
        (net.lost(strip, drop) / strip.size).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        tokens += strip.size
    with torch.no_grad():
        sum(float(net.lost(strip, None)) for strip in data.dev())
    return clock.speed(tokens)


def _trainer(data: Strips, weights: Weights) -> Speed:
    """Train as a job does."""
    learner = TorchLearner(_SHAPE, weights, _PLAN)
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "log").open("w") as log:
        stage = FitStage("whole", learner, data, _PLAN, 0)
        clock = Clock()
        with contextlib.redirect_stdout(log):
            fit(stage, CheckpointStore(Path(folder), stage.steps))
        return clock.speed(stage.tokens)


if __name__ == "__main__":
    main()
