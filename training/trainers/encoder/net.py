"""An encoder with a head that scores tokens, and its fine-tuning: the head learns fast, the encoder slowly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.trainers.encoder.batches import EncoderBatch
from training.trainers.neural.protocols import State, TrainingPlan
from training.trainers.neural.shape import LARGEST, Floats
from training.trainers.neural.torch_state import device, half_precision_type, load_slots, slots_of, take_step, to_array

INPUT_NAMES = ("ids", "mask", "place", "dense")


class Scorer(torch.nn.Module):  # type: ignore[misc]  # its types are in the extra
    """Computes one logit per token from the state of its first word piece and its dense features."""

    def __init__(self, encoder: torch.nn.Module, states: int, figures: int, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.mean = torch.nn.Parameter(torch.zeros(figures), requires_grad=False)
        self.scale = torch.nn.Parameter(torch.ones(figures), requires_grad=False)
        self.mix = torch.nn.Linear(states + figures, width)
        self.out = torch.nn.Linear(width, 1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, place: torch.Tensor, dense: torch.Tensor) -> torch.Tensor:
        states = self.encoder(input_ids=ids, attention_mask=mask, return_dict=True).last_hidden_state
        chosen = states.reshape(-1, states.shape[-1])[place]
        figures = ((dense - self.mean) * self.scale).clamp(-LARGEST, LARGEST)
        found: torch.Tensor = self.out(functional.relu(self.mix(torch.cat([chosen.to(figures.dtype), figures], 1))))
        return found


class EncoderLearner:
    """Trains on the GPU if there is one, in mixed precision. On a CPU the same calls give the same bits."""

    def __init__(self, model: Scorer, plan: TrainingPlan, encoder_rate: float, weights: State | None = None) -> None:
        self.model, self._plan = model, plan
        self.device = device()
        if weights is not None:
            self._put(weights)
        model.to(self.device)
        self._half = half_precision_type(self.device)
        head = [value for part in (model.mix, model.out) for value in part.parameters()]
        groups = [
            {"params": head, "share": 1.0},
            {"params": list(model.encoder.parameters()), "share": encoder_rate / plan.rate},
        ]
        self._optimiser = torch.optim.AdamW(groups, lr=plan.rate, weight_decay=plan.decay)
        self._scaler = torch.amp.GradScaler(enabled=self._half is torch.float16)

    def step(self, parts: Sequence[EncoderBatch], rate: float, number: int) -> float:
        self.model.train()
        torch.manual_seed(self._plan.seed * 1_000_003 + number)  # the encoder's own dropout
        return take_step(self._optimiser, self._scaler, self._losses(parts), rate)

    def _losses(self, parts: Sequence[EncoderBatch]) -> Iterator[torch.Tensor]:
        counted = max(1.0, float(sum(part.weights.sum() for part in parts)))
        for part in parts:
            with torch.autocast(self.device.type, self._half, enabled=self._half is not None):
                lost = self._lost(part) / counted
            yield lost

    def loss(self, part: EncoderBatch) -> tuple[float, float]:
        self.model.eval()
        with torch.no_grad():
            return float(self._lost(part)), float(part.weights.sum())

    def where(self, arrays: dict[str, NDArray[np.generic]]) -> Floats:
        self.model.eval()
        fed = [torch.from_numpy(np.ascontiguousarray(arrays[name])).to(self.device) for name in INPUT_NAMES]
        with torch.no_grad():
            found: Floats = torch.sigmoid(self.model(*fed)[:, 0]).cpu().numpy()
        return found

    def weights(self) -> State:
        return {name: to_array(value) for name, value in self.model.named_parameters()}

    def state(self) -> State:
        return {**self.weights(), **slots_of(self._optimiser, self._scaler)}

    def load(self, state: State) -> None:
        self._put(state)
        load_slots(self._optimiser, self._scaler, state)

    def _put(self, weights: State) -> None:
        with torch.no_grad():
            for name, value in self.model.named_parameters():
                value.copy_(torch.from_numpy(weights[name]))

    def _lost(self, part: EncoderBatch) -> torch.Tensor:
        """Return the sum of the losses over the tokens of the batch."""
        fed = [torch.from_numpy(getattr(part, name)).to(self.device) for name in INPUT_NAMES]
        labels, weights = (torch.from_numpy(value).to(self.device) for value in (part.labels, part.weights))
        logits = self.model(*fed)[:, 0].float()
        return functional.binary_cross_entropy_with_logits(logits, labels, weight=weights, reduction="sum")
