"""Examples in padded batches, and the steps of fine-tuning on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from training.trainers.language_model.model import IGNORED, LanguageModel
from training.trainers.neural.protocols import State, TrainingPlan
from training.trainers.neural.torch_state import half_precision_type, load_slots, slots_of, take_step, to_array

Encoded = tuple[list[int], list[int]]


@dataclass(frozen=True, slots=True)
class ExampleBatch:
    ids: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor

    @property
    def size(self) -> int:
        return int(self.mask.sum())


@dataclass(frozen=True, slots=True)
class ExampleBatches:
    """Batches of ``count`` examples, in another order in each epoch."""

    rows: Sequence[Encoded]
    dev_rows: Sequence[Encoded]
    count: int
    padding: int
    seed: int

    @property
    def parts(self) -> int:
        return -(-len(self.rows) // self.count)

    def epoch(self, number: int) -> Iterator[ExampleBatch]:
        order = np.random.default_rng([self.seed, number]).permutation(len(self.rows)).tolist()
        return self._batches([self.rows[index] for index in order])

    def dev(self) -> Iterator[ExampleBatch]:
        return self._batches(self.dev_rows)

    def _batches(self, rows: Sequence[Encoded]) -> Iterator[ExampleBatch]:
        for at in range(0, len(rows), self.count):
            part = rows[at : at + self.count]
            ids, labels = (
                _padded([one[side] for one in part], fill) for side, fill in ((0, self.padding), (1, IGNORED))
            )
            yield ExampleBatch(ids, _padded([[1] * len(one[0]) for one in part], 0), labels)


def _padded(rows: Sequence[list[int]], fill: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])


class LanguageModelLearner:
    """Tunes the weights of the model that require gradients; the others keep their values."""

    def __init__(self, writer: LanguageModel, plan: TrainingPlan) -> None:
        self._writer, self._plan = writer, plan
        self._held = {name: value for name, value in writer.model.named_parameters() if value.requires_grad}
        self._optimiser = torch.optim.AdamW(self._held.values(), lr=plan.rate, weight_decay=plan.decay)
        self._half = half_precision_type(writer.device)
        self._scaler = torch.amp.GradScaler(enabled=self._half is torch.float16)

    def step(self, parts: Sequence[ExampleBatch], rate: float, number: int) -> float:
        self._writer.model.train()
        torch.manual_seed(self._plan.seed * 1_000_003 + number)  # the model's own dropout
        return take_step(self._optimiser, self._scaler, self._losses(parts), rate)

    def _losses(self, parts: Sequence[ExampleBatch]) -> Iterator[torch.Tensor]:
        counted = max(1, sum(int((part.labels != IGNORED).sum()) for part in parts))
        for part in parts:
            with torch.autocast(self._writer.device.type, self._half, enabled=self._half is not None):
                lost = self._lost(part) / counted
            yield lost

    def loss(self, part: ExampleBatch) -> tuple[float, float]:
        self._writer.model.eval()
        with torch.no_grad():
            return float(self._lost(part)), float((part.labels != IGNORED).sum())

    def weights(self) -> State:
        return {name: to_array(value) for name, value in self._held.items()}

    def state(self) -> State:
        return {**self.weights(), **slots_of(self._optimiser, self._scaler)}

    def load(self, state: State) -> None:
        self.set_weights(state)
        load_slots(self._optimiser, self._scaler, state)

    def set_weights(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in self._held.items():
                value.copy_(torch.from_numpy(weights[name]))

    def _lost(self, part: ExampleBatch) -> torch.Tensor:
        """Return the sum of the losses over the tokens of the answers."""
        ids, mask, labels = (one.to(self._writer.device) for one in (part.ids, part.mask, part.labels))
        fed = {"input_ids": ids, "attention_mask": mask}
        if self._writer.causal:
            logits, wanted = self._writer.model(**fed).logits[:, :-1], labels[:, 1:]
        else:
            logits, wanted = self._writer.model(**fed, labels=labels).logits, labels
        return functional.cross_entropy(
            logits.float().flatten(0, 1), wanted.flatten(), ignore_index=IGNORED, reduction="sum"
        )
