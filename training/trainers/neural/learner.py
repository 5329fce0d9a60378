"""What the loop asks of a framework. PyTorch and TensorFlow each answer it; the loop knows neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.trainers.neural.shape import Floats
from training.trainers.neural.strips import Strip

State = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is trained. ``tokens`` a strip, ``accumulate`` strips a step."""

    epochs: int = 6
    rate: float = 0.002
    decay: float = 0.01
    dropout: float = 0.2
    tokens: int = 8192
    accumulate: int = 1
    patience: int = 1
    light: float = 2.0
    seed: int = 0


class Learner(Protocol):
    """Holds weights and an optimiser. The same calls on the same state give the same state, on a CPU to the bit."""

    def step(self, parts: Sequence[Strip], drops: Sequence[Floats], rate: float) -> float:
        """One step on the gradients of all parts together; the mean loss before it."""

    def loss(self, strip: Strip) -> tuple[float, float]:
        """The sum of the losses, without dropout, and of the weights."""

    def where(self, arrays: dict[str, NDArray[np.generic]]) -> Floats:
        """One probability a token of one text: what the exported graph must say too."""

    def weights(self) -> dict[str, Floats]: ...

    def state(self) -> State:
        """Weights and optimiser: all that a resumed run needs."""

    def load(self, state: State) -> None: ...


def drop_of(strip: Strip, width: int, plan: Plan, step: int, part: int) -> Floats:
    """Which of the first layer's values are dropped: drawn here, so that neither resuming nor the framework matters."""
    size = (len(strip.labels), width)
    if not plan.dropout:
        return np.ones(size, dtype=np.float32)
    drawn = np.random.default_rng([plan.seed, step, part]).random(size, dtype=np.float32)
    return (drawn >= plan.dropout).astype(np.float32) / np.float32(1 - plan.dropout)
