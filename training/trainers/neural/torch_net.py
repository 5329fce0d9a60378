"""The network in PyTorch: plain tensors with the names and shapes of `shape`, so that none is renamed or transposed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.trainers.neural.protocols import State, TrainingPlan
from training.trainers.neural.shape import FIXED, KERNEL, LARGEST, Floats, Shape, Weights, check
from training.trainers.neural.strips import Strip, drop_of
from training.trainers.neural.torch_state import device, half_precision_type, load_slots, slots_of, take_step, to_array


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """A strip on the device. ``inside`` is 0 in the gaps."""

    grams: torch.Tensor
    dense: torch.Tensor
    sentence: torch.Tensor
    text: torch.Tensor
    inside: torch.Tensor
    sentences: int
    texts: int


class TorchLearner:
    """Trains on the GPU if there is one, in mixed precision. On a CPU the same calls give the same bits."""

    def __init__(self, shape: Shape, weights: Weights, plan: TrainingPlan, *, mixed: bool = True) -> None:
        check(shape, weights)
        self._shape, self._plan = shape, plan
        self.device = device()
        self._half = half_precision_type(self.device, mixed)
        self.tensors = {name: torch.tensor(weights[name], device=self.device) for name in shape.sizes()}
        trained = [value.requires_grad_() for name, value in self.tensors.items() if name not in FIXED]
        self._optimiser = torch.optim.AdamW(trained, lr=plan.rate, weight_decay=plan.decay)
        self._scaler = torch.amp.GradScaler(enabled=self._half is torch.float16)

    def step(self, parts: Sequence[Strip], rate: float, number: int) -> float:
        return take_step(self._optimiser, self._scaler, self._losses(parts, number), rate)

    def _losses(self, parts: Sequence[Strip], number: int) -> Iterator[torch.Tensor]:
        counted = max(1.0, float(sum(part.weights.sum() for part in parts)))
        for at, part in enumerate(parts):
            drop = drop_of(part, self._shape.width, self._plan, number, at)
            with torch.autocast(self.device.type, self._half, enabled=self._half is not None):
                lost = self.lost(part, torch.from_numpy(drop).to(self.device)) / counted
            yield lost

    def loss(self, strip: Strip) -> tuple[float, float]:
        with torch.no_grad():
            return float(self.lost(strip, None)), float(strip.weights.sum())

    def where(self, arrays: dict[str, NDArray[np.generic]]) -> Floats:
        count = len(arrays["sentence"])
        tensors = {
            name: torch.from_numpy(np.ascontiguousarray(value)).to(self.device) for name, value in arrays.items()
        }
        text = torch.zeros(count, dtype=torch.int64, device=self.device)
        inside = torch.ones(count, 1, device=self.device)
        sentences = int(np.asarray(arrays["sentence"])[-1]) + 1
        fed = NetworkInput(tensors["grams"], tensors["dense"], tensors["sentence"], text, inside, sentences, 1)
        with torch.no_grad():
            found: Floats = torch.sigmoid(self._logits(fed, None)).cpu().numpy()
        return found

    def weights(self) -> State:
        return {name: to_array(value) for name, value in self.tensors.items()}

    def state(self) -> State:
        return {**self.weights(), **slots_of(self._optimiser, self._scaler)}

    def load(self, state: State) -> None:
        with torch.no_grad():
            for name, value in self.tensors.items():
                value.copy_(torch.from_numpy(state[name]))
        load_slots(self._optimiser, self._scaler, state)

    def lost(self, strip: Strip, drop: torch.Tensor | None) -> torch.Tensor:
        """Return the sum of the losses over the tokens of the strip."""
        logits = self._logits(self._fed(strip), drop).float()
        labels, weights = (torch.from_numpy(value).to(self.device) for value in (strip.labels, strip.weights))
        return functional.binary_cross_entropy_with_logits(logits, labels, weight=weights, reduction="sum")

    def _fed(self, strip: Strip) -> NetworkInput:
        names = ("grams", "dense", "sentence", "text", "inside")
        grams, dense, sentence, text, inside = (
            torch.from_numpy(getattr(strip, name)).to(self.device) for name in names
        )
        return NetworkInput(grams, dense, sentence, text, inside[:, None], strip.sentences, strip.texts)

    def _logits(self, fed: NetworkInput, drop: torch.Tensor | None) -> torch.Tensor:
        held, shape = self.tensors, self._shape
        bag = functional.embedding_bag(fed.grams & ((1 << shape.deep_bits) - 1), held["deep"], mode="sum")
        place = ((fed.dense - held["mean"]) * held["scale"]).clamp(-LARGEST, LARGEST)
        hidden = functional.relu(bag + place @ held["enter"] + held["enter_bias"]) * fed.inside
        hidden = hidden if drop is None else hidden * drop
        for layer in range(shape.layers):
            hidden = (hidden + functional.relu(self._convolved(hidden, layer))) * fed.inside
        every = torch.cat(
            [
                hidden,
                _means(hidden, fed.sentence, fed.inside, fed.sentences),
                _means(hidden, fed.text, fed.inside, fed.texts),
            ],
            dim=1,
        )
        mixed = functional.relu(every @ held["mix"] + held["mix_bias"])
        wide = functional.embedding_bag(fed.grams, held["wide"], mode="sum")
        logits: torch.Tensor = (mixed @ held["out"] + held["out_bias"] + wide)[:, 0]
        return logits

    def _convolved(self, hidden: torch.Tensor, layer: int) -> torch.Tensor:
        step = self._shape.dilation(layer)
        kernel, bias = self.tensors[f"conv{layer}"].permute(2, 1, 0), self.tensors[f"conv{layer}_bias"]
        found = functional.conv1d(hidden.T[None], kernel, bias, padding=KERNEL // 2 * step, dilation=step)
        return found[0].T


def _means(hidden: torch.Tensor, segment: torch.Tensor, inside: torch.Tensor, count: int) -> torch.Tensor:
    """Return for each row the mean of its segment."""
    sums = torch.zeros(count, hidden.shape[1], dtype=hidden.dtype, device=hidden.device).index_add(0, segment, hidden)
    sizes = torch.zeros(count, 1, dtype=inside.dtype, device=hidden.device).index_add(0, segment, inside)
    return (sums / sizes.clamp(min=1.0).to(hidden.dtype))[segment]
