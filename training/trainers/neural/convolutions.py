"""The network from scratch as a design: strips of hashed n-grams, in whichever framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import onnx

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.word_pieces import Pieces
from training.trainers.contract import Files, Ports
from training.trainers.neural import graph
from training.trainers.neural.protocols import Plan, State, TokenScorer
from training.trainers.neural.shape import Shape, Weights, initial
from training.trainers.neural.strips import Strip, StripRow, Strips, strip_row
from training.trainers.revision.graph import token_inputs
from training.trainers.revision.nodes import Builder
from training.trainers.revision.pairs import Aligned
from training.trainers.revision.selection_report import INPUTS

Make = Callable[[Shape, Weights, Plan], TokenScorer[Strip]]


@dataclass(frozen=True)
class ConvolutionDesign:
    """``make`` is the framework's learner."""

    shape: Shape
    plan: Plan
    make: Make
    title: str = "convolutions over hashed n-grams + ranker"
    ports: Ports = INPUTS
    pieces: Pieces | None = None

    def row(self, pair: Aligned, hasher: Hasher) -> StripRow:
        return strip_row(pair, hasher, self.shape.bits, self.plan.light)

    def data(self, rows: Sequence[StripRow], dev: Sequence[StripRow]) -> Strips:
        return Strips(rows, dev, self.shape, self.plan)

    def learner(self, rows: Sequence[StripRow], weights: State | None = None) -> TokenScorer[Strip]:
        dense, labels = [row.dense for row in rows], [row.labels for row in rows]
        begin = weights or initial(self.shape, dense, labels, self.plan.seed)
        return self.make(self.shape, begin, self.plan)  # type: ignore[arg-type]

    def scores(self, build: Builder, weights: State) -> str:
        return graph.scores(build, self.shape, weights)  # type: ignore[arg-type]

    def inputs(self) -> Sequence[onnx.ValueInfoProto]:
        return token_inputs()

    def held(self, weights: State) -> State:
        return {name: weights[name] for name in self.shape.sizes()}

    def about(self) -> Mapping[str, object]:
        return self.shape.as_dict()

    def files(self) -> Files:
        return {}
