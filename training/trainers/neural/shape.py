"""The token scorer as a small network, described once for every framework: its weights by name, and how they begin.

A token's hashed n-grams give a sum of scalars (wide) and a sum of vectors (deep); the vectors and the figures of its
place pass dilated convolutions, meet the means of their sentence and text, and end in one logit. No framework here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revision.token_features import DENSE

Floats = NDArray[np.float32]
Weights = Mapping[str, Floats]
KERNEL = 5
LARGEST = 5.0  # a figure of the place counts at most this many deviations
FIXED = ("mean", "scale")  # weights that are set, not trained
_START = 0.1


@dataclass(frozen=True, slots=True)
class Shape:
    """The configuration: equal shapes have equal inputs, outputs and weights in every framework."""

    bits: int = 20
    deep_bits: int = 16
    width: int = 48
    layers: int = 4

    @property
    def gap(self) -> int:
        """Rows between two texts of a strip, so that no convolution sees from one into the next."""
        return int(KERNEL // 2 * 2 ** (self.layers - 1))

    def dilation(self, layer: int) -> int:
        return int(2**layer)

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def sizes(self) -> dict[str, tuple[int, ...]]:
        """Every weight. Convolutions are [kernel, in, out]; matrices [in, out]."""
        width = self.width
        sizes: dict[str, tuple[int, ...]] = {
            "wide": (1 << self.bits, 1), "deep": (1 << self.deep_bits, width), "mean": (DENSE,), "scale": (DENSE,),
            "enter": (DENSE, width), "enter_bias": (width,),
            "mix": (3 * width, width), "mix_bias": (width,), "out": (width, 1), "out_bias": (1,),
        }  # fmt: skip
        for layer in range(self.layers):
            sizes |= {f"conv{layer}": (KERNEL, width, width), f"conv{layer}_bias": (width,)}
        return dict(sorted(sizes.items()))


def initial(shape: Shape, dense: Sequence[Floats], labels: Sequence[Floats], seed: int) -> dict[str, Floats]:
    """The same beginning for every framework. Figures are centred on what the training texts show."""
    chance = np.random.default_rng(seed)
    made = {name: _drawn(chance, name, size) for name, size in shape.sizes().items()}
    rows = np.concatenate(list(dense)).astype(np.float64)
    share = float(np.clip(np.concatenate(list(labels)).mean(), 0.001, 0.999))
    made["mean"] = rows.mean(axis=0).astype(np.float32)
    made["scale"] = (1.0 / np.maximum(rows.std(axis=0), 1e-3)).astype(np.float32)
    made["out_bias"] = np.array([np.log(share / (1 - share))], dtype=np.float32)
    return made


def _drawn(chance: np.random.Generator, name: str, size: tuple[int, ...]) -> Floats:
    if name == "wide" or len(size) == 1:
        return np.zeros(size, dtype=np.float32)
    spread = _START if name == "deep" else float(np.sqrt(1.0 / np.prod(size[:-1])))
    return (chance.standard_normal(size, dtype=np.float32) * np.float32(spread)).astype(np.float32)


def check(shape: Shape, weights: Weights) -> None:
    """Raises ValueError that names the weight which is not of this shape."""
    for name, size in shape.sizes().items():
        if name not in weights or weights[name].shape != size:
            raise ValueError(f"the weight {name} should have the shape {size}")
