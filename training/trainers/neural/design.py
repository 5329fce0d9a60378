"""The interface between the fit and a kind of network, independent of its inputs and its framework."""

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
    """A text in the form that the network reads."""

    @property
    def half(self) -> int: ...


R = TypeVar("R", bound=HasHalf)


class Design(Protocol[R, P]):
    """A kind of network.

    ``title`` describes it in the manifest; ``ports`` are its graph's inputs; ``pieces`` splits text for an encoder.
    """

    @property
    def title(self) -> str: ...

    @property
    def ports(self) -> Ports: ...

    @property
    def pieces(self) -> Pieces | None: ...

    def row(self, pair: AlignedPair, hasher: Hasher) -> R: ...

    def data(self, rows: Sequence[R], dev: Sequence[R]) -> StageData[P]: ...

    def learner(self, rows: Sequence[R], weights: State | None = None) -> TokenScorer[P]:
        """Return a network with these weights, or initialised from the statistics of the rows."""

    def scores(self, build: Builder, weights: State) -> str:
        """Add the nodes of the network to a graph. Return the name of the probabilities, [n, 1]."""

    def inputs(self) -> Sequence[onnx.ValueInfoProto]: ...

    def published_weights(self, weights: State) -> State:
        """Return the weights to publish, in a fixed order."""

    def describe(self) -> Mapping[str, object]:
        """Return the description of the network for the manifest and its own file."""

    def files(self) -> Files:
        """Return the files that serving needs in addition to graph and tables."""
