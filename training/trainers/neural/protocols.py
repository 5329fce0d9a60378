"""The interfaces between the loop, a framework and its data. PyTorch and TensorFlow implement them."""

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
    """The settings of training: about ``tokens`` tokens per part, ``accumulate`` parts per step."""

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
    """The data that is computed at once."""

    @property
    def size(self) -> int:
        """Return the number of tokens, without gaps."""


P = TypeVar("P", bound=Part)
P_in = TypeVar("P_in", bound=Part, contravariant=True)
P_out = TypeVar("P_out", bound=Part, covariant=True)


class Learner(Protocol[P_in]):
    """Holds weights and an optimiser. The same calls on the same state give the same state; on a CPU, the same bits."""

    def step(self, parts: Sequence[P_in], rate: float, number: int) -> float:
        """Take one step on the gradients of all parts together and return the mean loss before it.

        All randomness comes from ``number``.
        """

    def loss(self, part: P_in) -> tuple[float, float]:
        """Return the sum of the losses, without dropout, and the sum of the weights."""

    def weights(self) -> State: ...

    def state(self) -> State:
        """Return weights and optimiser, which is everything that a resumed run needs."""

    def load(self, state: State) -> None: ...


class TokenScorer(Learner[P_in], Protocol[P_in]):
    def where(self, arrays: dict[str, NDArray[np.generic]]) -> Floats:
        """Return one probability per token of one text. The exported graph must give the same."""


class StageData(Protocol[P_out]):
    """The data of a stage. ``parts`` is the maximum number of parts in an epoch."""

    @property
    def parts(self) -> int: ...

    def epoch(self, number: int) -> Iterator[P_out]: ...

    def dev(self) -> Iterator[P_out]: ...
