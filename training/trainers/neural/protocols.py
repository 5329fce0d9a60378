"""What the loop asks of a framework and of its data. PyTorch and TensorFlow each answer it; the loop knows neither."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from training.trainers.neural.shape import Floats

State = dict[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How it is trained. ``tokens`` a part, ``accumulate`` parts a step."""

    epochs: int = 4
    rate: float = 0.002
    decay: float = 0.01
    dropout: float = 0.2
    tokens: int = 8192
    accumulate: int = 1
    patience: int = 1
    light: float = 2.0
    seed: int = 0


class Part(Protocol):
    """What is computed on at once."""

    @property
    def size(self) -> int:
        """How many tokens of texts it holds."""


P = TypeVar("P", bound=Part)
P_in = TypeVar("P_in", bound=Part, contravariant=True)
P_out = TypeVar("P_out", bound=Part, covariant=True)


class Learner(Protocol[P_in]):
    """Holds weights and an optimiser. The same calls on the same state give the same state, on a CPU to the bit."""

    def step(self, parts: Sequence[P_in], rate: float, number: int) -> float:
        """One step on the gradients of all parts together; the mean loss before it. Chance comes from ``number``."""

    def loss(self, part: P_in) -> tuple[float, float]:
        """The sum of the losses, nothing dropped, and of the weights."""

    def weights(self) -> State: ...

    def state(self) -> State:
        """Weights and optimiser: all that a resumed run needs."""

    def load(self, state: State) -> None: ...


class TokenScorer(Learner[P_in], Protocol[P_in]):
    def where(self, arrays: dict[str, NDArray[np.generic]]) -> Floats:
        """One probability a token of one text: what the exported graph must say too."""


class StageData(Protocol[P_out]):
    """``parts`` is the most that an epoch has."""

    @property
    def parts(self) -> int: ...

    def epoch(self, number: int) -> Iterator[P_out]: ...

    def dev(self) -> Iterator[P_out]: ...
