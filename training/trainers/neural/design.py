"""What the fit asks of a kind of network, whatever it sees and whichever framework trains it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

import onnx

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.word_pieces import Pieces
from training.trainers.contract import Files, Ports
from training.trainers.neural.protocols import P, StageData, State, TokenScorer
from training.trainers.revision.nodes import Builder
from training.trainers.revision.pairs import AlignedPair


class HasHalf(Protocol):
    """A text as the network sees it."""

    @property
    def half(self) -> int: ...


R = TypeVar("R", bound=HasHalf)


class Design(Protocol[R, P]):
    """``title`` is what the manifest says of it, ``ports`` what its graph takes; ``pieces`` reads for an encoder."""

    @property
    def title(self) -> str: ...

    @property
    def ports(self) -> Ports: ...

    @property
    def pieces(self) -> Pieces | None: ...

    def row(self, pair: AlignedPair, hasher: Hasher) -> R: ...

    def data(self, rows: Sequence[R], dev: Sequence[R]) -> StageData[P]: ...

    def learner(self, rows: Sequence[R], weights: State | None = None) -> TokenScorer[P]:
        """With these weights, or at its beginning; the rows say what is usual."""

    def scores(self, build: Builder, weights: State) -> str:
        """Its nodes: [n, 1] probabilities from the inputs."""

    def inputs(self) -> Sequence[onnx.ValueInfoProto]: ...

    def published_weights(self, weights: State) -> State:
        """What is published of the weights, in order."""

    def describe(self) -> Mapping[str, object]:
        """The network in a file and in the manifest."""

    def files(self) -> Files:
        """What is served beside graph and tables."""
